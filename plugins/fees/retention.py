"""Payees go when the last voucher they stand on need not be kept any more; claims and their sums stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from core.api import HELSINKI, Expired, db
from plugins.fees.models import Claim, Payee
from plugins.fees.people import YEARS
from plugins.fees.states import FINISHED

BLANK = "Poistettu henkilö"  # stored, so in the language of the records


def expired(day: date) -> Sequence[Expired]:
    """Payees of the scope whose every claim is finished and older than the law keeps it."""
    count = db.session().scalar(select(func.count(Payee.id)).where(*_over(day))) or 0
    return (Expired(_l("Payees of fee claims: name, contact and number"), count),)


def remove_expired(day: date) -> None:
    """Blank them: claims go on referring to the row."""
    for payee in db.session().scalars(select(Payee).where(*_over(day))).all():
        payee.name, payee.email, payee.phone, payee.payee_number = BLANK, None, None, None


def _over(day: date) -> tuple[ColumnElement[bool], ...]:
    """Accounting Act (1336/1997) 2:10: six years from the end of the year."""
    first_kept = datetime(day.year - YEARS, 1, 1, tzinfo=HELSINKI)
    claim: Any = Claim.__table__.alias()
    its = claim.c.payee_id == Payee.id
    needed = or_(claim.c.created_at >= first_kept, claim.c.state.not_in(FINISHED))
    return (Payee.name != BLANK, exists().where(its), ~exists().where(and_(its, needed)))
