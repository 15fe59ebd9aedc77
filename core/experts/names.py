"""The register keeps a copy of each person's name, so that a list is sorted by an index of its own table."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.experts.models import Expert
from core.scope import unscoped
from core.users.models import Person


def follow_name(session: Session, person: Person) -> None:
    """Give the register a person's new name in the transaction that changes it, whoever keeps the record."""
    with unscoped("the register follows a person's name"):
        expert = session.scalar(select(Expert).where(Expert.person_id == person.id))
        if expert is not None:
            expert.name, expert.sort_key = person.name, person.sort_key
            session.flush()
