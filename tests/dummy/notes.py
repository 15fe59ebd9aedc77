"""Reading and writing notes: the only writer of its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import ngettext
from sqlalchemy import func, select

from core.api import Blocker, Invalid, db, today, unscoped, writing
from tests.dummy.models import Note


def write_note(text: str, organisation_id: int, person_id: int) -> int:
    """A new note; gives its id."""
    with writing() as session:
        note = Note(text=text, organisation_id=organisation_id, person_id=person_id, day=today(), open=True)
        session.add(note)
        session.flush()
        return note.id


def create(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    return write_note(values["text"], organisation_id, actor_id)


def update(note_id: int, values: dict[str, Any], actor_id: int) -> None:
    with writing():
        note_of(note_id).text = values["text"]


def finish(note_id: int) -> None:
    with writing():
        note_of(note_id).open = False


def note_of(note_id: int) -> Note:
    """The note, if the session's scope shows it; else `Invalid`."""
    found = db.session().scalars(select(Note).where(Note.id == note_id)).one_or_none()
    if found is None:
        raise Invalid({"": "This note is no longer there."})
    return found


def blockers(organisation_ids: Collection[int]) -> Sequence[Blocker]:
    with unscoped("counting open notes"):
        here = select(func.count(Note.id)).where(Note.organisation_id.in_(organisation_ids), Note.open)
        count = db.session().scalar(here) or 0
    text = ngettext("%(num)d note is open.", "%(num)d notes are open.", count)
    return (Blocker(count, text),) if count else ()


def holds_rows(person_id: int) -> bool:
    with unscoped("whether somebody has notes"):
        return db.session().scalar(select(Note.id).where(Note.person_id == person_id).limit(1)) is not None


def count_open(person_id: int) -> int:
    with unscoped("the person's own notes"):
        own = select(func.count(Note.id)).where(Note.person_id == person_id, Note.open)
        return db.session().scalar(own) or 0


def count_at(organisation_id: int) -> int:
    here = select(func.count(Note.id)).where(Note.organisation_id == organisation_id)
    return db.session().scalar(here) or 0
