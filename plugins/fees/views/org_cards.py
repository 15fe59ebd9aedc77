"""Cards on an organisation's pages: what is open there, what waits longest, and an expert's open claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from core.api import Card, db, now, related, scope_for
from plugins.fees.models import Claim
from plugins.fees.views.shown import rows

VIEW = "fees.claims.view"
SHOWN = 5
# The pages of cards ask for another permission; what a card reads is bounded by its own instead, in `_open`.
REASON = "claims that the reader sees by the permission to see claims"
EXPERTS_PAGE = "core.expert.detail"


def node_cards(_node_id: int) -> Sequence[Card]:
    """Open claims at and below the organisation, for who may see them."""
    found = _open(db.session())
    if found is None:
        return ()
    late = func.sum(case((Claim.due_at < now(), 1), else_=0))
    first = select(Claim).where(found).order_by(Claim.since, Claim.id).limit(1)
    with related(REASON):
        count, cents, late_ones = db.session().execute(_counted(found, late)).one()
        longest = db.session().scalars(first).all()
    context = {
        "count": count,
        "cents": int(cents or 0),
        "late": int(late_ones or 0),
        "longest": rows(db.session(), longest, staff=True)[0] if longest else None,
    }
    return (Card("fees/card_node.html", context, order=20, permission=VIEW),)


def slot_cards(slot: str, subject_id: int) -> Sequence[Card]:
    """An expert's open claims at and below the organisation, on the expert's page."""
    found = _open(db.session())
    if slot != EXPERTS_PAGE or found is None:
        return ()
    theirs = found & (Claim.expert_id == subject_id)
    oldest = select(Claim).where(theirs).order_by(Claim.since, Claim.id).limit(SHOWN)
    with related(REASON):
        count, cents = db.session().execute(_counted(theirs)).one()
        claims = db.session().scalars(oldest).all()
    context = {
        "count": count,
        "cents": int(cents or 0),
        "rows": rows(db.session(), claims, staff=True) if claims else [],
    }
    return (Card("fees/card_expert.html", context, order=20, permission=VIEW),)


def _open(session: Session) -> ColumnElement[bool] | None:
    """Claims that are not finished, which the reader may see here; None for who may see none."""
    scope = scope_for(session, VIEW)
    return Claim.owned_within(scope) & Claim.desk_id.is_not(None) if scope else None


def _counted(found: ColumnElement[bool], *more: Any) -> Select[Any]:
    return select(func.count(Claim.id), func.sum(Claim.total_cents), *more).where(found)
