"""What pages read of claims: a handful of queries for any number of claims, made into plain lookups.

Which claims a reader sees is the scope's business. What belongs to those claims (numbers, lines, steps,
desks, names) is then read by their ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.api import Expert, Person, Texts, current_gate, now, related, today
from plugins.fees.kernel.people import DeskPeople, Standing, load_desks
from plugins.fees.kernel.situation import stepped_aside
from plugins.fees.kernel.tables import DESK
from plugins.fees.models import (
    Claim,
    ClaimLine,
    ClaimStep,
    Payee,
    Receipt,
    Sheet,
    WorkType,
)
from plugins.fees.states import BEING_DECIDED, FINISHED, RETURNED, STEP_KINDS

PAGE = 30
REASON = "what belongs to claims the reader sees"


@dataclass(frozen=True)
class Shelf:
    """Lookups for some claims: everything a list shows, without a query per row."""

    receipts: dict[int, Receipt]
    parts: dict[int, int]
    payers: dict[int, int]
    payees: dict[int, str]
    lines: dict[int, list[ClaimLine]]
    steps: dict[int, list[ClaimStep]]
    work_types: dict[int, Texts]
    desks: dict[int, DeskPeople]
    names: dict[int, str]
    aside: dict[int, frozenset[int]]

    def number(self, claim: Claim) -> str:
        """LAU-2026-0147, with its part where the sheet has several."""
        text = self.receipts[claim.sheet_id].text
        return f"{text}/{claim.part}" if self.parts[claim.sheet_id] > 1 else text

    def current_step(self, claim: Claim) -> ClaimStep | None:
        """The step that waits or was the last."""
        return next((s for s in self.steps[claim.id] if s.no == claim.step_no), None)

    def standings(self, desk_id: int | None, claim: Claim) -> list[Standing]:
        """Who is behind a desk today: those present, or all its members when none is.

        Who stepped aside from the claim is not; to move it they may.
        """
        desk = self.desks.get(desk_id or 0)
        if desk is None:
            return []
        gone = self.aside.get(claim.id, frozenset()) if desk.kind in STEP_KINDS else frozenset()
        people = [s for s in desk.people if s.person_id not in gone]
        return [s for s in people if not s.away] or people


def my_claims(
    session: Session, person_id: int, before: int | None = None, limit: int = PAGE + 1
) -> list[Claim]:
    """Claims the person sent or is paid for, newest first; `before` continues after an id."""
    own = select(Claim).where(or_(Claim.submitter_id == person_id, Claim.beneficiary_id == person_id))
    return _page(session, own, before, limit)


def unfinished_claims(session: Session, person_id: int, limit: int) -> list[Claim]:
    """The person's claims that are still on their way, those that wait for the person themselves first."""
    own = or_(Claim.submitter_id == person_id, Claim.beneficiary_id == person_id)
    wanted = select(Claim).where(own, Claim.state.not_in(FINISHED))
    first = case((Claim.state == RETURNED, 0), else_=1)
    return list(session.scalars(wanted.order_by(first, Claim.id.desc()).limit(limit)))


def claims_here(
    session: Session, states: Sequence[str], before: int | None, limit: int = PAGE + 1
) -> list[Claim]:
    """Claims of the scope, newest first."""
    wanted = select(Claim)
    return _page(session, wanted.where(Claim.state.in_(states)) if states else wanted, before, limit)


def _page(session: Session, wanted: Any, before: int | None, limit: int) -> list[Claim]:
    if before is not None:
        wanted = wanted.where(Claim.id < before)
    return list(session.scalars(wanted.order_by(Claim.id.desc()).limit(limit)))


def claim_of(session: Session, claim_id: int) -> Claim | None:
    """A claim the scope shows."""
    return session.scalar(select(Claim).where(Claim.id == claim_id))


def is_expert(session: Session, person_id: int) -> bool:
    """Whether the person is in the register of experts, whoever keeps the record."""
    return session.scalar(select(Expert.id).where(Expert.person_id == person_id)) is not None


def shelve(session: Session, claims: Iterable[Claim]) -> Shelf:
    """Read what belongs to the claims: ten queries whatever their number."""
    found = list(claims)
    ids, sheets = [c.id for c in found], {c.sheet_id for c in found}
    with related(REASON):
        receipts = _receipts(session, sheets)
        lines = _lines(session, ids)
        steps = _steps(session, ids)
        desk_ids = {c.desk_id for c in found if c.desk_id} | {
            s.desk_id for rows in steps.values() for s in rows
        }
        desks = load_desks(session.connection(), DESK.c.id.in_(desk_ids), today())
        return Shelf(
            receipts,
            _parts(session, sheets),
            {s: r.organisation_id for s, r in receipts.items()},
            _payees(session, found),
            lines,
            steps,
            _work_types(session, lines),
            desks,
            _names(session, desks),
            stepped_aside(session.connection(), [c.id for c in found if c.state in BEING_DECIDED]),
        )


def desk_of(session: Session, shelf: Shelf, desk_id: int) -> DeskPeople | None:
    """A desk with its people today; one that a claim was once moved to may not be on the shelf."""
    if desk_id in shelf.desks:
        return shelf.desks[desk_id]
    with related(REASON):
        return load_desks(session.connection(), DESK.c.id == desk_id, today()).get(desk_id)


def _receipts(session: Session, sheets: set[int]) -> dict[int, Receipt]:
    return {r.sheet_id: r for r in session.scalars(select(Receipt).where(Receipt.sheet_id.in_(sheets)))}


def _parts(session: Session, sheets: set[int]) -> dict[int, int]:
    rows = session.execute(
        select(Claim.sheet_id, func.count(Claim.id))
        .where(Claim.sheet_id.in_(sheets))
        .group_by(Claim.sheet_id)
    )
    return dict(rows.all())


def _payees(session: Session, claims: list[Claim]) -> dict[int, str]:
    rows = session.execute(select(Payee.id, Payee.name).where(Payee.id.in_({c.payee_id for c in claims})))
    return dict(rows.all())


def _lines(session: Session, ids: list[int]) -> dict[int, list[ClaimLine]]:
    wanted = select(ClaimLine).join(Claim, Claim.id == ClaimLine.claim_id)
    wanted = wanted.where(ClaimLine.claim_id.in_(ids), ClaimLine.revision == Claim.revision)
    return _grouped(session.scalars(wanted.order_by(ClaimLine.claim_id, ClaimLine.no)))


def _steps(session: Session, ids: list[int]) -> dict[int, list[ClaimStep]]:
    wanted = select(ClaimStep).join(Claim, Claim.id == ClaimStep.claim_id)
    wanted = wanted.where(ClaimStep.claim_id.in_(ids), ClaimStep.revision == Claim.revision)
    return _grouped(session.scalars(wanted.order_by(ClaimStep.claim_id, ClaimStep.no)))


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.claim_id].append(row)
    return found


def _work_types(session: Session, lines: dict[int, list[ClaimLine]]) -> dict[int, Texts]:
    ids = {line.work_type_id for rows in lines.values() for line in rows}
    return dict(session.execute(select(WorkType.id, WorkType.name).where(WorkType.id.in_(ids))).all())


def _names(session: Session, desks: dict[int, DeskPeople]) -> dict[int, str]:
    people = {p for d in desks.values() for s in d.people for p in (s.person_id, s.acting_for_id) if p}
    return names_of(session, people | {d.person_id for d in desks.values() if d.person_id})


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of people by id."""
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids)))).all())


def claims_of_number(session: Session, person_id: int, prefix: str, year: int, number: int) -> list[Claim]:
    """The claims the person sent in one go with the one that has this number, other payers' included."""
    same = aliased(Sheet)
    wanted = (
        select(Claim)
        .join(Sheet, Sheet.id == Claim.sheet_id)
        .join(same, (same.submitter_id == Sheet.submitter_id) & (same.submit_key == Sheet.submit_key))
        .join(Receipt, Receipt.sheet_id == same.id)
        .where(
            Claim.submitter_id == person_id,
            Sheet.submitter_id == person_id,
            Receipt.prefix == prefix,
            Receipt.year == year,
            Receipt.number == number,
        )
        .order_by(Claim.sheet_id, Claim.part)
    )
    with related("the sender's own receipts"):
        return list(session.scalars(wanted))


def sent_number(session: Session, person_id: int, submit_key: str) -> str | None:
    """The receipt number of what the person sent under the key; the first payer's where there are several."""
    wanted = (
        select(Receipt)
        .join(Sheet, Sheet.id == Receipt.sheet_id)
        .where(Sheet.submitter_id == person_id, Sheet.submit_key == submit_key)
        .order_by(Receipt.organisation_id)
    )
    with related("the sender's own receipts"):
        found = session.scalar(wanted.limit(1))
    return found.text if found is not None else None


def is_late(claim: Claim, at: datetime | None = None) -> bool:
    """Whether the due time has passed."""
    return claim.due_at is not None and claim.due_at < (at or now())


def desks_under(session: Session, payer_id: int, kinds: Sequence[str] = STEP_KINDS) -> list[DeskPeople]:
    """The payer's desks of these kinds with the people behind them today."""
    under = [n.id for n in current_gate().tree.by_id.values() if n.controller_id == payer_id]
    with related("desks of a claim's payer"):
        found = load_desks(
            session.connection(), DESK.c.organisation_id.in_(under) & DESK.c.kind.in_(kinds), today()
        )
    return list(found.values())
