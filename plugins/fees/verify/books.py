"""The books: numbers, sums, payouts and files (invariants 1, 6, 7 and 8)."""

from __future__ import annotations

from sqlalchemy import Connection, and_, exists, func, not_, or_, select

from plugins.fees import states as s
from plugins.fees.kernel.tables import BATCH, CLAIM, EVENT, LINE, PAYOUT, RECEIPT, SHEET
from plugins.fees.payroll import payfile
from plugins.fees.payroll.storing import stored_bytes
from plugins.fees.verify.common import Found, Which, live_payout, wrong


def receipts(connection: Connection, which: Which) -> Found:
    """1. Every receipt has its sheet and every sheet its receipt; numbers run from 1 without gaps."""
    lonely = (
        select(SHEET.c.organisation_id, SHEET.c.id)
        .outerjoin(
            RECEIPT,
            and_(RECEIPT.c.sheet_id == SHEET.c.id, RECEIPT.c.organisation_id == SHEET.c.organisation_id),
        )
        .where(RECEIPT.c.sheet_id.is_(None))
    )
    for payer, sheet_id in connection.execute(which.of_payer(lonely, SHEET.c.organisation_id)):
        yield payer, f"sheet {sheet_id} has no receipt"
    orphans = select(RECEIPT.c.organisation_id, RECEIPT.c.number).where(
        not_(exists().where(SHEET.c.id == RECEIPT.c.sheet_id))
    )
    for payer, number in connection.execute(which.of_payer(orphans, RECEIPT.c.organisation_id)):
        yield payer, f"receipt {number} has no sheet"
    yield from _gaps(connection, which)


def _gaps(connection: Connection, which: Which) -> Found:
    key = (RECEIPT.c.organisation_id, RECEIPT.c.year)
    first, last, count = func.min(RECEIPT.c.number), func.max(RECEIPT.c.number), func.count()
    statement = select(*key, last).group_by(*key).having(or_(first != 1, last != count))
    for payer, year, highest in connection.execute(which.of_payer(statement, RECEIPT.c.organisation_id)):
        yield payer, f"receipts of {year} do not run from 1 to {highest}"


def sums(connection: Connection, which: Which) -> Found:
    """6. Sum of lines = claim total = total at approval = payout cents."""
    lines = (
        select(func.coalesce(func.sum(LINE.c.cents), 0))
        .where(LINE.c.claim_id == CLAIM.c.id, LINE.c.revision == CLAIM.c.revision)
        .correlate(CLAIM)
        .scalar_subquery()
    )
    yield from wrong(connection, which, lines != CLAIM.c.total_cents, "its lines have another sum")
    approved = exists().where(
        EVENT.c.claim_id == CLAIM.c.id,
        EVENT.c.revision == CLAIM.c.revision,
        EVENT.c.action == "approve",
        EVENT.c.total_cents != CLAIM.c.total_cents,
    )
    yield from wrong(connection, which, approved.correlate(CLAIM), "it was approved with another sum")
    paid = exists().where(live_payout(), PAYOUT.c.cents != CLAIM.c.total_cents)
    yield from wrong(connection, which, paid.correlate(CLAIM), "its payout has another sum")


def payouts(connection: Connection, which: Which) -> Found:
    """7. At most one live payout for a claim; it has one exactly when it is in a batch, sent or paid."""
    count = select(func.count()).where(live_payout()).correlate(CLAIM).scalar_subquery()
    in_payment = CLAIM.c.state.in_(s.IN_PAYMENT)
    unfit = or_(and_(in_payment, count != 1), and_(not_(in_payment), count != 0))
    yield from wrong(connection, which, unfit, "its live payouts do not fit its state")


def files(connection: Connection, which: Which) -> Found:
    """8. A batch's total, rows and hash are those of the stored file parsed again."""
    statement = which.of_payer(select(BATCH).order_by(BATCH.c.id), BATCH.c.organisation_id)
    for batch in connection.execute(statement).all():
        stored = payfile.facts(stored_bytes(connection, batch.id))
        if stored != payfile.FileFacts(batch.sha256, batch.rows, batch.total_cents):
            yield batch.organisation_id, f"batch {batch.id}: the stored file is not what was sealed"
