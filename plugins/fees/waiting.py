"""Claims that wait for somebody: how many they may decide, a page of them, and those to be moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.api import now, related, today
from plugins.fees.kernel.tables import APPROVAL, DESK, EVENT, MEMBER
from plugins.fees.models import Claim
from plugins.fees.models.standing import holds_on, stands_today
from plugins.fees.states import (
    ADMINISTRATOR,
    APPROVED,
    BEING_DECIDED,
    IN_APPROVAL,
    OWN,
    PAYROLL,
    PAYROLL_PROBLEM,
    STEP_ASIDE,
    STEP_KINDS,
)

PAGE = 50
MOST_TO_MOVE = 100
JUST, MOST_JUST = timedelta(days=3), 10
Show = Literal["all", "own", "deputy", "late"]
SHOWS: tuple[Show, ...] = ("all", "own", "deputy", "late")


@dataclass(frozen=True)
class Place:
    """Where a page of the list ends: the last claim's due time in whole seconds, and its id."""

    due: int
    claim_id: int

    @classmethod
    def of(cls, claim: Claim) -> Place:
        """The place of a claim that waits."""
        return cls(int(claim.due_at.timestamp()) if claim.due_at else 0, claim.id)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """A place from an address; None for anything else."""
        parts = text.split("-")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) <= 10 for p in parts):
            return None
        return cls(int(parts[0]), int(parts[1]))

    def __str__(self) -> str:
        """As an address carries it."""
        return f"{self.due}-{self.claim_id}"


def waiting_page(
    session: Session, person_id: int, show: Show, after: Place | None, limit: int = PAGE + 1
) -> list[Claim]:
    """Claims the person may decide today, oldest due first.

    Not their own, nor those they approved before or stepped aside from.
    """
    wanted = _waiting(select(Claim), person_id).where(_shown(show, person_id))
    if after is not None:
        due = datetime.fromtimestamp(after.due, UTC)
        wanted = wanted.where(or_(Claim.due_at > due, and_(Claim.due_at == due, Claim.id > after.claim_id)))
    return list(session.scalars(wanted.order_by(Claim.due_at, Claim.id).limit(limit)))


def waiting_among(session: Session, person_id: int, ids: Sequence[int]) -> list[Claim]:
    """Those of the given claims that the person may decide today."""
    return list(
        session.scalars(
            _waiting(select(Claim), person_id).where(Claim.id.in_(ids)).order_by(Claim.due_at, Claim.id)
        )
    )


def count_waiting(session: Session, person_id: int) -> int:
    """How many claims wait for the person's decision."""
    return session.scalar(_waiting(select(func.count(Claim.id)), person_id)) or 0


def count_shown(session: Session, person_id: int) -> dict[Show, int]:
    """How many each choice of the list holds; one query."""
    columns = [func.sum(case((_shown(show, person_id), 1), else_=0)) for show in SHOWS]
    counts = session.execute(_waiting(select(*columns).select_from(Claim), person_id)).one()
    return {show: int(count or 0) for show, count in zip(SHOWS, counts, strict=True)}


def stands_at(session: Session, person_id: int) -> frozenset[str]:
    """Kinds of the desks where the person may act today, their own left out."""
    wanted = select(DESK.c.kind).where(DESK.c.kind != OWN, stands_today(DESK.c.id, person_id, today()))
    with related("desks where the person stands"):
        return frozenset(session.scalars(wanted.distinct()))


def count_to_move(session: Session, person_id: int) -> int:
    """How many claims wait at an administrator's desk of the person."""
    return session.scalar(_to_move(select(func.count(Claim.id)), person_id)) or 0


@dataclass(frozen=True)
class ForPayroll:
    """What waits at a payer's payroll desk: claims for the next batch, cents in all; to sort out."""

    payer_id: int
    count: int
    cents: int
    problems: int


def for_payroll(session: Session, person_id: int) -> list[ForPayroll]:
    """What waits at each payroll desk of the person."""
    at_desk = stands_today(Claim.desk_id, person_id, today())
    ready = Claim.state == APPROVED
    columns = (
        func.sum(case((ready, 1), else_=0)),
        func.sum(case((ready, Claim.total_cents), else_=0)),
        func.sum(case((ready, 0), else_=1)),
    )
    wanted = (
        select(DESK.c.organisation_id, *columns)
        .select_from(Claim)
        .join(DESK, DESK.c.id == Claim.desk_id)
        .where(DESK.c.kind == PAYROLL, Claim.state.in_((APPROVED, PAYROLL_PROBLEM)), at_desk)
        .group_by(DESK.c.organisation_id)
        .order_by(DESK.c.organisation_id)
    )
    return [ForPayroll(*map(int, row)) for row in session.execute(wanted)]


def to_be_moved(session: Session, person_id: int) -> list[Claim]:
    """Claims of others at an administrator's desk of the person: nobody at their step may decide."""
    wanted = _to_move(select(Claim), person_id)
    return list(session.scalars(wanted.order_by(Claim.due_at, Claim.id).limit(MOST_TO_MOVE)))


def just_approved(session: Session, person_id: int) -> list[Claim]:
    """Claims whose last event is the person's approval of these days: it can still be taken back."""
    last = EVENT.alias()
    wanted = (
        select(Claim)
        .join(last, and_(last.c.claim_id == Claim.id, last.c.seq == Claim.version))
        .where(
            last.c.actor_id == person_id,
            last.c.action == "approve",
            last.c.at >= now() - JUST,
            Claim.state.in_((IN_APPROVAL, APPROVED)),
        )
    )
    return list(session.scalars(wanted.order_by(last.c.at.desc(), Claim.id.desc()).limit(MOST_JUST)))


def _shown(show: Show, person_id: int) -> ColumnElement[bool]:
    """What a choice leaves: as a member, only as a deputy, past due, or everything."""
    member = select(MEMBER.c.desk_id).where(MEMBER.c.person_id == person_id, holds_on(MEMBER.c, today()))
    found: dict[Show, ColumnElement[bool]] = {
        "all": Claim.id.is_not(None),
        "own": Claim.desk_id.in_(member),
        "deputy": Claim.desk_id.not_in(member),
        "late": Claim.due_at < now(),
    }
    return found[show]


def _waiting(wanted: Any, person_id: int) -> Any:
    return _of_others(wanted, person_id).where(
        _at_desk_of(person_id, STEP_KINDS), ~_approved_by(person_id), ~_stepped_aside(person_id)
    )


def _to_move(wanted: Any, person_id: int) -> Any:
    return _of_others(wanted, person_id).where(_at_desk_of(person_id, (ADMINISTRATOR,)))


def _of_others(wanted: Any, person_id: int) -> Any:
    return wanted.where(
        Claim.state.in_(BEING_DECIDED), Claim.submitter_id != person_id, Claim.beneficiary_id != person_id
    )


def _at_desk_of(person_id: int, kinds: Sequence[str]) -> ColumnElement[bool]:
    kinds_of = select(DESK.c.id).where(DESK.c.kind.in_(kinds))
    return stands_today(Claim.desk_id, person_id, today()) & Claim.desk_id.in_(kinds_of)


def _approved_by(person_id: int) -> ColumnElement[bool]:
    approval: Any = APPROVAL.alias()
    return (
        select(approval.c.claim_id)
        .where(
            approval.c.claim_id == Claim.id,
            approval.c.revision == Claim.revision,
            approval.c.person_id == person_id,
            approval.c.undone_seq.is_(None),
        )
        .exists()
    )


def _stepped_aside(person_id: int) -> ColumnElement[bool]:
    event: Any = EVENT.alias()
    return (
        select(event.c.claim_id)
        .where(event.c.claim_id == Claim.id, event.c.actor_id == person_id, event.c.action == STEP_ASIDE)
        .exists()
    )
