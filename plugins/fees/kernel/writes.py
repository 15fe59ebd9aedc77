"""The rows of a move: the claim's own under its guard, then event, approval, text and outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, delete, or_, tuple_, update

from plugins.fees.kernel.hashing import event_hash, new_salt, text_hmac
from plugins.fees.kernel.life_cycle import Asked, Target
from plugins.fees.kernel.situation import ClaimRow
from plugins.fees.kernel.tables import APPROVAL, CLAIM, DRAFT, EVENT, OUTBOX, OUTBOX_KIND, PAYOUT, TEXT
from plugins.fees.models.drafts import answer_key


@dataclass(frozen=True)
class Move:
    """A claim, where it goes, its steps' kinds, what a new revision changes besides, and the words along."""

    claim: ClaimRow
    target: Target
    kinds: dict[int, str]
    revision: dict[str, Any]
    text: str | None = None

    @property
    def version(self) -> int:
        """The claim's version afterwards, and its event's number."""
        return self.claim.version + 1


def move_statement(*, guarded: bool = True) -> Update:
    """The UPDATE of a move. Its guard makes a move happen once: the claims still are what was read.

    `guarded=False` is for the test that proves the race without it.
    """
    of_claims = CLAIM.c.id.in_(bindparam("ids", expanding=True))
    same = tuple_(CLAIM.c.id, CLAIM.c.version, CLAIM.c.state).in_(bindparam("expected", expanding=True))
    return (
        update(CLAIM)
        .where(and_(of_claims, same if guarded else or_(same, of_claims)))
        .values(
            state=bindparam("to_state"),
            desk_id=bindparam("to_desk"),
            since=bindparam("at"),
            due_at=bindparam("due"),
            step_no=bindparam("step"),
            version=CLAIM.c.version + 1,
        )
    )


MOVE_CLAIMS = move_statement()
# Put together once.
_ADD_EVENT, _ADD_TEXT, _ADD_OUTBOX = EVENT.insert(), TEXT.insert(), OUTBOX.insert()
_ADD_APPROVAL = APPROVAL.insert()


def update_claims(connection: Connection, moves: Sequence[Move], at: datetime) -> bool:
    """Change the rows, one statement for each distinct target; whether every one was hit."""
    groups: dict[Target, list[Move]] = {}
    for move in moves:
        groups.setdefault(move.target, []).append(move)
    return all(_update(connection, target, group, at) == len(group) for target, group in groups.items())


def _update(connection: Connection, target: Target, moves: Sequence[Move], at: datetime) -> int:
    parameters = {
        "ids": [m.claim.id for m in moves],
        "expected": [(m.claim.id, m.claim.version, m.claim.state) for m in moves],
        "to_state": target.state,
        "to_desk": target.desk_id,
        "at": target.since or at,
        "due": target.due_at,
        "step": target.step_no,
    }
    changes = moves[0].revision
    statement = MOVE_CLAIMS.values(changes) if changes else MOVE_CLAIMS
    return connection.execute(statement, parameters).rowcount


def add_events(connection: Connection, moves: Sequence[Move], asked: Asked) -> None:
    """One event, one text where words were given, and one outbox row for each move."""
    texts = {move.claim.id: (move.text, new_salt()) for move in moves if move.text}
    rows = [event_row(move, asked, texts.get(move.claim.id)) for move in moves]
    add_event_rows(connection, rows, texts)


def add_event_rows(
    connection: Connection, rows: list[dict[str, Any]], texts: dict[int, tuple[str, str]]
) -> None:
    """Insert finished events with their texts (claim: words and salt) and outbox rows."""
    connection.execute(_ADD_EVENT, rows)
    if texts:
        said = [row for row in rows if row["claim_id"] in texts]
        connection.execute(_ADD_TEXT, [_text_row(row, *texts[row["claim_id"]]) for row in said])
    connection.execute(_ADD_OUTBOX, [_outbox_row(row) for row in rows])


def event_row(move: Move, asked: Asked, words: tuple[str, str] | None) -> dict[str, Any]:
    """The event of a move, chained to the one before it."""
    claim, target = move.claim, move.target
    row = {
        "claim_id": claim.id,
        "organisation_id": claim.organisation_id,
        "seq": move.version,
        "action": asked.action,
        "from_state": claim.state,
        "to_state": target.state,
        "actor_id": asked.actor_id,
        "acting_for_id": target.acting_for_id,
        "step_no": claim.step_no,
        "desk_id": target.desk_id,
        "since": target.since or asked.at,
        "due_at": target.due_at,
        "note": target.note,
        "revision": move.revision.get("revision", claim.revision),
        "total_cents": move.revision.get("total_cents", claim.total_cents),
        "text_hmac": text_hmac(words[1], words[0]) if words else None,
        "at": asked.at,
        "prev_hash": claim.last_hash,
    }
    return {**row, "hash": event_hash(row)}


def _text_row(event: dict[str, Any], words: str, salt: str) -> dict[str, Any]:
    return {
        "claim_id": event["claim_id"],
        "organisation_id": event["organisation_id"],
        "seq": event["seq"],
        "text": words,
        "salt": salt,
    }


def _outbox_row(event: dict[str, Any]) -> dict[str, Any]:
    """Ids only: who is told, and in which words, is found out when it is delivered."""
    return {
        "dedupe_key": f"claim:{event['claim_id']}:{event['seq']}",
        "kind": OUTBOX_KIND,
        "module": "fees",
        "organisation_id": event["organisation_id"],
        "payload": {"claim_id": event["claim_id"], "seq": event["seq"]},
        "state": "pending",
        "attempts": 0,
        "created_at": event["at"],
        "next_at": event["at"],
    }


def add_approvals(connection: Connection, moves: Sequence[Move], asked: Asked) -> None:
    """One approval for each move, of the step that waited. Unique keys refuse a second."""
    rows = [
        {
            "claim_id": move.claim.id,
            "organisation_id": move.claim.organisation_id,
            "seq": move.version,
            "revision": move.claim.revision,
            "step_no": move.claim.step_no,
            "person_id": asked.actor_id,
            "acting_for_id": move.target.acting_for_id,
        }
        for move in moves
    ]
    connection.execute(_ADD_APPROVAL, rows)


def undo_approvals(connection: Connection, moves: Sequence[Move]) -> bool:
    """Mark each move's last approval as undone; whether every one still stood."""
    undone = 0
    for move in moves:
        statement = update(APPROVAL).where(
            APPROVAL.c.claim_id == move.claim.id,
            APPROVAL.c.seq == move.claim.version,
            APPROVAL.c.undone_seq.is_(None),
        )
        undone += connection.execute(statement.values(undone_seq=move.version)).rowcount
    return undone == len(moves)


def drop_answers(connection: Connection, moves: Sequence[Move]) -> None:
    """What the senders had begun to write in answer to a return that is now answered or withdrawn."""
    keys = [answer_key(move.claim.id, move.claim.version) for move in moves]
    of_senders = DRAFT.c.person_id.in_({move.claim.submitter_id for move in moves})
    connection.execute(delete(DRAFT).where(of_senders, DRAFT.c.submit_key.in_(keys)))


def free_payouts(connection: Connection, moves: Sequence[Move]) -> bool:
    """Take the claims out of payment; whether each had its one live payout."""
    ids = [move.claim.id for move in moves]
    statement = update(PAYOUT).where(PAYOUT.c.claim_id.in_(ids), PAYOUT.c.status != "rejected")
    return connection.execute(statement.values(status="rejected")).rowcount == len(moves)
