"""People of the small world in front of the fee pages."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from core.testing.visitors import CSRF, visitor
from tests.support.payers import Payers

LESSON = {
    "work_type": "lesson", "day": "6.10.2026", "start": "10.00", "end": "11.40", "lessons": "2",
    "preparation_hours": "1", "travel": "car", "kilometres": "48",
}  # fmt: skip
HOURS = {"work_type": "hour", "day": "7.10.2026", "start": "12.00", "end": "13.30", "travel": "none"}


@dataclass
class Person:
    """One signed-in person."""

    client: FlaskClient
    csrf: str
    answer: TestResponse | None = field(default=None)

    def get(self, path: str, wanted: int = 200) -> str:
        """The words of a page."""
        return self._read(self.client.get(path), wanted)

    def post(self, path: str, wanted: int = 302, **form: object) -> str:
        """What a form's button gives."""
        return self._read(self.client.post(path, data={CSRF: self.csrf, **form}), wanted)

    def confirm(self, path: str, wanted: int = 302, **form: object) -> str:
        """Open a page that asks, and say yes to what it shows."""
        self.get(path)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.raw)
        return self.post(path, wanted, **{k: v for k, v in hidden if k != CSRF}, **form)

    def _read(self, answer: TestResponse, wanted: int) -> str:
        self.answer = answer
        page = answer.get_data(as_text=True)
        assert answer.status_code == wanted, words(page)[:600]
        return words(page)

    @property
    def raw(self) -> str:
        """The last answer as it came."""
        assert self.answer is not None
        return self.answer.get_data(as_text=True)

    @property
    def location(self) -> str:
        """Where the last answer leads."""
        assert self.answer is not None
        return self.answer.headers["Location"]


def words(page: str) -> str:
    """The visible words of a page, with plain spaces."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


@dataclass
class Pages:
    """The people of the world, by first name."""

    payers: Payers
    people: dict[str, Person] = field(default_factory=dict)

    def of(self, name: str) -> Person:
        """Somebody's browser."""
        if name not in self.people:
            who = visitor(self.payers.app, self.payers.people[name])
            self.people[name] = Person(who.client(self.payers.app), who.csrf)
        return self.people[name]

    def lesson(self, **typed: str) -> dict[str, str]:
        """The school lesson of 121,40 euros as it is typed."""
        return {**LESSON, "unit": str(self.payers.at["school"]), **typed}

    def hours(self, place: str = "ward-a", **typed: str) -> dict[str, str]:
        """Ninety minutes at a ward."""
        return {**HOURS, "unit": str(self.payers.at[place]), **typed}

    def draft(self, name: str = "aino", **typed: str) -> str:
        """Write one task; gives the address of the draft."""
        person = self.of(name)
        person.get("/me/fees/new")
        key = re.search(r'name="submit_key" value="([0-9a-f]{32})"', person.raw)
        assert key is not None
        person.post("/me/fees/new", submit_key=key[1], do="continue", **(typed or self.lesson()))
        return person.location.removesuffix("/summary")

    def sent(self, name: str = "aino", **typed: str) -> int:
        """Send one task; gives the claim."""
        person = self.of(name)
        person.post(f"{self.draft(name, **typed)}/send")
        person.get("/me/fees")
        claim = re.search(r"/me/fees/claims/(\d+)", person.raw)
        assert claim is not None
        return int(claim[1])

    def approve(self, claim_id: int, *names: str, start: int = 1) -> None:
        """Everybody named approves in turn."""
        for version, name in enumerate(names, start):
            self.of(name).post(f"/me/fees/claims/{claim_id}/approve", version=version)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements that are run meanwhile."""
        from core.api import db

        found: list[str] = []

        def note(_conn: object, _cursor: object, sql: str, *_rest: object) -> None:
            found.append(sql)

        with self.payers.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield found
        event.remove(engine, "before_cursor_execute", note)
