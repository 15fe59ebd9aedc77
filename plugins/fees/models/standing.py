"""Who stands at which desk on a day, as statements that both the scope and the kernel use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from core.api import works_under
from plugins.fees.models.chains import DeskDeputy, DeskMember

MEMBER: Any = DeskMember.__table__
DEPUTY: Any = DeskDeputy.__table__


def holds_on(row: Any, day: Any) -> ColumnElement[bool]:
    """Whether a row's dates hold on the day, both ends included."""
    inside: ColumnElement[bool] = (row.valid_from <= day) & or_(row.valid_to.is_(None), row.valid_to >= day)
    return inside


def appointed(member: Any, day: Any) -> ColumnElement[bool]:
    """Whether a member's dates hold, and they still work there: who lost role or account stands nowhere."""
    return holds_on(member, day) & works_under(member.person_id, member.organisation_id, day)


def deputy_works(day: Any) -> ColumnElement[bool]:
    """Whether a deputy still works there. If not, the member is away all the same."""
    return works_under(DEPUTY.c.deputy_person_id, DEPUTY.c.organisation_id, day)


def desks_of(person_id: Any, day: Any) -> CompoundSelect[Any]:
    """Ids of the desks where the person is a member, or acts for one, on the day."""
    member = select(MEMBER.c.desk_id).where(MEMBER.c.person_id == person_id, appointed(MEMBER.c, day))
    deputy = _acting(day).where(DEPUTY.c.deputy_person_id == person_id).with_only_columns(DEPUTY.c.desk_id)
    return union_all(member, deputy)


def people(day: Any) -> CompoundSelect[Any]:
    """Rows (desk_id, person_id, acting_for_id, away) of all who may act at desks on the day."""
    away = exists().where(
        DEPUTY.c.desk_id == MEMBER.c.desk_id,
        DEPUTY.c.for_person_id == MEMBER.c.person_id,
        holds_on(DEPUTY.c, day),
    )
    members = select(
        MEMBER.c.desk_id,
        MEMBER.c.person_id,
        _nobody().label("acting_for_id"),
        away.label("away"),
    ).where(appointed(MEMBER.c, day))
    return union_all(members, _acting(day))


def _acting(day: Any) -> Select[Any]:
    """Deputies of those who are members on the day."""
    return (
        select(
            DEPUTY.c.desk_id,
            DEPUTY.c.deputy_person_id.label("person_id"),
            DEPUTY.c.for_person_id.label("acting_for_id"),
            literal(False).label("away"),
        )
        .join(
            MEMBER,
            (MEMBER.c.desk_id == DEPUTY.c.desk_id) & (MEMBER.c.person_id == DEPUTY.c.for_person_id),
        )
        .where(holds_on(DEPUTY.c, day), deputy_works(day), appointed(MEMBER.c, day))
    )


def _nobody() -> ColumnElement[Any]:
    return cast(null(), Integer)


def day_parameter() -> Any:
    """The day as a parameter, for statements that are put together once."""
    return bindparam("day", type_=Date)


def stands_today(desk_id: Any, person_id: Any, day: Any) -> ColumnElement[bool]:
    """Whether the person may act today at the desk in the given column."""
    stands: ColumnElement[bool] = desk_id.in_(desks_of(person_id, day))
    return stands
