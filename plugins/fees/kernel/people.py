"""Desks with the people behind them on a day, and who of them may decide a claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from plugins.fees.kernel.tables import DEPUTY, DESK, MEMBER
from plugins.fees.models.standing import appointed, day_parameter, deputy_works, holds_on


@dataclass(frozen=True)
class Standing:
    """One person at a desk: as a member, or acting for one. An away member may act but is not counted on."""

    person_id: int
    acting_for_id: int | None = None
    away: bool = False


@dataclass(frozen=True)
class DeskPeople:
    """A desk and who is behind it on the day."""

    id: int
    organisation_id: int
    kind: str
    person_id: int | None
    people: list[Standing] = field(default_factory=list)

    def standing(
        self, person_id: int, excluded: Iterable[int] = (), wanted: int | None = None
    ) -> Standing | None:
        """How the person stands here: as a member first, else for somebody who is not excluded.

        `wanted` asks to act for that very person.
        """
        shut = set(excluded)
        found = [s for s in self.people if s.person_id == person_id and s.acting_for_id not in shut]
        if wanted is not None:
            found = [s for s in found if s.acting_for_id == wanted]
        return min(found, key=lambda s: s.acting_for_id or 0, default=None)

    def counted_on(self, nobody_of: Iterable[int], not_for: Iterable[int] = ()) -> bool:
        """Whether somebody present may decide: not one of the first, nor for one of the second."""
        shut, silent = set(nobody_of), set(not_for)
        return any(
            not s.away and s.person_id not in shut and s.acting_for_id not in silent for s in self.people
        )


def load_desks(connection: Connection, which: ColumnElement[bool], day: date) -> dict[int, DeskPeople]:
    """The desks with their people on the day: one query, a row for each member and deputy."""
    return read_desks(connection, desks_statement(which), {"day": day})


def desks_statement(which: ColumnElement[bool]) -> Select[Any]:
    """What `read_desks` runs; its parameter is `day`. Putting it together costs more than running it."""
    day = day_parameter()
    member = and_(MEMBER.c.desk_id == DESK.c.id, appointed(MEMBER.c, day))
    deputy = and_(
        DEPUTY.c.desk_id == DESK.c.id,
        DEPUTY.c.for_person_id == MEMBER.c.person_id,
        holds_on(DEPUTY.c, day),
    )
    return (
        select(
            DESK.c.id,
            DESK.c.organisation_id,
            DESK.c.kind,
            DESK.c.person_id,
            MEMBER.c.person_id.label("member_id"),
            DEPUTY.c.deputy_person_id,
            deputy_works(day).label("deputy_works"),
        )
        .select_from(DESK.outerjoin(MEMBER, member).outerjoin(DEPUTY, deputy))
        .where(which)
        .order_by(DESK.c.id, MEMBER.c.id, DEPUTY.c.id)
    )


def read_desks(
    connection: Connection, statement: Select[Any], parameters: dict[str, Any]
) -> dict[int, DeskPeople]:
    """The desks of a statement made by `desks_statement`."""
    found: dict[int, DeskPeople] = {}
    for row in connection.execute(statement, parameters):
        desk = found.setdefault(row.id, DeskPeople(row.id, row.organisation_id, row.kind, row.person_id))
        desk.people.extend(_standings(row.member_id, row.deputy_person_id, row.deputy_works))
    return found


def _standings(member_id: int | None, deputy_id: int | None, deputy_works: bool) -> list[Standing]:
    if member_id is None:
        return []
    if deputy_id is None:
        return [Standing(member_id)]
    deputies = [Standing(deputy_id, acting_for_id=member_id)] if deputy_works else []
    return [Standing(member_id, away=True), *deputies]
