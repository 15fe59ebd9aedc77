"""What the plugin keeps about one person, and what an erasure takes."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from core.api import SubjectData, SubjectErasure, db
from tests.dummy.models import Note, Sheet


def subject_data(person_id: int) -> Sequence[SubjectData]:
    session = db.session()
    notes = session.scalars(select(Note).where(Note.person_id == person_id).order_by(Note.id)).all()
    sheets = session.scalars(select(Sheet).where(Sheet.person_id == person_id).order_by(Sheet.id)).all()
    return (
        SubjectData(
            "notes",
            _l("Notes"),
            {"text": _l("Text"), "day": _l("Day")},
            [{"text": note.text, "day": note.day} for note in notes],
        ),
        SubjectData(
            "sheets",
            _l("Sheets"),
            {"email": _l("E-mail"), "phone": _l("Phone")},
            [{"email": sheet.email, "phone": sheet.phone} for sheet in sheets],
        ),
    )


def subject_erasure(person_id: int) -> Sequence[SubjectErasure]:
    session = db.session()
    notes = session.scalar(select(func.count(Note.id)).where(Note.person_id == person_id)) or 0
    sheets = session.scalar(select(func.count(Sheet.id)).where(Sheet.person_id == person_id)) or 0
    return (SubjectErasure(_l("Notes"), notes), SubjectErasure(_l("Sheets"), sheets))


def erase_subject(person_id: int) -> None:
    """The words go; that there was a note stays, for sheets refer to it."""
    session = db.session()
    for note in session.scalars(select(Note).where(Note.person_id == person_id)).all():
        note.text = ""
    for sheet in session.scalars(select(Sheet).where(Sheet.person_id == person_id)).all():
        sheet.person_id = sheet.email = sheet.phone = None
