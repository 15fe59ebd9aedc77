"""The process: desks, events and approvals (invariants 2 to 5, 9 and 10)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
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

from plugins.fees import states as s
from plugins.fees.kernel.eligible import somebody
from plugins.fees.kernel.hashing import GENESIS, event_hash
from plugins.fees.kernel.tables import APPROVAL, CLAIM, DESK, EVENT, OUTBOX, OUTBOX_KIND, SHEET, STEP
from plugins.fees.verify.common import Found, Which, wrong

DECISIONS = ("approve", "return", "reject")


def desks(connection: Connection, which: Which) -> Found:
    """2. Not finished means exactly one desk; each desk in use, or its escalation, has somebody eligible."""
    finished = CLAIM.c.state.in_(s.FINISHED)
    adrift = or_(
        and_(finished, CLAIM.c.desk_id.is_not(None)), and_(not_(finished), CLAIM.c.desk_id.is_(None))
    )
    yield from wrong(connection, which, adrift, "finished and at a desk, or open and nowhere")
    nobody = and_(
        CLAIM.c.desk_id.is_not(None),
        not_(exists().where(DESK.c.id == CLAIM.c.desk_id, DESK.c.kind == s.OWN).correlate(CLAIM)),
        not_(somebody(DESK.c.id == CLAIM.c.desk_id)),
        not_(
            somebody(
                and_(DESK.c.organisation_id == SHEET.c.organisation_id, DESK.c.kind == s.ADMINISTRATOR),
                moves=True,
            )
        ),
    )
    yield from wrong(connection, which, nobody, "nobody eligible at its desk nor at the administrator's")


def versions(connection: Connection, which: Which) -> Found:
    """3. The version is the number of events, numbered 1 to n, and the last one's state is the claim's."""
    first, latest = func.min(EVENT.c.seq).label("first"), func.max(EVENT.c.seq).label("last")
    counted = select(EVENT.c.claim_id, func.count().label("n"), first, latest).group_by(EVENT.c.claim_id)
    events = which.narrowed(counted, EVENT.c.claim_id).subquery()
    last = EVENT.alias()
    statement = (
        which.claims()
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


def approvals(connection: Connection, which: Which) -> Found:
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
    yield from wrong(connection, which, and_(decided, missing), "a required step has no approval")
    yield from wrong(connection, which, and_(decided, extra), "an approval belongs to no required step")


def four_eyes(connection: Connection, which: Which) -> Found:
    """5. No approval by submitter or beneficiary, nor two by one person; no decision after stepping aside."""
    of_claim = and_(APPROVAL.c.claim_id == CLAIM.c.id, APPROVAL.c.undone_seq.is_(None))
    people_of = [CLAIM.c.submitter_id, CLAIM.c.beneficiary_id]
    own = exists().where(
        of_claim, or_(APPROVAL.c.person_id.in_(people_of), APPROVAL.c.acting_for_id.in_(people_of))
    )
    yield from wrong(connection, which, own.correlate(CLAIM), "approved by or for its own people")
    twice = (
        select(literal(1))
        .where(of_claim)
        .group_by(APPROVAL.c.revision, APPROVAL.c.person_id)
        .having(func.count() > 1)
    )
    yield from wrong(connection, which, exists(twice.correlate(CLAIM)), "approved twice by one person")
    aside: Any = EVENT.alias()
    related = exists().where(
        EVENT.c.claim_id == CLAIM.c.id,
        EVENT.c.action.in_(DECISIONS),
        aside.c.claim_id == EVENT.c.claim_id,
        aside.c.action == s.STEP_ASIDE,
        aside.c.actor_id == EVENT.c.actor_id,
        aside.c.seq < EVENT.c.seq,
    )
    what = "decided by somebody who had stepped aside"
    yield from wrong(connection, which, related.correlate(CLAIM), what)


def chains(connection: Connection, which: Which) -> Found:
    """9. The hash chain of each claim verifies."""
    statement = (
        select(SHEET.c.organisation_id.label("payer_id"), EVENT)
        .select_from(
            EVENT.join(CLAIM, CLAIM.c.id == EVENT.c.claim_id).join(SHEET, SHEET.c.id == CLAIM.c.sheet_id)
        )
        .order_by(EVENT.c.claim_id, EVENT.c.seq)
    )
    rows = connection.execute(which.of_claims(statement)).mappings()
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


def deliveries(connection: Connection, which: Which) -> Found:
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
    for payer, claim_id, seq in connection.execute(which.of_claims(statement)):
        yield payer, f"claim {claim_id}: event {seq} has no outbox row"
