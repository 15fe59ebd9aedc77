"""Who is behind a claim's desk, as a condition on claims: somebody present who may decide it, or move it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, not_, or_, select, true

from core.api import today
from plugins.fees import states as s
from plugins.fees.kernel.tables import APPROVAL, CLAIM, DESK, EVENT, SHEET
from plugins.fees.models.standing import people


def somebody(desk: ColumnElement[bool], *, moves: bool = False) -> ColumnElement[bool]:
    """Whether a desk has a present person who may decide the claim, or move it to somebody who may.

    Who stepped aside does not decide, nor does anybody for the claim's own people. Moving decides nothing.
    """
    found = people(literal(today())).subquery()
    own = [CLAIM.c.submitter_id, CLAIM.c.beneficiary_id]
    for_others = or_(found.c.acting_for_id.is_(None), found.c.acting_for_id.not_in(own))
    decides = and_(for_others, found.c.person_id.not_in(_aside().correlate(CLAIM)))
    return (
        exists(select(literal(1)).select_from(DESK.join(found, found.c.desk_id == DESK.c.id)))
        .where(
            desk,
            not_(found.c.away),
            found.c.person_id.not_in(own),
            found.c.person_id.not_in(_earlier().correlate(CLAIM)),
            true() if moves else decides,
        )
        .correlate(CLAIM, SHEET)
    )


def nobody_decides() -> ColumnElement[bool]:
    """Whether the claim waits at a step's desk where nobody present may decide it."""
    kinds: Any = DESK.alias()
    at_a_step = select(kinds.c.id).where(kinds.c.kind.in_(s.STEP_KINDS))
    return and_(
        CLAIM.c.state.in_(s.BEING_DECIDED),
        CLAIM.c.desk_id.in_(at_a_step),
        not_(somebody(DESK.c.id == CLAIM.c.desk_id)),
    )


def _earlier() -> Select[Any]:
    """Who approved an earlier step, while it is being decided."""
    return select(APPROVAL.c.person_id).where(
        APPROVAL.c.claim_id == CLAIM.c.id,
        APPROVAL.c.revision == CLAIM.c.revision,
        APPROVAL.c.undone_seq.is_(None),
        CLAIM.c.state.in_(s.BEING_DECIDED),
    )


def _aside() -> Select[Any]:
    """Who stepped aside from the claim."""
    return select(EVENT.c.actor_id).where(EVENT.c.claim_id == CLAIM.c.id, EVENT.c.action == s.STEP_ASIDE)
