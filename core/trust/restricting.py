"""Restriction (GDPR art. 18): lists of others and matching leave the person out; payments go on."""

from __future__ import annotations

from datetime import datetime

from core.database.session import writing
from core.database.types import now
from core.experts.models import Expert
from core.log.services import record_change
from core.scope import unscoped
from core.trust.erased import refuse_erased

RECORD = "core.expert"


def restrict(expert_id: int, restricted: bool, *, actor_id: int | None, at: datetime | None = None) -> None:
    """Begin or end it; nothing where it is so already. Raises `Invalid` for somebody erased."""
    with writing() as session, unscoped("restriction of one person's data"):
        expert = session.get_one(Expert, expert_id)
        refuse_erased(session, expert.person_id)
        if (expert.restricted_at is not None) == restricted:
            return
        expert.restricted_at = (at or now()) if restricted else None
        record_change(
            session, record=RECORD, row_id=expert.id, action="restrict" if restricted else "release",
            actor_id=actor_id, organisation_id=expert.organisation_id, person_id=expert.person_id,
        )  # fmt: skip
