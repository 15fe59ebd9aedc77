"""Clients that send claims and approve them without a pause, and remember what the server acknowledged."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from itertools import count

from core.database.types import today
from core.testing.visitors import Answer, Visitor, send
from tests.attack import claims
from tests.support.region import LoadedRegion

NUMBER = re.compile(r"[A-Z]{3}-\d{4}-\d{4}")
CLAIM = re.compile(r"/me/fees/(?:claims/)?(\d+)")
DONE = (302, 303)
_turns = count(1)


class Gone(Exception):
    """The server went away before it answered."""


@dataclass
class Acknowledged:
    """What the clients were told is stored."""

    numbers: dict[str, str] = field(default_factory=dict)
    approvals: set[int] = field(default_factory=set)
    unsure: dict[str, Visitor] = field(default_factory=dict)
    """Forms that were sent and not answered, and whose."""
    others: Counter[str] = field(default_factory=Counter)


class Writers:
    """One thread for each sender, one for each approver. They stop when the server goes, or when told."""

    def __init__(
        self, region: LoadedRegion, port: int, senders: list[Visitor], approvers: list[Visitor]
    ) -> None:
        self.acknowledged = Acknowledged()
        self._port = port
        self._form = claims.typed_lesson(region, "sydan-laukaan-koulu")
        self._senders, self._approvers = senders, approvers
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to write."""
        work = [(self._send_one, who) for who in self._senders] + [
            (self._approve_one, who) for who in self._approvers
        ]
        self._threads = [threading.Thread(target=self._repeat, args=pair) for pair in work]
        for thread in self._threads:
            thread.start()

    def join(self, *, stop: bool = True) -> None:
        """Wait for the clients; without `stop` until the server is gone."""
        if stop:
            self._stop.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)

    def _repeat(self, step: object, who: Visitor) -> None:
        assert callable(step)
        while not self._stop.is_set():
            try:
                step(who)
            except Gone:
                self._stop.set()
                return

    def _send_one(self, who: Visitor) -> None:
        """Fill in a form and send it: the number on the receipt is the promise."""
        turn = next(_turns)
        key = f"{turn:08x}{who.person_id:024x}"
        day = today() - timedelta(days=turn % 300 + 1)
        form = {**self._form, "submit_key": key, "day": f"{day.day}.{day.month}.{day.year}"}
        first = self._ask(who, "POST", "/me/fees/new", form)
        if first.status not in DONE:
            self.acknowledged.others[f"form {first.status}"] += 1
            return
        self.acknowledged.unsure[key] = who
        self._press_send(who, key)

    def send_again(self, unsure: dict[str, Visitor]) -> None:
        """What people do who saw no answer: press the same button again."""
        for key, who in unsure.items():
            self._press_send(who, key)

    def _press_send(self, who: Visitor, key: str) -> None:
        sent = self._ask(who, "POST", f"/me/fees/drafts/{key}/send", {})
        if sent.status not in DONE:
            self.acknowledged.others[f"send {sent.status}"] += 1
            return
        receipt = self._ask(who, "GET", sent.headers["Location"], {})
        found = NUMBER.search(receipt.body)
        if receipt.status == 200 and found:
            self.acknowledged.numbers[key] = found[0]
            self.acknowledged.unsure.pop(key, None)

    def _approve_one(self, who: Visitor) -> None:
        """Approve what waits: the redirect is the promise."""
        queue = self._ask(who, "GET", "/me/fees/queue", {})
        waiting = list(dict.fromkeys(re.findall(r'name="pick" value="(\d+):(\d+)"', queue.body)))
        if not waiting:
            self._stop.wait(0.02)
        for claim_id, version in waiting[:5]:
            answer = self._ask(who, "POST", f"/me/fees/claims/{claim_id}/approve", {"version": version})
            if answer.status in DONE:
                self.acknowledged.approvals.add(int(claim_id))
            else:
                self.acknowledged.others[f"approve {answer.status}"] += 1

    def _ask(self, who: Visitor, method: str, path: str, form: dict[str, str]) -> Answer:
        try:
            return send(self._port, who, method, path, form)
        except (OSError, HTTPException) as error:
            raise Gone from error
