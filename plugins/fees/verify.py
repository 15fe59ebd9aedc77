"""The ten invariants, run as SQL. Any that fails blocks the exports of the payer concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from core.api import now, reviewed, today
from plugins.fees import states as s
from plugins.fees.kernel.hashing import GENESIS, event_hash
from plugins.fees.kernel.tables import (
    APPROVAL,
    BATCH,
    CHUNK,
    CLAIM,
    DESK,
    EVENT,
    LINE,
    OUTBOX,
    OUTBOX_KIND,
    PAYOUT,
    RECEIPT,
    SHEET,
    STEP,
)
from plugins.fees.models.standing import people
from plugins.fees.payroll import payfile

UNDELIVERED_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold: its number, the payer concerned, and what is wrong."""

    number: int
    payer_id: int
    what: str


Found = Iterator[tuple[int, str]]
Check = Callable[[Connection, int | None], Found]


def verify(where: Session | Connection | Engine, payer_id: int | None = None) -> list[Violation]:
    """Run all ten over one payer, or over all. An empty list is the proof."""
    if isinstance(where, Engine):
        with where.connect() as connection:
            return verify(connection, payer_id)
    connection = where.connection() if isinstance(where, Session) else where
    with reviewed(__name__):
        return [
            Violation(number, payer, what)
            for number, check in CHECKS.items()
            for payer, what in check(connection, payer_id)
        ]


def _claims(payer_id: int | None, *columns: Any) -> Select[Any]:
    """(payer, claim, …) of the payer's claims."""
    statement = select(SHEET.c.organisation_id, CLAIM.c.id, *columns).join(
        SHEET, SHEET.c.id == CLAIM.c.sheet_id
    )
    return statement if payer_id is None else statement.where(SHEET.c.organisation_id == payer_id)


def _wrong(connection: Connection, payer_id: int | None, condition: ColumnElement[bool], what: str) -> Found:
    """The payer's claims for which the condition is true."""
    for payer, claim_id in connection.execute(_claims(payer_id).where(condition).order_by(CLAIM.c.id)):
        yield payer, f"claim {claim_id}: {what}"


def receipts(connection: Connection, payer_id: int | None) -> Found:
    """1. Every receipt has its sheet and every sheet its receipt; numbers run from 1 without gaps."""
    lonely = (
        select(SHEET.c.organisation_id, SHEET.c.id)
        .outerjoin(
            RECEIPT,
            and_(RECEIPT.c.sheet_id == SHEET.c.id, RECEIPT.c.organisation_id == SHEET.c.organisation_id),
        )
        .where(RECEIPT.c.sheet_id.is_(None))
    )
    for payer, sheet_id in connection.execute(_of(lonely, SHEET.c.organisation_id, payer_id)):
        yield payer, f"sheet {sheet_id} has no receipt"
    orphans = select(RECEIPT.c.organisation_id, RECEIPT.c.number).where(
        not_(exists().where(SHEET.c.id == RECEIPT.c.sheet_id))
    )
    for payer, number in connection.execute(_of(orphans, RECEIPT.c.organisation_id, payer_id)):
        yield payer, f"receipt {number} has no sheet"
    yield from _gaps(connection, payer_id)


def _gaps(connection: Connection, payer_id: int | None) -> Found:
    key = (RECEIPT.c.organisation_id, RECEIPT.c.year)
    first, last, count = func.min(RECEIPT.c.number), func.max(RECEIPT.c.number), func.count()
    statement = select(*key, last).group_by(*key).having(or_(first != 1, last != count))
    for payer, year, highest in connection.execute(_of(statement, RECEIPT.c.organisation_id, payer_id)):
        yield payer, f"receipts of {year} do not run from 1 to {highest}"


def _of(statement: Select[Any], column: Any, payer_id: int | None) -> Select[Any]:
    return statement if payer_id is None else statement.where(column == payer_id)


def desks(connection: Connection, payer_id: int | None) -> Found:
    """2. Not finished means exactly one desk; each desk in use, or its escalation, has somebody eligible."""
    finished = CLAIM.c.state.in_(s.FINISHED)
    adrift = or_(
        and_(finished, CLAIM.c.desk_id.is_not(None)), and_(not_(finished), CLAIM.c.desk_id.is_(None))
    )
    yield from _wrong(connection, payer_id, adrift, "finished and at a desk, or open and nowhere")
    nobody = and_(
        CLAIM.c.desk_id.is_not(None),
        not_(exists().where(DESK.c.id == CLAIM.c.desk_id, DESK.c.kind == s.OWN).correlate(CLAIM)),
        not_(_somebody(DESK.c.id == CLAIM.c.desk_id)),
        not_(
            _somebody(and_(DESK.c.organisation_id == SHEET.c.organisation_id, DESK.c.kind == s.ADMINISTRATOR))
        ),
    )
    yield from _wrong(connection, payer_id, nobody, "nobody eligible at its desk nor at the administrator's")


def _somebody(desk: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a desk has a present person who may decide the claim."""
    found = people(literal(today())).subquery()
    earlier = select(APPROVAL.c.person_id).where(
        APPROVAL.c.claim_id == CLAIM.c.id,
        APPROVAL.c.revision == CLAIM.c.revision,
        APPROVAL.c.undone_seq.is_(None),
        CLAIM.c.state.in_(s.BEING_DECIDED),
    )
    return (
        exists(select(literal(1)).select_from(DESK.join(found, found.c.desk_id == DESK.c.id)))
        .where(
            desk,
            not_(found.c.away),
            found.c.person_id.not_in([CLAIM.c.submitter_id, CLAIM.c.beneficiary_id]),
            found.c.person_id.not_in(earlier.correlate(CLAIM)),
        )
        .correlate(CLAIM, SHEET)
    )


def versions(connection: Connection, payer_id: int | None) -> Found:
    """3. The version is the number of events, numbered 1 to n, and the last one's state is the claim's."""
    events = (
        select(
            EVENT.c.claim_id,
            func.count().label("n"),
            func.min(EVENT.c.seq).label("first"),
            func.max(EVENT.c.seq).label("last"),
        )
        .group_by(EVENT.c.claim_id)
        .subquery()
    )
    last = EVENT.alias()
    statement = (
        _claims(payer_id)
        .outerjoin(events, events.c.claim_id == CLAIM.c.id)
        .outerjoin(last, and_(last.c.claim_id == CLAIM.c.id, last.c.seq == events.c.last))
        .where(
            or_(
                events.c.n.is_(None),
                events.c.n != CLAIM.c.version,
                events.c.first != 1,
                events.c.last != CLAIM.c.version,
                last.c.to_state != CLAIM.c.state,
            )
        )
    )
    for payer, claim_id in connection.execute(statement):
        yield payer, f"claim {claim_id}: its version or state is not what its events say"


def approvals(connection: Connection, payer_id: int | None) -> Found:
    """4. From the last approval on, the required steps and the standing approvals are the same."""
    live = and_(
        APPROVAL.c.claim_id == CLAIM.c.id,
        APPROVAL.c.revision == CLAIM.c.revision,
        APPROVAL.c.undone_seq.is_(None),
    )
    of_claim = and_(STEP.c.claim_id == CLAIM.c.id, STEP.c.revision == CLAIM.c.revision, STEP.c.required)
    same = STEP.c.no == APPROVAL.c.step_no
    missing = (
        exists().where(of_claim, not_(exists().where(live, same).correlate(CLAIM, STEP))).correlate(CLAIM)
    )
    extra = (
        exists().where(live, not_(exists().where(of_claim, same).correlate(CLAIM, APPROVAL))).correlate(CLAIM)
    )
    decided = CLAIM.c.state.in_(s.FULLY_APPROVED)
    yield from _wrong(connection, payer_id, and_(decided, missing), "a required step has no approval")
    yield from _wrong(connection, payer_id, and_(decided, extra), "an approval belongs to no required step")


def four_eyes(connection: Connection, payer_id: int | None) -> Found:
    """5. No approval by submitter or beneficiary, nor twice by one person."""
    of_claim = and_(APPROVAL.c.claim_id == CLAIM.c.id, APPROVAL.c.undone_seq.is_(None))
    people_of = [CLAIM.c.submitter_id, CLAIM.c.beneficiary_id]
    own = exists().where(
        of_claim, or_(APPROVAL.c.person_id.in_(people_of), APPROVAL.c.acting_for_id.in_(people_of))
    )
    yield from _wrong(connection, payer_id, own.correlate(CLAIM), "approved by or for its own people")
    twice = (
        select(literal(1))
        .where(of_claim)
        .group_by(APPROVAL.c.revision, APPROVAL.c.person_id)
        .having(func.count() > 1)
    )
    yield from _wrong(connection, payer_id, exists(twice.correlate(CLAIM)), "approved twice by one person")


def sums(connection: Connection, payer_id: int | None) -> Found:
    """6. Sum of lines = claim total = total at approval = payout cents."""
    lines = (
        select(func.coalesce(func.sum(LINE.c.cents), 0))
        .where(LINE.c.claim_id == CLAIM.c.id, LINE.c.revision == CLAIM.c.revision)
        .correlate(CLAIM)
        .scalar_subquery()
    )
    yield from _wrong(connection, payer_id, lines != CLAIM.c.total_cents, "its lines have another sum")
    approved = exists().where(
        EVENT.c.claim_id == CLAIM.c.id,
        EVENT.c.revision == CLAIM.c.revision,
        EVENT.c.action == "approve",
        EVENT.c.total_cents != CLAIM.c.total_cents,
    )
    yield from _wrong(connection, payer_id, approved.correlate(CLAIM), "it was approved with another sum")
    paid = exists().where(_live_payout(), PAYOUT.c.cents != CLAIM.c.total_cents)
    yield from _wrong(connection, payer_id, paid.correlate(CLAIM), "its payout has another sum")


def _live_payout() -> ColumnElement[bool]:
    return and_(PAYOUT.c.claim_id == CLAIM.c.id, PAYOUT.c.status != "rejected")


def payouts(connection: Connection, payer_id: int | None) -> Found:
    """7. At most one live payout for a claim; it has one exactly when it is in a batch, sent or paid."""
    count = select(func.count()).where(_live_payout()).correlate(CLAIM).scalar_subquery()
    in_payment = CLAIM.c.state.in_(s.IN_PAYMENT)
    wrong = or_(and_(in_payment, count != 1), and_(not_(in_payment), count != 0))
    yield from _wrong(connection, payer_id, wrong, "its live payouts do not fit its state")


def files(connection: Connection, payer_id: int | None) -> Found:
    """8. A batch's total, rows and hash are those of the stored file parsed again."""
    statement = _of(select(BATCH).order_by(BATCH.c.id), BATCH.c.organisation_id, payer_id)
    for batch in connection.execute(statement).all():
        chunks = select(CHUNK.c.data).where(CHUNK.c.batch_id == batch.id).order_by(CHUNK.c.no)
        stored = payfile.facts(b"".join(connection.execute(chunks).scalars()))
        if stored != payfile.FileFacts(batch.sha256, batch.rows, batch.total_cents):
            yield batch.organisation_id, f"batch {batch.id}: the stored file is not what was sealed"


def chains(connection: Connection, payer_id: int | None) -> Found:
    """9. The hash chain of each claim verifies."""
    statement = (
        select(SHEET.c.organisation_id.label("payer_id"), EVENT)
        .select_from(
            EVENT.join(CLAIM, CLAIM.c.id == EVENT.c.claim_id).join(SHEET, SHEET.c.id == CLAIM.c.sheet_id)
        )
        .order_by(EVENT.c.claim_id, EVENT.c.seq)
    )
    rows = connection.execute(_of(statement, SHEET.c.organisation_id, payer_id)).mappings()
    for claim_id, group in groupby(rows, key=lambda row: row["claim_id"]):
        events = list(group)
        if not _chained(events):
            yield events[0]["payer_id"], f"claim {claim_id}: its hash chain is broken"


def _chained(events: list[Any]) -> bool:
    before = GENESIS
    for event in events:
        if event["prev_hash"] != before or event_hash(event) != event["hash"]:
            return False
        before = event["hash"]
    return True


def deliveries(connection: Connection, payer_id: int | None) -> Found:
    """10. Every event has its outbox row, never pruned. Its key is unique, so there is exactly one."""
    key = literal("claim:") + cast(EVENT.c.claim_id, String) + ":" + cast(EVENT.c.seq, String)
    statement = (
        select(SHEET.c.organisation_id, EVENT.c.claim_id, EVENT.c.seq)
        .select_from(
            EVENT.join(CLAIM, CLAIM.c.id == EVENT.c.claim_id).join(SHEET, SHEET.c.id == CLAIM.c.sheet_id)
        )
        .where(
            not_(exists().where(OUTBOX.c.dedupe_key == key, OUTBOX.c.kind == OUTBOX_KIND).correlate(EVENT))
        )
        .order_by(EVENT.c.claim_id, EVENT.c.seq)
    )
    for payer, claim_id, seq in connection.execute(_of(statement, SHEET.c.organisation_id, payer_id)):
        yield payer, f"claim {claim_id}: event {seq} has no outbox row"


CHECKS: dict[int, Check] = {
    1: receipts,
    2: desks,
    3: versions,
    4: approvals,
    5: four_eyes,
    6: sums,
    7: payouts,
    8: files,
    9: chains,
    10: deliveries,
}


def undelivered(session: Session, at: datetime | None = None) -> int:
    """How many events nobody has been told of for too long. A warning: it blocks nothing."""
    late = (at or now()) - UNDELIVERED_AFTER
    statement = select(func.count()).where(
        OUTBOX.c.kind == OUTBOX_KIND, OUTBOX.c.state != "done", OUTBOX.c.created_at < late
    )
    return int(session.connection().execute(statement).scalar_one())
