"""Rows of the dummy plugin for the contract."""

from __future__ import annotations


def plant(organisation_id: int, person_id: int) -> str:
    """A note of the person's in the organisation."""
    from tests.dummy.notes import write_note

    word = f"Note canary {organisation_id}"
    write_note(word, organisation_id, person_id)
    return word


def finish(organisation_id: int) -> None:
    """Nothing is open any more."""
    from sqlalchemy import update

    from core.database.session import writing
    from tests.dummy.models import Note

    with writing() as session:
        session.execute(update(Note).where(Note.organisation_id == organisation_id).values(open=False))
