"""A desk's member alone names a deputy for an absence, from those appointed at desks of the same payer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.api import Invalid, Person, current_gate, related, today, writing
from plugins.fees.models import Desk, DeskDeputy, DeskMember
from plugins.fees.setup import desks
from plugins.fees.setup.common import changed, locked, log
from plugins.fees.states import STEP_KINDS


@dataclass(frozen=True)
class Absence:
    """Somebody acts for the person on these days; `id` names it, at whichever desk."""

    first: date
    last: date | None
    deputy: str
    id: int

    @property
    def begun(self) -> bool:
        """Whether it has begun: then it is ended, else cancelled."""
        return self.first <= today()


def own_desks(session: Session, person_id: int) -> list[Desk]:
    """Desks of a chain where the person is a member today or later."""
    member = select(DeskMember.desk_id).where(
        DeskMember.person_id == person_id, or_(DeskMember.valid_to.is_(None), DeskMember.valid_to >= today())
    )
    return list(session.scalars(select(Desk).where(Desk.id.in_(member), Desk.kind.in_(STEP_KINDS))))


def possible_deputies(session: Session, person_id: int, own: Sequence[Desk]) -> list[tuple[int, str]]:
    """Those appointed to a step's desk of each payer concerned, by name."""
    tree = current_gate().tree
    found: dict[int, str] | None = None
    for payer_id in {tree.by_id[desk.organisation_id].controller_id for desk in own}:
        under = [n.id for n in tree.by_id.values() if n.controller_id == payer_id]
        here = _appointed(session, under)
        found = here if found is None else {i: name for i, name in found.items() if i in here}
    return sorted(((i, n) for i, n in (found or {}).items() if i != person_id), key=lambda pair: pair[1])


def _appointed(session: Session, under: Sequence[int]) -> dict[int, str]:
    wanted = (
        select(Person.id, Person.name)
        .join(DeskMember, DeskMember.person_id == Person.id)
        .join(Desk, Desk.id == DeskMember.desk_id)
        .where(
            Desk.organisation_id.in_(under),
            Desk.kind.in_(STEP_KINDS),
            or_(DeskMember.valid_to.is_(None), DeskMember.valid_to >= today()),
        )
    )
    with related("those appointed at desks of the same payer"):
        return dict(session.execute(wanted).all())


def absences(session: Session, person_id: int) -> list[Absence]:
    """The person's present and coming absences."""
    days = (DeskDeputy.valid_from, DeskDeputy.valid_to)
    wanted = (
        select(*days, Person.name, func.min(DeskDeputy.id))
        .join(Person, Person.id == DeskDeputy.deputy_person_id)
        .where(
            DeskDeputy.for_person_id == person_id,
            or_(DeskDeputy.valid_to.is_(None), DeskDeputy.valid_to >= today()),
        )
        .group_by(*days, Person.id, Person.name)
        .order_by(*days, Person.name)
    )
    return [Absence(*row) for row in session.execute(wanted)]


def be_away(person_id: int, deputy_id: int, first: date, last: date) -> None:
    """Name the deputy at each of the person's desks for these days, both included. Raises `Invalid`."""
    days = {"valid_from": first, "valid_to": last}
    with writing() as session:
        if any(a.first <= last and (a.last is None or first <= a.last) for a in absences(session, person_id)):
            raise Invalid({"first": _("You already have an absence on these days. Cancel that one first.")})
        for desk in own_desks(session, person_id):
            values = {"desk_id": desk.id, "for_person_id": person_id, "deputy_person_id": deputy_id, **days}
            desks.add_deputy(values, desk.organisation_id, person_id)


def cancel(absence_id: int, person_id: int) -> bool:
    """The person is not away after all, or is back: from now on they decide themselves, at each desk.

    What has been stays as it was. Gives whether it had begun; `Invalid` when it is over or somebody else's.
    """
    with writing() as session:
        row = locked(session, DeskDeputy, absence_id)
        if row.valid_to is not None and row.valid_to < today():
            raise Invalid({"": _("This is no longer there.")})
        for same in _same(session, row):
            _end(session, same, person_id)
        return row.valid_from <= today()


def _same(session: Session, row: DeskDeputy) -> list[DeskDeputy]:
    """The absence at all the person's desks."""
    last: Any = DeskDeputy.valid_to
    return list(
        session.scalars(
            select(DeskDeputy)
            .where(
                DeskDeputy.for_person_id == row.for_person_id,
                DeskDeputy.deputy_person_id == row.deputy_person_id,
                DeskDeputy.valid_from == row.valid_from,
                last.is_(None) if row.valid_to is None else last == row.valid_to,
            )
            .order_by(DeskDeputy.id)
            .with_for_update()
        )
    )


def _end(session: Session, row: DeskDeputy, person_id: int) -> None:
    yesterday = today() - timedelta(days=1)
    if row.valid_from > yesterday:
        desks.remove_deputy(row.id, person_id)
        return
    fields = changed(row, {"valid_to": yesterday}, ("valid_to",))
    log(session, "desk_deputy", row, "update", fields, person_id)
