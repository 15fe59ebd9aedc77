"""The ten invariants, run as SQL. Any that fails blocks the exports of the payer concerned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from core.api import now, reviewed
from plugins.fees.kernel.tables import OUTBOX, OUTBOX_KIND
from plugins.fees.verify import books, process
from plugins.fees.verify.common import Check, Which

UNDELIVERED_AFTER = timedelta(hours=24)
CHECKS: dict[int, Check] = {
    1: books.receipts,
    2: process.desks,
    3: process.versions,
    4: process.approvals,
    5: process.four_eyes,
    6: books.sums,
    7: books.payouts,
    8: books.files,
    9: process.chains,
    10: process.deliveries,
}
# Those that look at each claim by itself; the others at a payer's numbers and files.
OF_CLAIMS = (2, 3, 4, 5, 6, 7, 9, 10)


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: its number, the payer concerned, and what is wrong."""

    number: int
    payer_id: int
    what: str


def verify(where: Session | Connection | Engine, payer_id: int | None = None) -> list[Violation]:
    """Run all ten over one payer, or over all. An empty list is the proof."""
    if isinstance(where, Engine):
        with where.connect() as connection:
            return verify(connection, payer_id)
    connection = where.connection() if isinstance(where, Session) else where
    return _run(connection, Which(payer_id), tuple(CHECKS))


def verify_claims(session: Session, payer_id: int, state: str) -> list[Violation]:
    """What concerns single claims, over the payer's in one state: little work while others wait."""
    return _run(session.connection(), Which(payer_id, state), OF_CLAIMS)


def _run(connection: Connection, which: Which, numbers: tuple[int, ...]) -> list[Violation]:
    with reviewed(__name__):
        return [
            Violation(number, payer, what)
            for number in numbers
            for payer, what in CHECKS[number](connection, which)
        ]


def undelivered(session: Session, at: datetime | None = None) -> int:
    """How many events nobody has been told of for too long. A warning: it blocks nothing.

    What the operator put aside is told to nobody, and they know.
    """
    late = (at or now()) - UNDELIVERED_AFTER
    statement = select(func.count()).where(
        OUTBOX.c.kind == OUTBOX_KIND, OUTBOX.c.state.in_(("pending", "failed")), OUTBOX.c.created_at < late
    )
    return int(session.connection().execute(statement).scalar_one())
