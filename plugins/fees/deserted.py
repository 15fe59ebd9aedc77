"""Desks with claims that nobody there may decide any more, because the last one left: shown and told.

A query over what is so now, not a timer: asked after a claim's event, at most once an hour for a payer, and
by `flask fees remind`. A run that was missed loses nothing, and one that is repeated tells nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.api import OutboxRow, current_gate, db, in_language_of, notify, now, reviewed, send_mail, today
from plugins.fees.holders import holders
from plugins.fees.kernel.eligible import nobody_decides
from plugins.fees.kernel.tables import CLAIM, OUTBOX, SHEET, insert_new
from plugins.fees.models import Claim

MOVE = "fees.claims.move"
LOOK = "fees.look_at_desks"
MOST_SHOWN = 200
NOTICE = _l("Claim forms wait at a handler without anybody who may decide them. Move them.")
SUBJECT = _l("Claim forms wait without a handler")
BODY = _l("Claim forms wait where nobody may decide them any more. Sign in to move them to another handler.")


@dataclass(frozen=True)
class Deserted:
    """A desk of a payer where claims wait that nobody there may decide."""

    payer_id: int
    desk_id: int


def deserted_desks(session: Session, payer_id: int | None = None) -> list[Deserted]:
    """The payer's such desks, or those of all payers."""
    wanted = (
        select(SHEET.c.organisation_id, CLAIM.c.desk_id)
        .select_from(CLAIM.join(SHEET, SHEET.c.id == CLAIM.c.sheet_id))
        .where(nobody_decides())
        .distinct()
        .order_by(SHEET.c.organisation_id, CLAIM.c.desk_id)
    )
    if payer_id is not None:
        wanted = wanted.where(SHEET.c.organisation_id == payer_id)
    with reviewed(__name__):
        return [Deserted(*row) for row in session.connection().execute(wanted)]


def count_deserted(session: Session) -> int:
    """How many claims of the scope wait where nobody may decide them."""
    return session.scalar(select(func.count(Claim.id)).where(nobody_decides())) or 0


def deserted_claims(session: Session) -> list[Claim]:
    """Those claims by desk, oldest due first in each."""
    wanted = select(Claim).where(nobody_decides())
    return list(session.scalars(wanted.order_by(Claim.desk_id, Claim.due_at, Claim.id).limit(MOST_SHOWN)))


def look_at(session: Session, payer_id: int) -> None:
    """Have the worker look at the payer's desks, once in this hour. Inside `writing()`."""
    at = now()
    values = {
        "kind": LOOK,
        "dedupe_key": f"{LOOK}:{payer_id}:{at:%Y-%m-%dT%H}",
        "payload": {"payer_id": payer_id},
        "module": "fees",
        "organisation_id": payer_id,
        "state": "pending",
        "attempts": 0,
        "created_at": at,
        "next_at": at,
    }
    insert_new(session.connection(), OUTBOX, values)


def look(row: OutboxRow) -> None:
    """What the worker does then."""
    tell_administrators(db.session(), row.payload["payer_id"])


def tell_administrators(session: Session, payer_id: int | None = None) -> int:
    """Tell those who can move claims, once for each desk and day; how many were told something new.

    Inside `writing()`.
    """
    told = 0
    for found in deserted_desks(session, payer_id):
        for person_id, _name in holders(session, MOVE, found.payer_id):
            told += _tell(session, found, person_id)
    return told


def _tell(session: Session, found: Deserted, person_id: int) -> bool:
    key = f"fees.deserted:{found.desk_id}:{today().isoformat()}:{person_id}"
    page = f"/o/{current_gate().tree.by_id[found.payer_id].slug}/fees/without-handler"
    with in_language_of(session, person_id):
        text, subject, body = str(NOTICE), str(SUBJECT), str(BODY)
    new = notify(session, person_id=person_id, dedupe_key=key, text=text, link=page)
    if new:
        send_mail(session, dedupe_key=key, subject=subject, body=body, person_id=person_id, path=page)
    return new
