"""One request of the crawler, what must hold for it whatever it asks, and the list of what did not."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask import Flask

from core.headers import HEADERS
from core.testing.changes import Changes
from core.testing.visitors import CSRF, Visitor
from core.testing.world import Faults

# Values no form of ours asks for; a form that takes them would change what only the rules may change.
SMUGGLED = {
    "id": "1", "organisation_id": "1", "controller_id": "1", "state": "paid", "total_cents": "999999",
    "cents": "999999", "unit_cents": "999999", "version": "99", "revision": "99", "is_operator": "1",
    "active": "1", "published_at": "2020-01-01", "submitter_id": "1", "beneficiary_id": "1", "person_id": "1",
    "desk_id": "1", "step_no": "9",
    "sha256": "0", "number": "1", "blanked_at": "2020-01-01", "password_hash": "x",
}  # fmt: skip
SIGN_IN = "/sign-in"


@dataclass(frozen=True)
class Reply:
    """What the application answered to one request, with the words that name the request."""

    what: str
    status: int
    body: str
    location: str


@dataclass
class Crawl:
    """Sends requests as people and keeps what went wrong; `canaries` never stand in an answer."""

    app: Flask
    changes: Changes
    canaries: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    _faults: Faults = field(default_factory=Faults)

    def ask(self, who: Visitor, method: str, address: str, *, token: bool = True, **form: str) -> Reply:
        """One request; a POST carries the form token unless told otherwise."""
        client = self.app.test_client()
        client.set_cookie(who.cookie_name, who.cookie)
        data: dict[str, Any] | None = None
        if method == "POST":
            data = {**form, **({CSRF: who.csrf} if token else {})}
        answer = client.open(address, method=method, data=data)
        body = answer.get_data(as_text=True)
        reply = Reply(
            f"{method} {address} as {who.name or who.person_id}",
            answer.status_code,
            body,
            answer.headers.get("Location", ""),
        )
        self.statuses[reply.status] += 1
        self._always(reply, answer.headers, address)
        answer.close()
        return reply

    def __post_init__(self) -> None:
        """Listen to what the error page hides."""
        logging.getLogger("core.errors").addHandler(self._faults)

    def close(self) -> None:
        """Stop listening."""
        logging.getLogger("core.errors").removeHandler(self._faults)

    def expect(self, reply: Reply, good: bool, wanted: str) -> None:
        """Note a reply that is not what it should be."""
        if not good:
            if reply.status >= 500 and self._faults.told:
                wanted = f"{wanted} ({self._faults.told[-1]})"
            self.failures.append(f"{reply.what}: {reply.status} {reply.location}, wanted {wanted}")

    @contextmanager
    def unchanged(self, what: str) -> Iterator[None]:
        """Note when anything at all is stored inside the block."""
        before = self.changes.value()
        yield
        if self.changes.value() != before:
            self.failures.append(f"{what}: something was stored")

    def report(self) -> None:
        """Fail with the first failures, and say how many there are."""
        shown = "\n".join(islice(dict.fromkeys(self.failures), 60))
        assert not self.failures, f"{len(self.failures)} of {self.statuses.total()} requests:\n{shown}"

    def _always(self, reply: Reply, headers: Any, address: str) -> None:
        """No server error, no foreign words, every security header, nothing kept by a cache."""
        self.expect(reply, reply.status < 500, "no server error")
        for canary in self.canaries:
            self.expect(reply, canary not in reply.body, f"no {canary}")
        for name, value in HEADERS.items():
            self.expect(
                reply,
                headers.get(name) == value or (name == "Content-Security-Policy" and name in headers),
                f"the header {name}",
            )
        if not address.startswith("/static/"):
            self.expect(reply, headers.get("Cache-Control") == "no-store", "no-store")
