"""Claims made ready for an attack: sent and moved by the services, read back past every scope."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.scope import NodeScope, PersonScope, reviewed, set_scope, unscoped
from core.testing.visitors import Visitor, send
from core.users.models import Account, Person
from plugins.fees.kernel.submit import submit
from plugins.fees.kernel.transition import transition
from plugins.fees.models import (
    Approval,
    Batch,
    Claim,
    ClaimEvent,
    DeskMember,
    Payee,
    Payout,
    Receipt,
    Sheet,
    WorkType,
)
from plugins.fees.models.standing import people
from plugins.fees.payroll.batches import seal
from plugins.fees.sheet import SheetLine
from tests.support.region import LoadedRegion

_calls = count()


@dataclass(frozen=True)
class Sent:
    """A claim that was sent: its number and id."""

    number: str
    claim_id: int


def send_claim(
    region: LoadedRegion,
    name: str,
    slug: str,
    *,
    unit: str = "lesson",
    day: date | None = None,
    hour: int = 9,
    message: str = "",
    key: str = "",
) -> Sent:
    """Send one task: two lessons, or two hours of work; on a day of its own, farther back than the demo's."""
    person_id = region.person(name)
    with standing(region, PersonScope(person_id)) as session:
        line = SheetLine(
            organisation_id=current_gate().tree.by_slug[slug].id,
            work_type_id=_work_type(session, slug, unit),
            day=day or recent(40 + next(_calls) % 160),
            start=time(hour),
            end=time(hour + 2),
            lessons=2 if unit == "lesson" else 0,
            message=message,
        )
        result = submit(person_id, key or secrets.token_hex(16), [line])
        return Sent(result.number, result.claim_ids[0])


def _work_type(session: Session, slug: str, unit: str) -> int:
    tree = current_gate().tree
    above = [node.id for node in tree.upwards(tree.by_slug[slug].id)]
    with unscoped("a test looks for a work type"):
        wanted = select(WorkType.id).where(WorkType.organisation_id.in_(above), WorkType.unit == unit)
        return session.scalars(wanted.order_by(WorkType.id)).first() or 0


def act(region: LoadedRegion, name: str, claim_id: int, action: str, text: str | None = None) -> int:
    """Let one of the region's people move the claim; gives its version then."""
    version = claim(region, claim_id).version
    person_id = region.person(name)
    with standing(region, PersonScope(person_id)):
        return transition(claim_id, version, action, person_id, text=text).version


@dataclass(frozen=True)
class Seen:
    """What matters of a claim, read past every scope."""

    state: str
    version: int
    desk_id: int | None
    revision: int
    total_cents: int


def claim(region: LoadedRegion, claim_id: int) -> Seen:
    """The claim as it is stored now."""
    with standing(region) as session, unscoped("a test reads a claim"):
        row = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        return Seen(row.state, row.version, row.desk_id, row.revision, row.total_cents)


def events(region: LoadedRegion, claim_id: int) -> list[str]:
    """The actions of the claim's events, in order."""
    with standing(region) as session, unscoped("a test reads events"):
        wanted = select(ClaimEvent.action).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.seq)
        return list(session.scalars(wanted))


def approvals(region: LoadedRegion, claim_id: int) -> int:
    """How many approvals of the claim stand."""
    with standing(region) as session, unscoped("a test counts approvals"):
        wanted = select(Approval.seq).where(Approval.claim_id == claim_id, Approval.undone_seq.is_(None))
        return len(session.scalars(wanted).all())


def appoint(region: LoadedRegion, desk_id: int, person_ids: list[int]) -> None:
    """Appoint people to a desk, past the page for it."""
    from core.database.session import writing

    with standing(region), unscoped("a test appoints people"), writing() as session:
        model: Any = DeskMember
        organisation_id = session.scalars(
            select(model.organisation_id).where(model.desk_id == desk_id)
        ).first()
        for person_id in person_ids:
            session.add(
                DeskMember(
                    desk_id=desk_id,
                    person_id=person_id,
                    organisation_id=organisation_id,
                    valid_from=today(),
                    valid_to=None,
                )
            )


@contextmanager
def standing(region: LoadedRegion, scope: PersonScope | NodeScope | None = None) -> Iterator[Session]:
    """A database session of its own, in a scope where one is named."""
    with region.app.app_context():
        session = db.session()
        if scope is not None:
            set_scope(session, scope)
        try:
            yield session
        finally:
            db.session.remove()


def batches_of(region: LoadedRegion, claim_id: int) -> int:
    """In how many batches the claim is to be paid."""
    with standing(region) as session, unscoped("a test counts payouts"):
        wanted = select(Payout.id).where(Payout.claim_id == claim_id, Payout.status != "rejected")
        return len(session.scalars(wanted).all())


def empty_batches(region: LoadedRegion) -> int:
    """Batches that pay nobody."""
    with standing(region) as session, unscoped("a test looks at batches"):
        filled = select(Payout.batch_id)
        return len(session.scalars(select(Batch.id).where(Batch.id.not_in(filled))).all())


def numbers_of(region: LoadedRegion, person_id: int) -> dict[str, str]:
    """The receipt number of each sheet of the person, by the key it was sent with."""
    with standing(region) as session, unscoped("a test reads receipts"):
        wanted = select(Sheet.submit_key, Receipt).join(Receipt, Receipt.sheet_id == Sheet.id)
        return {
            key: receipt.text
            for key, receipt in session.execute(wanted.where(Sheet.submitter_id == person_id))
        }


def approved_by(region: LoadedRegion, person_ids: list[int]) -> dict[tuple[int, int], int]:
    """Who made each approval that stands, by claim and step."""
    with standing(region) as session, unscoped("a test reads approvals"):
        wanted = select(Approval).where(Approval.person_id.in_(person_ids), Approval.undone_seq.is_(None))
        return {(row.claim_id, row.step_no): row.person_id for row in session.scalars(wanted)}


def broken_invariants(region: LoadedRegion) -> list[int]:
    """The numbers of the invariants that do not hold."""
    from plugins.fees.verify import verify

    with standing(region) as session, unscoped("a test verifies"):
        return [found.number for found in verify(session)]


def typed_lesson(region: LoadedRegion, slug: str, day: date | None = None) -> dict[str, str]:
    """What a person types into the form for two lessons."""
    with standing(region) as session:
        work_type_id = _work_type(session, slug, "lesson")
        with unscoped("a test looks for a work type"):
            code = session.scalars(select(WorkType.code).where(WorkType.id == work_type_id)).one()
        unit = current_gate().tree.by_slug[slug].id
    day = day or today() - timedelta(days=2)
    typed = {
        "work_type": code,
        "unit": str(unit),
        "day": f"{day.day}.{day.month}.{day.year}",
        "start": "9.00",
    }
    return {**typed, "end": "10.30", "lessons": "2", "travel": "none", "do": "continue"}


def draft_by_http(region: LoadedRegion, port: int, who: Visitor) -> tuple[str, str]:
    """Fill a form in as a person would; gives its key and the address that sends it."""
    key = secrets.token_hex(16)
    form = {**typed_lesson(region, "sydan-laukaan-koulu"), "submit_key": key}
    answer = send(port, who, "POST", "/me/fees/new", form)
    assert answer.status in (302, 303), answer.body
    return key, f"/me/fees/drafts/{key}/send"


def draft_in(region: LoadedRegion, press: Callable[..., str], slug: str) -> str:
    """Fill a form in by a test client's form; gives its key."""
    key = secrets.token_hex(16)
    day = today() - timedelta(days=9)
    press("/me/fees/new", **typed_lesson(region, slug, day), submit_key=key)
    return key


def open_at(region: LoadedRegion, slug: str) -> list[int]:
    """Claims at or below the organisation that are not finished."""
    with standing(region) as session, unscoped("a test reads claims"):
        tree = current_gate().tree
        below = [node.id for node in tree.subtree(tree.by_slug[slug].id)]
        wanted = select(Claim.id).where(Claim.organisation_id.in_(below), Claim.desk_id.is_not(None))
        return list(session.scalars(wanted.order_by(Claim.id)))


def holder(region: LoadedRegion, claim_id: int) -> str:
    """Somebody who may act on the claim now: its submitter, or who stands at its desk and did not yet."""
    with standing(region) as session, unscoped("a test looks for a desk's people"), reviewed(__name__):
        row = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        if row.state == "returned":
            return session.scalars(select(Person.name).where(Person.id == row.submitter_id)).one()
        shut = {
            row.submitter_id,
            row.beneficiary_id,
            *session.scalars(
                select(Approval.person_id).where(Approval.claim_id == claim_id, Approval.undone_seq.is_(None))
            ),
        }
        here = [p for p in session.connection().execute(people(today())) if p.desk_id == row.desk_id]
        found = [p.person_id for p in here if p.person_id not in shut and not p.away]
        return session.scalars(select(Person.name).where(Person.id == found[0])).one()


def recent(days: int) -> date:
    """A day that many days ago."""
    return today() - timedelta(days=days)


def seal_one(region: LoadedRegion, slug: str, unit: str, payroll: str, *, times: int) -> None:
    """Bring claims through every step into batches, one batch for each claim."""
    for turn in range(times):
        sent = send_claim(region, "Aino Aamutähti", slug, unit=unit, day=recent(30 + turn))
        while claim(region, sent.claim_id).state in ("submitted", "in_approval"):
            act(region, holder(region, sent.claim_id), sent.claim_id, "approve")
        payer = region.payer(slug)
        person_id = region.person(payroll)
        with standing(region, NodeScope(payer, person_id, "fees.payroll", (payer,))):
            seal(payer, person_id)


def untouchable(region: LoadedRegion) -> dict[str, object]:
    """What no form may ever change: who runs the service, whose rows are whose, what claims are worth."""
    with standing(region) as session, unscoped("a test reads what no form may change"):
        return {
            "operators": sorted(session.scalars(select(Account.person_id).where(Account.is_operator))),
            "claims": session.execute(
                select(Claim.id, Claim.organisation_id, Claim.submitter_id, Claim.total_cents).order_by(
                    Claim.id
                )
            ).all(),
            "payees": session.execute(
                select(Payee.id, Payee.organisation_id, Payee.person_id).order_by(Payee.id)
            ).all(),
        }
