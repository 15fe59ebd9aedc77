"""Payroll batches: sealed once, downloaded as the same bytes for ever, marked paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update
from sqlalchemy.orm import Session

from core.api import db, now, record_change, reviewed, visible, writing
from plugins.fees.due import helsinki_day
from plugins.fees.errors import BatchNotFound, FeeError, NotAllowed
from plugins.fees.kernel.life_cycle import permitted
from plugins.fees.kernel.locks import lock_payer
from plugins.fees.kernel.people import load_desks
from plugins.fees.kernel.tables import BATCH, CLAIM, DESK, PAYOUT, SHEET
from plugins.fees.kernel.transition import page_scope, transition_many
from plugins.fees.models import Batch, Claim
from plugins.fees.models.batches import batch_text
from plugins.fees.payroll.batch_file import pieces
from plugins.fees.payroll.storing import store, stored_bytes
from plugins.fees.states import APPROVED, IN_BATCH, PAYROLL, SENT
from plugins.fees.verify import Violation, verify, verify_claims


@dataclass(frozen=True)
class SealedBatch:
    """A batch as pages show it. `text` is its number to people."""

    id: int
    payer_id: int
    number: int
    text: str
    state: str
    sha256: str
    rows: int
    total_cents: int
    sealed_at: datetime
    sent_at: datetime | None
    paid_at: datetime | None
    paid_on: date | None


@dataclass(frozen=True)
class Figures:
    """What somebody confirms before locking: how many claims, and how much in all."""

    count: int
    cents: int


def _open(session: Session, payer_id: int) -> Sequence[Row[Any]]:
    """The payer's approved claims that the session's scope shows, oldest first."""
    statement = (
        select(CLAIM.c.id, CLAIM.c.version, CLAIM.c.total_cents)
        .join(SHEET, SHEET.c.id == CLAIM.c.sheet_id)
        .where(SHEET.c.organisation_id == payer_id, CLAIM.c.state == APPROVED, visible(Claim, session))
        .order_by(CLAIM.c.id)
    )
    return session.connection().execute(statement).all()


def seal(
    payer_id: int, actor_id: int, at: datetime | None = None, confirmed: Figures | None = None
) -> SealedBatch:
    """Put every approved claim of the payer into a new batch and store its bytes, if the payer verifies.

    `confirmed` is what the actor was shown: a batch of anything else is refused (`batch_changed`).
    """
    at = at or now()
    with reviewed(__name__):
        _must_be_payroll(db.session(), payer_id, actor_id, at)
        _refuse(verify(db.session(), payer_id))  # the long look, while nobody has to wait
    with writing() as session, reviewed(__name__):
        connection = session.connection()
        _must_be_payroll(session, payer_id, actor_id, at)
        lock_payer(connection, payer_id)
        claims = _open(session, payer_id)
        _refuse(verify_claims(session, payer_id, APPROVED))
        if not claims:
            raise FeeError("nothing_to_seal")
        if confirmed not in (None, Figures(len(claims), sum(row.total_cents for row in claims))):
            raise FeeError("batch_changed")
        batch_id = store(connection, payer_id, [row.id for row in claims], actor_id, at)
        _move_all([(row.id, row.version) for row in claims], "seal", actor_id, at)
        _log(session, batch_id, payer_id, "seal", actor_id, at)
        return _read(session, batch_id)


def _move_all(claims: Sequence[tuple[int, int]], action: str, actor_id: int, at: datetime) -> None:
    """All of them, or none: the pieces share the transaction that is open."""
    for piece in pieces(claims):
        transition_many(piece, action, actor_id, at=at)


def _refuse(broken: Sequence[Violation]) -> None:
    """A payer whose books do not add up exports nothing."""
    if broken:
        raise FeeError("invariants_broken", numbers=sorted({v.number for v in broken}))


def batch_numbered(session: Session, payer_id: int, number: int) -> SealedBatch:
    """The payer's batch of a number, if the session's scope shows it; else `BatchNotFound`."""
    with reviewed(__name__):
        return _one(session, BATCH.c.organisation_id == payer_id, BATCH.c.number == number)


def batches_of(session: Session, payer_id: int) -> list[SealedBatch]:
    """The payer's sealed batches, newest first."""
    statement = (
        select(BATCH)
        .where(BATCH.c.organisation_id == payer_id, visible(Batch, session))
        .order_by(BATCH.c.number.desc())
    )
    with reviewed(__name__):
        return [_sealed(row) for row in session.connection().execute(statement)]


def _mine(session: Session, batch_id: int, actor_id: int, at: datetime) -> SealedBatch:
    """A batch the actor may handle, held until the transaction ends: two clicks are one after the other."""
    batch = _read(session, batch_id, lock=True)
    _must_be_payroll(session, batch.payer_id, actor_id, at)
    return batch


def _must_be_payroll(session: Session, payer_id: int, actor_id: int, at: datetime) -> None:
    """At the payer's payroll desk, or on a page opened with payroll's permission over the payer."""
    if permitted(page_scope(session), "fees.payroll", payer_id):
        return
    desk = and_(DESK.c.organisation_id == payer_id, DESK.c.kind == PAYROLL)
    desks = load_desks(session.connection(), desk, helsinki_day(at))
    if all(found.standing(actor_id) is None for found in desks.values()):
        raise NotAllowed("not_payroll")


def _read(session: Session, batch_id: int, *, lock: bool = False) -> SealedBatch:
    return _one(session, BATCH.c.id == batch_id, lock=lock)


def _one(session: Session, *which: ColumnElement[bool], lock: bool = False) -> SealedBatch:
    statement = select(BATCH).where(*which, visible(Batch, session))
    if lock:
        statement = statement.with_for_update()
    row = session.connection().execute(statement).one_or_none()
    if row is None:
        raise BatchNotFound
    return _sealed(row)


def _sealed(row: Row[Any]) -> SealedBatch:
    return SealedBatch(
        row.id,
        row.organisation_id,
        row.number,
        batch_text(row.prefix, row.number),
        row.state,
        row.sha256,
        row.rows,
        row.total_cents,
        row.sealed_at,
        row.sent_at,
        row.paid_at,
        row.paid_on,
    )


def download(batch_id: int, actor_id: int, at: datetime | None = None) -> bytes:
    """The sealed bytes, the same every time; each download is logged.

    The first one marks the batch sent, if the payer verifies.
    """
    at = at or now()
    _verify_unsent(batch_id, actor_id, at)
    with writing() as session, reviewed(__name__):
        batch = _mine(session, batch_id, actor_id, at)
        if batch.state == "sealed":
            _send(session, batch, actor_id, at)
        _log(session, batch.id, batch.payer_id, "download", actor_id, at)
        return stored_bytes(session.connection(), batch.id)


def mark_paid(
    batch_id: int, actor_id: int, at: datetime | None = None, day: date | None = None
) -> SealedBatch:
    """Every claim still in the batch is paid; recorded as sent first if nobody downloaded it.

    `day` is the pay day, today if not given: from the day the batch was locked on, and not in the future.
    """
    at = at or now()
    _verify_unsent(batch_id, actor_id, at)
    with writing() as session, reviewed(__name__):
        batch = _mine(session, batch_id, actor_id, at)
        if batch.state == "settled":
            raise FeeError("wrong_batch_state", state=batch.state)
        paid_on = _pay_day(batch, day, at)
        if batch.state == "sealed":
            _send(session, batch, actor_id, at)
        _move_all(_claims_in(session, batch.id, SENT), "pay", actor_id, at)
        _set(session, batch.id, state="settled", paid_at=at, paid_on=paid_on)
        _log(session, batch.id, batch.payer_id, "pay", actor_id, at)
        return _read(session, batch_id)


def _pay_day(batch: SealedBatch, day: date | None, at: datetime) -> date:
    today, locked = helsinki_day(at), helsinki_day(batch.sealed_at)
    if day is not None and day > today:
        raise FeeError("pay_day_in_future", "day")
    if day is not None and day < locked:
        raise FeeError("pay_day_before_batch", "day")
    return day or today


def _verify_unsent(batch_id: int, actor_id: int, at: datetime) -> None:
    """Before a batch goes out its payer verifies, while nobody waits; `_send` looks at its claims again."""
    session = db.session()
    with reviewed(__name__):
        batch = _read(session, batch_id)
        _must_be_payroll(session, batch.payer_id, actor_id, at)
        if batch.state == "sealed":
            _refuse(verify(session, batch.payer_id))


def _send(session: Session, batch: SealedBatch, actor_id: int, at: datetime) -> None:
    _refuse(verify_claims(session, batch.payer_id, IN_BATCH))
    _move_all(_claims_in(session, batch.id, IN_BATCH), "send", actor_id, at)
    _set(session, batch.id, state="sent", sent_at=at)


def _claims_in(session: Session, batch_id: int, state: str) -> list[tuple[int, int]]:
    """(claim, version) of the batch's live payouts in a state."""
    statement = (
        select(CLAIM.c.id, CLAIM.c.version)
        .join(PAYOUT, PAYOUT.c.claim_id == CLAIM.c.id)
        .where(PAYOUT.c.batch_id == batch_id, PAYOUT.c.status != "rejected", CLAIM.c.state == state)
        .order_by(CLAIM.c.id)
    )
    return [(row.id, row.version) for row in session.connection().execute(statement)]


def _set(session: Session, batch_id: int, **values: Any) -> None:
    session.connection().execute(update(BATCH).where(BATCH.c.id == batch_id).values(values))


def _log(session: Session, batch_id: int, payer_id: int, action: str, actor_id: int, at: datetime) -> None:
    record_change(
        session,
        record="fees.batch",
        row_id=batch_id,
        action=action,
        actor_id=actor_id,
        organisation_id=payer_id,
        at=at,
    )
