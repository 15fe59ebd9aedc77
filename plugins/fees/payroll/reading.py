"""What payroll's pages read of claims: the next batch's figures, and claims a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugins.fees.kernel.tables import PAYEE, PAYOUT, PERSON, SHEET
from plugins.fees.models import Claim
from plugins.fees.payroll.batches import Figures
from plugins.fees.states import APPROVED

PAGE = 50
_NAMES = (PAYEE.c.name, PERSON.c.name)


def open_figures(session: Session, payer_id: int) -> Figures:
    """How many approved claims of the payer wait, and how much they come to; one query."""
    columns = (func.count(Claim.id), func.coalesce(func.sum(Claim.total_cents), 0))
    count, cents = session.execute(_open(select(*columns).select_from(Claim), payer_id)).one()
    return Figures(count, int(cents))


def open_page(session: Session, payer_id: int, after: int | None) -> list[Claim]:
    """Approved claims of the payer, oldest first, one more than a page; `after` goes on from an id."""
    return _page(session, _open(select(Claim), payer_id), after)


def batch_page(session: Session, batch_id: int, after: int | None) -> list[Claim]:
    """Claims of a batch, taken out again or not, oldest first, one more than a page."""
    wanted = select(Claim).join(PAYOUT, PAYOUT.c.claim_id == Claim.id).where(PAYOUT.c.batch_id == batch_id)
    return _page(session, wanted, after)


@dataclass(frozen=True)
class ChangedName:
    """A payee whose name is another one now than when the form was sent; the file has the sent one."""

    sent: str
    now: str


def changed_in_next(session: Session, payer_id: int) -> list[ChangedName]:
    """Changed names among the payees of the next batch, by the sent name."""
    return _changed(session, _open(select(*_NAMES).select_from(Claim), payer_id))


def changed_in_batch(session: Session, batch_id: int) -> list[ChangedName]:
    """Changed names among the payees of a batch, by the sent name."""
    wanted = select(*_NAMES).select_from(Claim).join(PAYOUT, PAYOUT.c.claim_id == Claim.id)
    return _changed(session, wanted.where(PAYOUT.c.batch_id == batch_id, PAYOUT.c.status != "rejected"))


def _changed(session: Session, wanted: Any) -> list[ChangedName]:
    """Names that were blanked since are no new names."""
    found = (
        wanted.join(PAYEE, PAYEE.c.id == Claim.payee_id)
        .join(PERSON, PERSON.c.id == PAYEE.c.person_id)
        .where(PERSON.c.name != PAYEE.c.name, PERSON.c.blanked_at.is_(None))
    )
    return [ChangedName(*row) for row in session.execute(found.distinct().order_by(*_NAMES))]


def _open(wanted: Any, payer_id: int) -> Any:
    return wanted.join(SHEET, SHEET.c.id == Claim.sheet_id).where(
        SHEET.c.organisation_id == payer_id, Claim.state == APPROVED
    )


def _page(session: Session, wanted: Any, after: int | None) -> list[Claim]:
    if after is not None:
        wanted = wanted.where(Claim.id > after)
    return list(session.scalars(wanted.order_by(Claim.id).limit(PAGE + 1)))
