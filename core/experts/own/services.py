"""Refused units and own limits, written by the person alone.

They stand in no change log: a log is read by others, and nobody else is to know them.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.experts.own.models import OwnLimit, RefusedUnit
from core.modules.gating.gate import current_gate
from core.records.errors import Invalid

MOST_UNITS = 200


def refused(session: Session, person_id: int) -> Sequence[RefusedUnit]:
    """The units the person takes no tasks from, as they were added."""
    query = select(RefusedUnit).where(RefusedUnit.person_id == person_id)
    return session.scalars(query.order_by(RefusedUnit.id)).all()


def refuse_unit(person_id: int, organisation_id: int | None) -> None:
    """Take no tasks from a unit, without a reason; twice is once. Raises `Invalid`."""
    if organisation_id not in current_gate().tree.by_id:
        raise Invalid({"unit": _("Choose one.")})
    with writing() as session:
        held = refused(session, person_id)
        if len(held) >= MOST_UNITS:
            raise Invalid({"unit": _("The list is full. Remove something first.")})
        if organisation_id not in {row.organisation_id for row in held}:
            session.add(RefusedUnit(person_id=person_id, organisation_id=organisation_id))


def take_from_unit(person_id: int, row_id: int) -> None:
    """Take tasks from the unit again; nothing for a row that is not the person's."""
    with writing() as session:
        row = session.get(RefusedUnit, row_id)
        if row is not None and row.person_id == person_id:
            session.delete(row)


def limits(session: Session, person_id: int) -> OwnLimit:
    """The person's limits; without any, none."""
    return session.get(OwnLimit, person_id) or OwnLimit(person_id=person_id, wants_no_fee=False)


def set_limits(
    person_id: int,
    *,
    month_cents: int | None = None,
    year_cents: int | None = None,
    month_tasks: int | None = None,
    wants_no_fee: bool = False,
) -> None:
    """Keep what the person wants at most; None is no limit."""
    with writing() as session:
        row = session.get(OwnLimit, person_id)
        if row is None:
            row = OwnLimit(person_id=person_id)
            session.add(row)
        row.month_cents, row.year_cents = month_cents, year_cents
        row.month_tasks, row.wants_no_fee = month_tasks, wants_no_fee


def carry_over(session: Session, keep_id: int, gone_id: int) -> None:
    """Two persons turned out to be one human: what either refused or limited holds for the one who stays.

    The stricter of two limits holds. Inside `writing()`.
    """
    held = {row.organisation_id for row in refused(session, keep_id)}
    for unit in refused(session, gone_id):
        if unit.organisation_id in held:
            session.delete(unit)
        else:
            unit.person_id = keep_id
    other = session.get(OwnLimit, gone_id)
    if other is None:
        return
    row = session.get(OwnLimit, keep_id)
    if row is None:
        row = OwnLimit(person_id=keep_id, wants_no_fee=False)
        session.add(row)
    for key in ("month_cents", "year_cents", "month_tasks"):
        bounds = [each for each in (getattr(row, key), getattr(other, key)) if each is not None]
        setattr(row, key, min(bounds, default=None))
    row.wants_no_fee = row.wants_no_fee or other.wants_no_fee
    session.delete(other)
