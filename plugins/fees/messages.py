"""What people are told when a claim moves: those who have it now; its sender when it is back or paid.

Texts say nothing about the work: what it is about stands behind the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import (
    HELSINKI,
    Handler,
    OutboxRow,
    current_gate,
    db,
    in_language_of,
    notify,
    related,
    send_mail,
)
from plugins.fees.deserted import LOOK, look, look_at
from plugins.fees.models import Claim, ClaimEvent
from plugins.fees.reading import Shelf, shelve
from plugins.fees.states import ADMINISTRATOR, APPROVED, BEING_DECIDED


@dataclass(frozen=True)
class Words:
    """One message: the line in the list, and the mail's subject and sentence."""

    notice: Any
    subject: Any
    body: Any


TO_DECIDE = Words(
    _l("Claim form %(number)s has come to you."),
    _l("A claim form has come to you"),
    _l("A claim form waits for you. Sign in to see it."),
)
TO_MOVE = Words(
    _l("Claim form %(number)s waits to be moved: nobody at its step may handle it."),
    _l("A claim form waits to be moved"),
    _l("Nobody at the step may handle a claim form. Sign in to move it to a handler."),
)
# To payroll, once a day: a batch is made of many forms.
TO_PAYROLL = Words(
    _l("Claim forms wait in payroll: %(payer)s."),
    _l("Claim forms wait in payroll"),
    _l("Approved claim forms wait for the next payroll batch. Sign in to see them."),
)
# To the sender, by action.
TO_SENDER: dict[str, Words] = {
    "return": Words(
        _l("Claim form %(number)s has been returned to you for completion."),
        _l("Your claim form has been returned to you"),
        _l("Your claim form needs a correction. Sign in to see what to correct."),
    ),
    "reject": Words(
        _l("Claim form %(number)s is not paid. See the reason."),
        _l("A decision about your claim form"),
        _l("Your claim form has been decided. Sign in to see the decision and its reason."),
    ),
    "pay": Words(
        _l("Claim form %(number)s has been paid."),
        _l("Your claim form has been paid"),
        _l("Your claim form has been marked as paid. Sign in to see it."),
    ),
}


def tell(row: OutboxRow) -> None:
    """Tell those a claim's event concerns, once each, in their own language."""
    session = db.session()
    with related("telling about a claim"):
        claim = session.get_one(Claim, row.payload["claim_id"])
        event = session.scalars(
            select(ClaimEvent).where(ClaimEvent.claim_id == claim.id, ClaimEvent.seq == row.payload["seq"])
        ).one()
        shelf = shelve(session, [claim])
    number = shelf.number(claim)
    if event.action in TO_SENDER:
        for person_id in {claim.submitter_id, claim.beneficiary_id}:
            _tell(session, event, person_id, number, TO_SENDER[event.action], _own_page(claim))
    elif event.to_state in BEING_DECIDED and claim.version == event.seq:
        _tell_desk(session, shelf, claim, event, number)
    elif event.to_state == APPROVED and claim.version == event.seq:
        _tell_payroll(session, shelf, claim, event)
    look_at(session, shelf.payers[claim.sheet_id])


def _tell_desk(session: Session, shelf: Shelf, claim: Claim, event: ClaimEvent, number: str) -> None:
    """Those present at the desk, unless the claim is their own."""
    desk = shelf.desks[event.desk_id or 0]
    to_tell = TO_MOVE if desk.kind == ADMINISTRATOR else TO_DECIDE
    for person_id in _present(shelf, claim):
        _tell(session, event, person_id, number, to_tell, _own_page(claim))


def _tell_payroll(session: Session, shelf: Shelf, claim: Claim, event: ClaimEvent) -> None:
    """Those at the payroll desk, of the payer's first approved form of the day."""
    payer = current_gate().tree.by_id[shelf.payers[claim.sheet_id]]
    key = f"fees.payroll:{event.desk_id}:{event.at.astimezone(HELSINKI):%Y-%m-%d}"
    page = f"/o/{payer.slug}/fees/payroll"
    for person_id in _present(shelf, claim):
        _send(session, f"{key}:{person_id}", person_id, TO_PAYROLL, {"payer": payer.name}, page)


def _present(shelf: Shelf, claim: Claim) -> list[int]:
    """Those present at the claim's desk who are not paid by it."""
    standing = {s.person_id for s in shelf.standings(claim.desk_id, claim)}
    return sorted(standing - {claim.submitter_id, claim.beneficiary_id})


def _tell(session: Session, event: ClaimEvent, person_id: int, number: str, words: Words, page: str) -> None:
    key = f"claim:{event.claim_id}:{event.seq}:{person_id}"
    _send(session, key, person_id, words, {"number": number}, page)


def _send(
    session: Session, key: str, person_id: int, words: Words, values: dict[str, object], page: str
) -> None:
    """A notice, and with it its mail; once for each key."""
    with in_language_of(session, person_id):
        text, subject, body = str(words.notice) % values, str(words.subject), str(words.body)
    notify(session, person_id=person_id, dedupe_key=key, text=text, link=page)
    send_mail(session, dedupe_key=key, subject=subject, body=body, person_id=person_id, path=page)


def _own_page(claim: Claim) -> str:
    return f"/me/fees/claims/{claim.id}"


HANDLERS: dict[str, Handler] = {"fees.claim_event": tell, LOOK: look}
