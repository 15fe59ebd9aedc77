"""Whoever was erased is used for nothing more: every writer about a person asks here first."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.records.errors import Invalid
from core.users.models import Person


def refuse_erased(session: Session, person_id: int) -> None:
    """Raise `Invalid` for a person whose data was erased (GDPR art. 17)."""
    if session.scalar(select(Person.blanked_at).where(Person.id == person_id)) is not None:
        raise Invalid({"": _("This person's data has been erased already.")})
