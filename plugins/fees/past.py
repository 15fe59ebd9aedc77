"""What happened to one claim: its events with their words, and who approved which step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import related
from plugins.fees.models import (
    Approval,
    Batch,
    Claim,
    ClaimEvent,
    ClaimLine,
    ClaimStep,
    ClaimText,
    Payout,
    RateVersion,
)
from plugins.fees.reading import REASON, names_of
from plugins.fees.states import PAID


@dataclass(frozen=True)
class History:
    """What happened to one claim: its events, their words, who approved which step, and everybody's names."""

    events: list[ClaimEvent]
    texts: dict[int, str]
    steps: dict[tuple[int, int], str]
    approvals: dict[int, Approval]
    names: dict[int, str]
    rate_days: dict[int, date]
    paid_on: date | None


def history(session: Session, claim: Claim) -> History:
    """Read one claim's history: six queries, one more when it has been paid."""
    with related(REASON):
        events = list(
            session.scalars(
                select(ClaimEvent).where(ClaimEvent.claim_id == claim.id).order_by(ClaimEvent.seq)
            )
        )
        texts = session.execute(select(ClaimText.seq, ClaimText.text).where(ClaimText.claim_id == claim.id))
        steps = session.scalars(select(ClaimStep).where(ClaimStep.claim_id == claim.id))
        approvals = session.scalars(
            select(Approval).where(
                Approval.claim_id == claim.id,
                Approval.revision == claim.revision,
                Approval.undone_seq.is_(None),
            )
        )
        people = {p for e in events for p in (e.actor_id, e.acting_for_id) if p}
        return History(
            events,
            {seq: text for seq, text in texts if text},
            {(s.revision, s.no): s.desk_kind for s in steps},
            {a.step_no: a for a in approvals},
            names_of(session, people),
            _rate_days(session, claim),
            _paid_on(session, claim) if claim.state == PAID else None,
        )


def step_decided(session: Session, claim_id: int, seq: int) -> str:
    """The kind of the step an event of a claim was at; nothing where it was at none. One query."""
    step = (ClaimStep.revision == ClaimEvent.revision) & (ClaimStep.no == ClaimEvent.step_no)
    wanted = (
        select(ClaimStep.desk_kind)
        .join(ClaimEvent, (ClaimEvent.claim_id == ClaimStep.claim_id) & step)
        .where(ClaimEvent.claim_id == claim_id, ClaimEvent.seq == seq)
    )
    with related(REASON):
        return session.scalar(wanted) or ""


def _paid_on(session: Session, claim: Claim) -> date | None:
    """The pay day of the batch that paid it."""
    batch = select(Batch.paid_on).join(Payout, Payout.batch_id == Batch.id)
    return session.scalar(batch.where(Payout.claim_id == claim.id, Payout.status != "rejected"))


def _rate_days(session: Session, claim: Claim) -> dict[int, date]:
    rows = session.execute(
        select(RateVersion.id, RateVersion.valid_from)
        .join(ClaimLine, ClaimLine.rate_version_id == RateVersion.id)
        .where(ClaimLine.claim_id == claim.id)
    )
    return dict(rows.all())
