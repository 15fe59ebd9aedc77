"""What waits or was kept elsewhere and names somebody who is erased: files to bring in, and saved views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.experts.models import Expert
from core.records.description import Record
from core.records.importing.models import ImportRun
from core.records.importing.table import read_table
from core.records.saved.models import SavedView
from core.search.words import asked, words_of
from core.users.models import Account, Person

PLAIN = {"synchronize_session": False}
NAMELESS = "–"  # what a view is called whose name named somebody; its number stands behind it


class Named:
    """By what somebody is named: words of each name, addresses, numbers, and their rows' ids."""

    def __init__(self, session: Session, person: Person) -> None:
        """Read it while it still stands."""
        account = session.scalar(select(Account.email).where(Account.person_id == person.id))
        experts = session.execute(select(Expert.id, Expert.name).where(Expert.person_id == person.id)).all()
        self.person_id, self.expert_ids = person.id, {row.id for row in experts}
        texts = {person.name, person.email, account, *(row.name for row in experts)}
        self.wholes = [words for text in texts if (words := frozenset(asked(text or "")))]
        self.phone = words_of(person.phone) if person.phone else set()

    def stands_in(self, texts: Iterable[str]) -> bool:
        """Whether the texts together hold all words of a name or an address, or the phone's number."""
        words = {word for text in texts for word in words_of(text)}
        return any(whole <= words for whole in self.wholes) or bool(self._number() & words)

    def asked_for(self, text: str) -> bool:
        """Whether somebody looked for the person by this: a part of the name is enough."""
        words = set(asked(text))
        return self.stands_in([text]) or (bool(words) and any(words <= whole for whole in self.wholes))

    def _number(self) -> set[str]:
        """The number as one word: parts of it stand in many numbers."""
        return {word for word in self.phone if word.isdigit() and len(word) > 6}


def forget_named(session: Session, person: Person) -> None:
    """Before the person is blanked: cancel files that name them, clear filters that do; inside `writing()`.

    Files they sent and views they saved go as well.
    """
    named = Named(session, person)
    session.execute(delete(SavedView).where(SavedView.owner_id == person.id), execution_options=PLAIN)
    runs = session.scalars(select(ImportRun.id)).all()
    for run_id in runs:  # one at a time: each may hold megabytes
        run = session.get_one(ImportRun, run_id)
        if run.person_id == person.id or _tells(run.content, named):
            session.delete(run)
            session.flush()
        else:
            session.expunge(run)
    for view in session.scalars(select(SavedView)).all():
        _clear(view, named)


def _tells(content: bytes, named: Named) -> bool:
    """Whether a row of the file names the person; one that cannot be read is not kept either."""
    try:
        rows = read_table(content).rows
    except ValueError:
        return True
    return any(named.stands_in(row.cells) for row in rows)


def _clear(view: SavedView, named: Named) -> None:
    """Take away what names the person; the view and its other filters stay."""
    by_id = _fields_of_people(view.record)
    kept = {
        key: value
        for key, value in view.filters.items()
        if not (named.asked_for(str(value)) or _is_id(by_id, key, str(value), named))
    }
    if kept != view.filters:
        view.filters = kept
    if named.stands_in([view.name]):
        view.name = f"{NAMELESS} {view.id}"


def _is_id(by_id: dict[str, str], key: str, value: str, named: Named) -> bool:
    kind = next((kind for name, kind in by_id.items() if name in key), None)
    ids = {named.person_id} if kind == "person" else named.expert_ids if kind == "expert" else set()
    return value in {str(each) for each in ids}


def _fields_of_people(key: str) -> dict[str, str]:
    """Fields of a record whose values are people or experts, by key."""
    return {
        field.key: field.type
        for record in _records()
        if record.key == key
        for field in record.fields
        if field.type in ("person", "expert")
    }


def _records() -> Iterator[Record]:
    shown: Any = current_app.extensions["kokemussilta.records"]
    yield from (record for _module, record in shown)
