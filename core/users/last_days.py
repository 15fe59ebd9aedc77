"""The last day of a role: set, moved or taken away while the role holds. Nothing runs at its end."""

from __future__ import annotations

from datetime import date, datetime

from core.database.session import writing
from core.database.types import now
from core.log.services import record_change
from core.users.errors import UserError
from core.users.granting import check_grant, refuse_overlap
from core.users.models import Membership
from core.users.services import day_of


def set_last_day(
    membership_id: int, last: date | None, *, actor_id: int | None, at: datetime | None = None
) -> None:
    """Set or take away the last day of a role that has not ended; today at the earliest.

    Lengthening is giving, so the same rule decides; the role may not hold twice on one day.
    """
    at = at or now()
    day = day_of(at)
    with writing() as session:
        held = session.get(Membership, membership_id)
        if held is None:
            raise UserError("unknown")
        check_grant(session, actor_id, held.person_id, held.organisation_id, held.role, day)
        if held.valid_to is not None and held.valid_to < day:
            raise UserError("ended")
        if last is not None and last < max(day, held.valid_from):
            raise UserError("last_day")
        refuse_overlap(session, held, last)
        if last == held.valid_to:
            return
        held.valid_to = last
        record_change(
            session,
            record="core.membership",
            row_id=membership_id,
            action="update",
            fields=["valid_to"],
            actor_id=actor_id,
            organisation_id=held.organisation_id,
            at=at,
        )
