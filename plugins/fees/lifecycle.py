"""What the host asks about: open work that keeps the module on, and who has rows of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from flask_babel import format_currency, ngettext
from sqlalchemy import func, or_, select

from core.api import Blocker, db, reviewed, today
from plugins.fees.kernel.tables import CLAIM, EVENT, SHEET
from plugins.fees.models.standing import desks_of
from plugins.fees.states import FINISHED

CENTS_PER_EURO = 100


def open_work(organisation_ids: Collection[int]) -> tuple[int, int]:
    """How many claims of the organisations are not finished, and their sum in cents.

    A claim is open work of its unit and of its payer: without the payer's payroll nobody is paid, whatever
    the unit says for itself. A batch is open as long as one of its claims is.
    """
    theirs = or_(CLAIM.c.organisation_id.in_(organisation_ids), SHEET.c.organisation_id.in_(organisation_ids))
    statement = (
        select(func.count(), func.coalesce(func.sum(CLAIM.c.total_cents), 0))
        .select_from(CLAIM.join(SHEET, SHEET.c.id == CLAIM.c.sheet_id))
        .where(theirs, CLAIM.c.state.not_in(FINISHED))
    )
    with reviewed(__name__):
        count, cents = db.session().connection().execute(statement).one()
    return int(count), int(cents)


def blockers(organisation_ids: Collection[int]) -> Sequence[Blocker]:
    """One sentence about the open claims, or nothing."""
    count, cents = open_work(organisation_ids)
    if not count:
        return ()
    euros = format_currency(_decimal(cents), "EUR")
    text = ngettext(
        "%(num)d claim is open, %(total)s in all.",
        "%(num)d claims are open, %(total)s in all.",
        count,
        total=euros,
    )
    return (Blocker(count, text),)


def _decimal(cents: int) -> Decimal:
    return Decimal(cents) / CENTS_PER_EURO


def holds_rows(person_id: int) -> bool:
    """Whether the person has claims, acted on one, or stands at a desk today."""
    own = select(CLAIM.c.id).where(
        or_(CLAIM.c.submitter_id == person_id, CLAIM.c.beneficiary_id == person_id)
    )
    acted = select(EVENT.c.claim_id).where(EVENT.c.actor_id == person_id)
    standing = desks_of(person_id, today())
    with reviewed(__name__):
        connection = db.session().connection()
        return any(connection.execute(found.limit(1)).first() is not None for found in (own, acted, standing))
