"""Records that were merged are one human: whoever has one of them has all."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.experts.models import Expert
from core.scope import unscoped

REASON = "records of one human that were merged"


def persons_of(session: Session, person_id: int) -> tuple[int, ...]:
    """Ids of the human's persons, the one whose record stays first; a person without a record is alone."""
    with unscoped(REASON):
        kept = session.scalar(select(Expert).where(Expert.person_id == person_id))
        while kept is not None and kept.merged_into_id is not None:
            kept = session.get(Expert, kept.merged_into_id)
        if kept is None:
            return (person_id,)
        found, newest = [kept.person_id], [kept.id]
        while newest:
            merged = select(Expert.id, Expert.person_id).where(Expert.merged_into_id.in_(newest))
            rows = session.execute(merged.order_by(Expert.id)).all()
            newest = [row.id for row in rows]
            found += [row.person_id for row in rows]
        return tuple(found)
