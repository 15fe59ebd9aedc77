"""`transition` and `transition_many`: the one way a claim moves.

Begin → rule and permission read inside → the conditional UPDATE must hit every row → event, approval, text,
outbox → commit → only then answer. Whoever comes second gets a `Conflict` that says who was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.api import NodeScope, current_gate, db, now, reviewed, writing
from plugins.fees.due import helsinki_day
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.hooks import ClaimMove
from plugins.fees.kernel import writes
from plugins.fees.kernel.failpoints import failpoint
from plugins.fees.kernel.life_cycle import RULES, Asked, Target, stands_at
from plugins.fees.kernel.others import tell_others
from plugins.fees.kernel.people import DeskPeople, load_desks
from plugins.fees.kernel.revision import renew
from plugins.fees.kernel.situation import ClaimRow, Situation, conflict, read_claims, situations
from plugins.fees.kernel.tables import DESK, EVENT, PAYOUT
from plugins.fees.kernel.writes import Move
from plugins.fees.sheet import SheetLine
from plugins.fees.states import BEING_DECIDED


@dataclass(frozen=True)
class Moved:
    """A claim after its move.

    `decided` is the kind of the step that waited before, `waits` of the one that waits now: None when nobody
    decides any more.
    """

    claim_id: int
    state: str
    version: int
    desk_id: int | None
    due_at: datetime | None
    note: str | None
    decided: str
    waits: str | None


def transition(
    claim_id: int,
    expected_version: int,
    action: str,
    actor_id: int,
    *,
    acting_for: int | None = None,
    text: str | None = None,
    at: datetime | None = None,
    desk_id: int | None = None,
    lines: Sequence[SheetLine] = (),
) -> Moved:
    """Move one claim. `desk_id` is for `move`; `lines` for `resend`."""
    items = [(claim_id, expected_version)]
    return transition_many(
        items, action, actor_id, acting_for=acting_for, text=text, at=at, desk_id=desk_id, lines=lines
    )[0]


def transition_many(
    items: Sequence[tuple[int, int]],
    action: str,
    actor_id: int,
    *,
    acting_for: int | None = None,
    text: str | None = None,
    at: datetime | None = None,
    desk_id: int | None = None,
    lines: Sequence[SheetLine] = (),
) -> list[Moved]:
    """Move all the claims, each of the version given, or none; the answers stand in the same order."""
    asked = Asked(action, actor_id, at or now(), acting_for, (text or "").strip() or None, desk_id)
    if RULES[action].needs_text and asked.text is None:
        raise FeeError("text_missing", "text")
    if not items:
        return []
    try:
        with writing() as session, reviewed(__name__):
            moves = _move(session, items, asked, lines)
            failpoint("before_commit")
    except IntegrityError as error:
        raise _first(items, error) from error
    failpoint("after_commit")
    return [_moved(move) for move in moves]


def _move(
    session: Session,
    items: Sequence[tuple[int, int]],
    asked: Asked,
    lines: Sequence[SheetLine],
) -> list[Move]:
    """Everything between begin and commit."""
    asked = replace(asked, scope=page_scope(session))
    claims, connection = _expected(session, items, asked), session.connection()
    found = situations(connection, claims, helsinki_day(asked.at), asked.desk_id)
    try:
        moves = [_decide(session, situation, asked, lines) for situation in found]
    except (FeeError, LookupError, StopIteration):
        _refuse_if_changed(session, items)
        raise
    failpoint("before_update")
    if not writes.update_claims(connection, moves, asked.at):
        raise conflict(session, _changed(session, items))
    failpoint("after_update")
    writes.add_events(connection, moves, asked)
    _beside(session, moves, asked)
    tell_others(session, (_told(move, asked) for move in moves))
    return moves


def _told(move: Move, asked: Asked) -> tuple[int, ClaimMove]:
    """The move's number and what other modules are told of it."""
    claim = move.claim
    cents = move.revision.get("total_cents", claim.total_cents)
    return move.version, ClaimMove(
        claim_id=claim.id,
        organisation_id=claim.organisation_id,
        action=asked.action,
        actor_id=asked.actor_id,
        cents=cents,
    )


def page_scope(session: Session) -> NodeScope | None:
    """The scope of an organisation's page, with the permission it was opened with."""
    scope = session.info.get("scope")
    return scope if isinstance(scope, NodeScope) else None


def _expected(session: Session, items: Sequence[tuple[int, int]], asked: Asked) -> list[ClaimRow]:
    """The claims, in the versions and in a state the action starts from; else who was first."""
    claims = read_claims(session, [claim_id for claim_id, _ in items])
    gate = current_gate()
    for claim, (_, version) in zip(claims, items, strict=True):
        if claim.version != version or claim.state not in RULES[asked.action].starts:
            raise conflict(session, claim)
        if not gate.on("fees", claim.organisation_id):
            raise NotAllowed("module_off")
    return claims


def _refuse_if_changed(session: Session, items: Sequence[tuple[int, int]]) -> None:
    """On PostgreSQL somebody may commit between two reads; then it is they who explain the refusal."""
    claim = _changed(session, items)
    if claim.version != dict(items)[claim.id]:
        raise conflict(session, claim)


def _changed(session: Session, items: Sequence[tuple[int, int]]) -> ClaimRow:
    """The first claim that is no longer what was expected."""
    claims = read_claims(session, [claim_id for claim_id, _ in items])
    pairs = zip(claims, items, strict=True)
    return next((claim for claim, (_, version) in pairs if claim.version != version), claims[0])


def _first(items: Sequence[tuple[int, int]], error: IntegrityError) -> Exception:
    """What a unique key's refusal means: somebody was first. Anything else is a defect and stays one."""
    session = db.session()
    with reviewed(__name__):
        claim = _changed(session, items)
        if claim.version == dict(items)[claim.id]:
            return error
        return conflict(session, claim)


def _decide(session: Session, situation: Situation, asked: Asked, lines: Sequence[SheetLine]) -> Move:
    if asked.action == "resend":
        return renew(session, situation, asked, lines)
    target = RULES[asked.action].decide(situation, asked)
    if asked.action == "undo":
        target = _where_it_stood(session, situation.claim, target)
        stands_at(situation, asked, _desk(session, situation, target.desk_id or 0, asked.at))
    kinds = {step.no: step.kind for step in situation.steps}
    return Move(situation.claim, target, kinds, {}, asked.text)


def _where_it_stood(session: Session, claim: ClaimRow, target: Target) -> Target:
    """Desk, since and due as they were before the approval: an undo gives nobody more time."""
    before = (
        session.connection()
        .execute(
            select(EVENT.c.desk_id, EVENT.c.since, EVENT.c.due_at).where(
                EVENT.c.claim_id == claim.id, EVENT.c.seq == claim.version - 1
            )
        )
        .one()
    )
    return replace(target, desk_id=before.desk_id, since=before.since, due_at=before.due_at)


def _desk(session: Session, situation: Situation, desk_id: int, at: datetime) -> DeskPeople:
    """A desk with its people; one that the claim had been moved to is not among its steps'."""
    known = situation.desks.get(desk_id)
    return known or load_desks(session.connection(), DESK.c.id == desk_id, helsinki_day(at))[desk_id]


def _beside(session: Session, moves: list[Move], asked: Asked) -> None:
    """What some actions write besides the event."""
    connection = session.connection()
    if asked.action == "approve":
        writes.add_approvals(connection, moves, asked)
    elif asked.action in ("resend", "withdraw"):
        writes.drop_answers(connection, moves)
    elif asked.action == "undo" and not writes.undo_approvals(connection, moves):
        raise NotAllowed("not_the_actor")
    elif (asked.action == "payroll_problem" and not writes.free_payouts(connection, moves)) or (
        asked.action == "seal" and not _all_in_a_batch(session, moves)
    ):
        raise FeeError("not_in_a_batch")


def _all_in_a_batch(session: Session, moves: list[Move]) -> bool:
    ids = [move.claim.id for move in moves]
    live = and_(PAYOUT.c.claim_id.in_(ids), PAYOUT.c.status != "rejected")
    return session.connection().execute(select(func.count()).where(live)).scalar() == len(moves)


def _moved(move: Move) -> Moved:
    claim, target = move.claim, move.target
    waits = move.kinds[target.step_no] if target.state in BEING_DECIDED else None
    decided = move.kinds.get(claim.step_no, "")
    return Moved(
        claim.id, target.state, move.version, target.desk_id, target.due_at, target.note, decided, waits
    )
