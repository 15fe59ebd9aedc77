"""What fees keeps about one person: their copy of it, what an erasure takes, and what the law makes stay.

Asked in the person's own scope, which also shows what they decided for others: so everything here names the
payee and the sender itself. Sums, lines and names of payees are vouchers and stay; forms not yet sent,
messages and the payee's contact go. A message's keyed hash stays in the chain of events and tells nothing
without its salt.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select

from core.api import Refusal, SubjectData, SubjectErasure, current_gate, db, money
from plugins.fees import words
from plugins.fees.models import Claim, ClaimLine, ClaimText, Draft, Payee, Receipt
from plugins.fees.states import FINISHED

LAW = _l("Vouchers of payments are kept for six years: Accounting Act (1336/1997) 2:10")
YEARS = 6
VIEW = "fees.claims.view"
KINDS: dict[str, Any] = {
    "work": _l("Work"),
    "preparation": _l("Preparation"),
    "travel": _l("Travel"),
    "passengers": _l("Passengers"),
    "cancellation": _l("Cancelled work"),
    "travel_time": _l("Travel time"),
    "full_day": _l("Daily allowance"),
    "part_day": _l("Part-day allowance"),
}
UNITS: dict[str, Any] = {
    "minutes": _l("minutes"),
    "lessons": _l("lessons"),
    "metres": _l("metres"),
    "passenger-metres": _l("passenger-metres"),
    "pieces": _l("pieces"),
    "days": _l("days"),
}


def subject_data(person_id: int) -> Sequence[SubjectData]:
    """The person's claims and their lines, how they were to be reached, and forms not yet sent."""
    return (_claims(person_id), _lines(person_id), _payees(person_id), _drafts(person_id))


def subject_erasure(person_id: int) -> Sequence[SubjectErasure]:
    """Claims stay until the law's last day; the rest goes."""
    session = db.session()
    count, newest = session.execute(
        select(func.count(), func.max(Claim.created_at)).where(_theirs(person_id))
    ).one()
    found = [
        SubjectErasure(_l("Fee forms not yet sent"), _count(select(Draft.id).where(_draft(person_id)))),
        SubjectErasure(_l("Messages on fee claims"), _count(select(ClaimText.seq).where(_texts(person_id)))),
    ]
    if count:
        until = date(newest.year + YEARS, 12, 31)
        found.append(SubjectErasure(_l("Fee claims: name, sums, days"), count, why=LAW, until=until))
    return found


def erase_subject(person_id: int) -> None:
    """Erase what may go; raises `Refusal` while a claim of the person is on its way."""
    session = db.session()
    open_ = _count(select(Claim.id).where(_theirs(person_id), Claim.state.not_in(FINISHED)))
    if open_:
        raise Refusal(_("A fee claim is still on its way. It must be paid, rejected or withdrawn first."))
    for draft in session.scalars(select(Draft).where(_draft(person_id))).all():
        session.delete(draft)
    for message in session.scalars(select(ClaimText).where(_texts(person_id))).all():
        message.text = message.salt = None
    for payee in session.scalars(select(Payee).where(Payee.person_id == person_id)).all():
        payee.email = payee.phone = None


def _theirs(person_id: int) -> ColumnElement[bool]:
    return or_(Claim.beneficiary_id == person_id, Claim.submitter_id == person_id)


def _draft(person_id: int) -> ColumnElement[bool]:
    return Draft.person_id == person_id


def _texts(person_id: int) -> ColumnElement[bool]:
    """Messages that still say something, on the person's claims."""
    own = ClaimText.claim_id.in_(select(Claim.id).where(_theirs(person_id)))
    return own & ClaimText.text.is_not(None)


def _count(query: Any) -> int:
    return len(db.session().execute(query).all())


def _numbered(person_id: int, *columns: Any) -> Any:
    """A query of the person's claims with their receipts."""
    query = select(Claim, Receipt, *columns).join(Receipt, Receipt.sheet_id == Claim.sheet_id)
    return query.where(_theirs(person_id))


def _claims(person_id: int) -> SubjectData:
    columns = {
        "number": _l("Number of the form"), "unit": _l("Unit"), "sent": _l("Sent"), "state": _l("State"),
        "total": _l("Total"),
    }  # fmt: skip
    tree = current_gate().tree
    found = db.session().execute(_numbered(person_id).order_by(Claim.id)).all()
    rows = [
        {
            "number": receipt.text, "part": claim.part, "unit": str(tree.by_id[claim.organisation_id].name),
            "sent": claim.created_at, "state": str(words.STATUS[claim.state][0]),
            "total": money(claim.total_cents), "total_cents": claim.total_cents,
        }
        for claim, receipt in found
    ]  # fmt: skip
    homes = [claim.organisation_id for claim, _receipt in found]
    return SubjectData("fees.claim", _l("Fee claims"), columns, rows, homes, VIEW)


def _lines(person_id: int) -> SubjectData:
    columns = {
        "number": _l("Number of the form"), "day": _l("Day"), "kind": _l("Kind"), "quantity": _l("Quantity"),
        "unit": _l("Unit of measure"), "sum": _l("Sum"),
    }  # fmt: skip
    query = _numbered(person_id, ClaimLine).join(ClaimLine, ClaimLine.claim_id == Claim.id)
    query = query.order_by(ClaimLine.claim_id, ClaimLine.revision, ClaimLine.no)
    found = db.session().execute(query).all()
    rows = [
        {
            "number": receipt.text, "revision": line.revision, "day": line.day,
            "kind": str(KINDS.get(line.kind, line.kind)), "quantity": line.quantity,
            "unit": str(UNITS.get(line.unit, line.unit)), "sum": money(line.cents), "cents": line.cents,
        }
        for _claim, receipt, line in found
    ]  # fmt: skip
    homes = [claim.organisation_id for claim, _receipt, _line in found]
    return SubjectData("fees.line", _l("Lines of fee claims"), columns, rows, homes, VIEW)


def _payees(person_id: int) -> SubjectData:
    columns = {
        "name": _l("Name"), "email": _l("E-mail"), "phone": _l("Phone"), "payee_number": _l("Payee number"),
    }  # fmt: skip
    found = db.session().scalars(select(Payee).where(Payee.person_id == person_id).order_by(Payee.id))
    rows = [{key: getattr(row, key) for key in columns} for row in found]
    return SubjectData("fees.payee", _l("Payee, as told to the payer"), columns, rows)


def _drafts(person_id: int) -> SubjectData:
    columns = {"updated_at": _l("Last changed")}
    found = db.session().scalars(select(Draft).where(_draft(person_id)).order_by(Draft.id))
    rows = [{"updated_at": row.updated_at, "typed": str(row.data)} for row in found]
    return SubjectData("fees.draft", _l("Fee forms not yet sent"), columns, rows)
