"""Sending a sheet: one receipt number for each payer, one claim for each unit, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, delete, func, select
from sqlalchemy.orm import Session

from core.api import UtcDateTime, current_gate, now, reviewed, writing
from plugins.fees import states as s
from plugins.fees.due import due_after, helsinki_day
from plugins.fees.errors import FeeError
from plugins.fees.hooks import ClaimMove
from plugins.fees.kernel import writes
from plugins.fees.kernel.failpoints import failpoint
from plugins.fees.kernel.hashing import GENESIS, event_hash, new_salt, text_hmac
from plugins.fees.kernel.locks import lock_payer
from plugins.fees.kernel.others import tell_others
from plugins.fees.kernel.plan import Part, plan
from plugins.fees.kernel.rows import add_lines_and_steps
from plugins.fees.kernel.situation import place
from plugins.fees.kernel.tables import (
    CLAIM,
    DESK,
    DRAFT,
    EXPERT,
    PAYEE,
    PERSON,
    RECEIPT,
    SHEET,
    insert_new,
)
from plugins.fees.models.claims import receipt_text
from plugins.fees.sheet import SheetLine


@dataclass(frozen=True)
class SentReceipt:
    """One payer's receipt number and the claims under it, in the order of their parts."""

    number: str
    payer_id: int
    claim_ids: tuple[int, ...]


@dataclass(frozen=True)
class SubmitResult:
    """What a sending gave. `repeated`: it had been sent before, and nothing was written now."""

    receipts: tuple[SentReceipt, ...]
    repeated: bool = False

    @property
    def number(self) -> str:
        """The first payer's number; most sheets have one."""
        return self.receipts[0].number

    @property
    def claim_ids(self) -> tuple[int, ...]:
        """Every claim of the sheet."""
        return tuple(claim_id for receipt in self.receipts for claim_id in receipt.claim_ids)


def submit(
    person_id: int, submit_key: str, lines: Sequence[SheetLine], at: datetime | None = None
) -> SubmitResult:
    """Send a sheet, and let go of the form it was written in.

    The same person and key give the same receipts again, whatever the lines say.
    """
    at = at or now()
    with writing() as session, reviewed(__name__):
        # One sheet of a person at a time: a second click waits here, and each sees what was claimed earlier.
        person = session.connection().execute(_PERSON, {"person": person_id}).one()
        result = _sent_before(session, person_id, submit_key) or _send(session, person, submit_key, lines, at)
        session.connection().execute(_DROP_DRAFT, {"person": person_id, "key": submit_key})
        failpoint("before_commit")
    failpoint("after_commit")
    return result


# Put together once: that costs several times what running them does.
_SENT_BEFORE = (
    select(RECEIPT.c.organisation_id, RECEIPT.c.prefix, RECEIPT.c.year, RECEIPT.c.number, CLAIM.c.id)
    .select_from(
        SHEET.join(RECEIPT, RECEIPT.c.sheet_id == SHEET.c.id).join(CLAIM, CLAIM.c.sheet_id == SHEET.c.id)
    )
    .where(SHEET.c.submitter_id == bindparam("person"), SHEET.c.submit_key == bindparam("key"))
    .order_by(RECEIPT.c.organisation_id, CLAIM.c.part)
)
_PERSON = (
    select(PERSON.c.id, PERSON.c.name, PERSON.c.email, PERSON.c.phone, EXPERT.c.id.label("expert_id"))
    .select_from(PERSON.outerjoin(EXPERT, EXPERT.c.person_id == PERSON.c.id))
    .where(PERSON.c.id == bindparam("person"))
    .with_for_update(key_share=True, of=PERSON)
)

_ADD_SHEET = SHEET.insert().returning(SHEET.c.id)
_ADD_PAYEE = PAYEE.insert().returning(PAYEE.c.id)
_ADD_CLAIM = CLAIM.insert().returning(CLAIM.c.id)
_DROP_DRAFT = delete(DRAFT).where(
    DRAFT.c.person_id == bindparam("person"), DRAFT.c.submit_key == bindparam("key")
)
_NUMBERED = {
    "organisation_id": bindparam("payer", type_=Integer),
    "year": bindparam("of_year", type_=Integer),
    "number": select(func.coalesce(func.max(RECEIPT.c.number), 0) + 1)
    .where(RECEIPT.c.organisation_id == bindparam("payer"), RECEIPT.c.year == bindparam("of_year"))
    .scalar_subquery(),
    "prefix": bindparam("code", type_=String),
    "sheet_id": bindparam("sheet", type_=Integer),
    "at": bindparam("given_at", type_=UtcDateTime),
}
_ADD_RECEIPT = (
    RECEIPT.insert().from_select(list(_NUMBERED), select(*_NUMBERED.values())).returning(RECEIPT.c.number)
)


def _sent_before(session: Session, person_id: int, submit_key: str) -> SubmitResult | None:
    rows = session.connection().execute(_SENT_BEFORE, {"person": person_id, "key": submit_key})
    receipts = [
        SentReceipt(receipt_text(*key[1:]), key[0], tuple(row[4] for row in group))
        for key, group in groupby(rows, key=lambda row: tuple(row[:4]))
    ]
    return SubmitResult(tuple(receipts), repeated=True) if receipts else None


@dataclass(frozen=True)
class _Sending:
    """What all parts of a sending share."""

    connection: Connection
    person: Any
    submit_key: str
    at: datetime


def _send(
    session: Session, person: Any, submit_key: str, lines: Sequence[SheetLine], at: datetime
) -> SubmitResult:
    parts = plan(session, lines, person.id, at, start=True)
    sending = _Sending(session.connection(), person, submit_key, at)
    payers = sorted({part.payer_id for part in parts})
    sent = [[part for part in parts if part.payer_id == payer] for payer in payers]
    result = SubmitResult(tuple(map(partial(_send_to, sending), payers, sent)))
    claims = zip(result.claim_ids, chain.from_iterable(sent), strict=True)
    tell_others(session, (_told(sending, *claim) for claim in claims))
    return result


def _told(sending: _Sending, claim_id: int, part: Part) -> tuple[int, ClaimMove]:
    """The number of the claim's first event and what other modules are told of it."""
    return 1, ClaimMove(
        claim_id=claim_id,
        organisation_id=part.unit_id,
        action="submit",
        actor_id=sending.person.id,
        cents=part.total_cents,
    )


def _send_to(sending: _Sending, payer_id: int, parts: Sequence[Part]) -> SentReceipt:
    """Everything of one payer, its number last."""
    prefix = current_gate().tree.by_id[payer_id].code
    if not prefix:
        raise FeeError("payer_code_missing", "organisation_id", organisation_id=payer_id)
    sheet_id = _add_sheet(sending, payer_id)
    payee_id = _add_payee(sending, payer_id)
    _add_own_desk(sending, payer_id, parts)
    claims = [_add_claim(sending, sheet_id, payee_id, number, part) for number, part in enumerate(parts, 1)]
    return SentReceipt(_add_receipt(sending, payer_id, prefix, sheet_id), payer_id, tuple(claims))


def _add_sheet(sending: _Sending, payer_id: int) -> int:
    values = {
        "organisation_id": payer_id,
        "submitter_id": sending.person.id,
        "submit_key": sending.submit_key,
        "created_at": sending.at,
    }
    return int(sending.connection.execute(_ADD_SHEET, values).scalar_one())


def _add_payee(sending: _Sending, payer_id: int) -> int:
    person = sending.person
    values = {
        "organisation_id": payer_id,
        "person_id": person.id,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
    }
    return int(sending.connection.execute(_ADD_PAYEE, values).scalar_one())


def _add_own_desk(sending: _Sending, payer_id: int, parts: Sequence[Part]) -> None:
    """The person's own desk at the payer, made with their first claim there."""
    wanted = (payer_id, sending.person.id)
    if all((desk.organisation_id, desk.person_id) != wanted for desk in parts[0].desks.values()):
        values = {"organisation_id": payer_id, "kind": s.OWN, "person_id": sending.person.id}
        insert_new(sending.connection, DESK, values)


def _add_claim(sending: _Sending, sheet_id: int, payee_id: int, number: int, part: Part) -> int:
    """The claim at its first desk, with lines, steps and first event."""
    person_id, first = sending.person.id, part.steps[0]
    desk_id, note = place(part.desks, first.desk_id, part.payer_id, {person_id}, {person_id})
    row = {
        "organisation_id": part.unit_id,
        "sheet_id": sheet_id,
        "part": number,
        "submitter_id": person_id,
        "beneficiary_id": person_id,
        "expert_id": sending.person.expert_id,
        "payee_id": payee_id,
        "state": s.SUBMITTED,
        "desk_id": desk_id,
        "since": sending.at,
        "due_at": due_after(sending.at, first.due_days),
        "step_no": first.no,
        "total_cents": part.total_cents,
        "revision": 1,
        "chain_version_id": part.chain_version_id,
        "version": 1,
        "created_at": sending.at,
    }
    claim_id = int(sending.connection.execute(_ADD_CLAIM, row).scalar_one())
    add_lines_and_steps(sending.connection, claim_id, 1, part)
    _add_first_event(sending, {**row, "claim_id": claim_id, "note": note}, part.message)
    return claim_id


def _add_first_event(sending: _Sending, claim: dict[str, Any], message: str) -> None:
    salt = new_salt()
    same = ("claim_id", "organisation_id", "step_no", "desk_id", "since", "due_at", "note", "total_cents")
    event = {
        **{name: claim[name] for name in same},
        "seq": 1,
        "action": "submit",
        "from_state": None,
        "to_state": claim["state"],
        "actor_id": sending.person.id,
        "acting_for_id": None,
        "revision": 1,
        "text_hmac": text_hmac(salt, message) if message else None,
        "at": sending.at,
        "prev_hash": GENESIS,
    }
    texts = {claim["claim_id"]: (message, salt)} if message else {}
    writes.add_event_rows(sending.connection, [{**event, "hash": event_hash(event)}], texts)


def _add_receipt(sending: _Sending, payer_id: int, prefix: str, sheet_id: int) -> str:
    """The payer's next number of the year. The payer's row is locked, so that numbers run without gaps."""
    lock_payer(sending.connection, payer_id)
    year = helsinki_day(sending.at).year
    values = {"payer": payer_id, "of_year": year, "code": prefix, "sheet": sheet_id, "given_at": sending.at}
    return receipt_text(prefix, year, int(sending.connection.execute(_ADD_RECEIPT, values).scalar_one()))
