"""Desks with their members and deputies. While claims stand at a desk, somebody stands there too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.api import Invalid, current_gate, related, roles_of, today, tops, writing
from plugins.fees.models import Claim, ClaimEvent, ClaimStep, Desk, DeskDeputy, DeskMember
from plugins.fees.setup.common import Values, changed, check_days, locked, log, payer_of
from plugins.fees.setup.oneself import check_not_oneself, widens
from plugins.fees.setup.staffing import appointable
from plugins.fees.states import ADMINISTRATOR, OWN, PAYROLL

MEMBER = ("person_id", "valid_from", "valid_to")
DEPUTY = ("for_person_id", "deputy_person_id", "valid_from", "valid_to")
DAY = timedelta(days=1)
# What somebody at the payer's own desks needs to see the work there, and what to do about it.
OPENED_BY = {
    ADMINISTRATOR: (
        "fees.claims.move",
        _l(
            "The person could not open what comes to this desk."
            " Give them the role of organisation administrator first."
        ),
    ),
    PAYROLL: (
        "fees.payroll",
        _l("The person could not open what comes to this desk. Give them the role of payroll first."),
    ),
}


def create(values: Values, organisation_id: int, actor_id: int | None) -> int:
    """Add a desk of a kind to the organisation; payroll's and the administrator's belong to the payer."""
    with writing() as session:
        kind, payer_id = values["kind"], payer_of(organisation_id)
        if kind in (PAYROLL, ADMINISTRATOR) and organisation_id != payer_id:
            raise Invalid({"kind": _("This desk belongs to the organisation that pays. Add it there.")})
        same = select(Desk.id).where(Desk.organisation_id == organisation_id, Desk.kind == kind)
        if session.scalar(same):
            raise Invalid({"kind": _("The organisation already has this desk. Add people to it.")})
        row = Desk(organisation_id=organisation_id, kind=kind)
        session.add(row)
        log(session, "desk", row, "create", ("kind",), actor_id)
        return row.id


def remove(row_id: int, actor_id: int | None) -> None:
    """Remove a desk without people that no claim has come to."""
    with writing() as session:
        desk = _desk(session, row_id)
        if _members(session, row_id):
            raise Invalid({"": _("People stand at this desk. Remove them first.")})
        if _is_in_history(session, row_id):
            raise Invalid({"": _("Claims have come to this desk, so it stays in their history.")})
        session.execute(delete(DeskDeputy).where(DeskDeputy.desk_id == row_id))
        log(session, "desk", desk, "remove", (), actor_id)
        session.delete(desk)


def add_member(values: Values, _organisation_id: int, actor_id: int | None) -> int:
    """Appoint a person to a desk for some days, both included."""
    with writing() as session:
        desk = _desk(session, values["desk_id"])
        _check_person(session, desk, values, "person_id")
        check_not_oneself(session, desk, "person_id", values["person_id"], actor_id)
        check_days(values["valid_from"], values.get("valid_to"))
        _check_permission(session, desk, values)
        _check_double(_members(session, desk.id), values)
        row = DeskMember(organisation_id=desk.organisation_id, desk_id=desk.id)
        changed(row, values, MEMBER)
        session.add(row)
        log(session, "desk_member", row, "create", MEMBER, actor_id)
        return row.id


def change_member(row_id: int, values: Values, actor_id: int | None) -> None:
    """Change the days; refused when claims would be left at a desk without people."""
    with writing() as session:
        row = locked(session, DeskMember, row_id)
        desk = _desk(session, row.desk_id)
        check_days(values["valid_from"], values.get("valid_to"))
        others = [m for m in _members(session, desk.id) if m.id != row.id]
        _check_double(others, {**values, "person_id": row.person_id})
        if widens(row, values):
            field = "valid_from" if values["valid_from"] < row.valid_from else "valid_to"
            check_not_oneself(session, desk, field, row.person_id, actor_id)
        before = _first_empty_day([row, *others])
        fields = changed(row, values, ("valid_from", "valid_to"))
        _check_staffed(session, desk, before, _first_empty_day([row, *others]), "valid_to")
        if fields:
            log(session, "desk_member", row, "update", fields, actor_id)


def remove_member(row_id: int, actor_id: int | None) -> None:
    """Remove an appointment; refused when claims would be left at a desk without people."""
    with writing() as session:
        row = locked(session, DeskMember, row_id)
        desk = _desk(session, row.desk_id)
        others = [m for m in _members(session, desk.id) if m.id != row.id]
        _check_staffed(session, desk, _first_empty_day([row, *others]), _first_empty_day(others), "")
        log(session, "desk_member", row, "remove", (), actor_id)
        session.delete(row)


def add_deputy(values: Values, _organisation_id: int, actor_id: int | None) -> int:
    """Name who acts for a member who is away on these days, both included."""
    with writing() as session:
        desk = _desk(session, values["desk_id"])
        _check_deputy(session, desk, values, None)
        check_not_oneself(session, desk, "deputy_person_id", values["deputy_person_id"], actor_id)
        row = DeskDeputy(organisation_id=desk.organisation_id, desk_id=desk.id)
        changed(row, values, DEPUTY)
        session.add(row)
        log(session, "desk_deputy", row, "create", DEPUTY, actor_id)
        return row.id


def change_deputy(row_id: int, values: Values, actor_id: int | None) -> None:
    """Change the deputy or the days."""
    with writing() as session:
        row = locked(session, DeskDeputy, row_id)
        desk = _desk(session, row.desk_id)
        _check_deputy(session, desk, values, row.id)
        if _gives_more(row, values):
            check_not_oneself(session, desk, "deputy_person_id", values["deputy_person_id"], actor_id)
        fields = changed(row, values, DEPUTY)
        if fields:
            log(session, "desk_deputy", row, "update", fields, actor_id)


def _gives_more(row: DeskDeputy, values: Values) -> bool:
    """Whether the deputy may act for somebody else or on more days than before."""
    people = ("for_person_id", "deputy_person_id")
    return any(values[key] != getattr(row, key) for key in people) or widens(row, values)


def remove_deputy(row_id: int, actor_id: int | None) -> None:
    """The member is not away after all."""
    with writing() as session:
        row = locked(session, DeskDeputy, row_id)
        log(session, "desk_deputy", row, "remove", (), actor_id)
        session.delete(row)


def _desk(session: Session, desk_id: int) -> Desk:
    """A desk people are appointed to, held; a submitter's own desk is none."""
    desk = locked(session, Desk, desk_id)
    if desk.kind == OWN:
        raise Invalid({"": _("This is no longer there.")})
    return desk


def _members(session: Session, desk_id: int) -> Sequence[DeskMember]:
    return session.scalars(select(DeskMember).where(DeskMember.desk_id == desk_id)).all()


def _check_person(session: Session, desk: Desk, values: Values, key: str) -> None:
    """Only people of the payer decide on its money."""
    if values[key] not in dict(appointable(session, desk.organisation_id)):
        raise Invalid({key: _("The person has no role in this organisation. Give a role first.")})


def _check_permission(session: Session, desk: Desk, values: Values) -> None:
    """Who is told of work at these desks must be able to open it: the desk itself opens no page."""
    permission, text = OPENED_BY.get(desk.kind, (None, None))
    if permission is None:
        return
    tree, day = current_gate().tree, max(values["valid_from"], today())
    found = tops(tree, roles_of(session, values["person_id"], day), permission, day)
    if not any(tree.reaches(top, desk.organisation_id) for top in found):
        raise Invalid({"person_id": str(text)})


def _check_double(members: Sequence[DeskMember], values: Values) -> None:
    """One appointment per person and day."""
    if any(member.person_id == values["person_id"] and _meet(member, values) for member in members):
        raise Invalid({"valid_from": _("The person already stands at this desk on these days.")})


def _meet(row: DeskMember | DeskDeputy, values: Values) -> bool:
    """Whether the row's days and the given ones have a day in common."""
    first, last = values["valid_from"], values.get("valid_to")
    before = last is not None and last < row.valid_from
    after = row.valid_to is not None and row.valid_to < first
    return not (before or after)


def _check_deputy(session: Session, desk: Desk, values: Values, row_id: int | None) -> None:
    check_days(values["valid_from"], values.get("valid_to"))
    _check_person(session, desk, values, "deputy_person_id")
    if values["for_person_id"] == values["deputy_person_id"]:
        raise Invalid({"deputy_person_id": _("Choose somebody else: nobody is their own deputy.")})
    if values["for_person_id"] not in {member.person_id for member in _members(session, desk.id)}:
        raise Invalid({"for_person_id": _("The person does not stand at this desk.")})
    away = select(DeskDeputy).where(
        DeskDeputy.desk_id == desk.id, DeskDeputy.for_person_id == values["for_person_id"]
    )
    if any(other.id != row_id and _meet(other, values) for other in session.scalars(away)):
        text = _("An absence of the person is already there on these days. Change that one.")
        raise Invalid({"valid_from": text})


def _first_empty_day(members: Sequence[DeskMember]) -> date | None:
    """The first day from today on with nobody at the desk; None when there is none."""
    day = today()
    for member in sorted(members, key=lambda m: m.valid_from):
        if member.valid_from > day:
            return day
        if member.valid_to is None:
            return None
        day = max(day, member.valid_to + DAY)
    return day


def _is_in_history(session: Session, desk_id: int) -> bool:
    """Whether a claim stands at the desk, has stood there, or is to come."""
    wanted = (
        select(ClaimStep.claim_id).where(ClaimStep.desk_id == desk_id),
        select(ClaimEvent.claim_id).where(ClaimEvent.desk_id == desk_id),
        select(Claim.id).where(Claim.desk_id == desk_id),
    )
    with related("claims that came to a desk"):
        return any(session.scalar(statement.limit(1)) is not None for statement in wanted)


def _claims_at(session: Session, desk_id: int) -> int:
    with related("claims at a desk"):
        return session.scalar(select(func.count()).select_from(Claim).where(Claim.desk_id == desk_id)) or 0


def _check_staffed(session: Session, desk: Desk, before: date | None, after: date | None, field: str) -> None:
    """A claim is never at a desk without people because somebody was taken away from it."""
    if after is None or (before is not None and before <= after):
        return
    count = _claims_at(session, desk.id)
    if count:
        text = ngettext(
            "A claim stands at this desk. Add another person first.",
            "%(num)s claims stand at this desk. Add another person first.",
            count,
        )
        raise Invalid({field: text})
