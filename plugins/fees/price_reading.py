"""Reading published rules. They are no secret of an organisation: whoever may claim there may know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Row, bindparam, select
from sqlalchemy.orm import Session

from core.api import Tree, current_gate, reviewed
from plugins.fees.models import Rate, RateVersion, WorkType, YearlyTable
from plugins.fees.quote import Price, Rules, TravelRule, Work, Yearly
from plugins.fees.settings import ALLOWANCE_CLASSES, travel_rule
from plugins.fees.sheet import SheetLine

RATE: Any = Rate.__table__
VERSION: Any = RateVersion.__table__
WORK: Any = WorkType.__table__
YEARLY: Any = YearlyTable.__table__


def path_to_payer(tree: Tree, unit_id: int) -> tuple[int, ...]:
    """The unit and what is above it, up to its payer (its controller); empty when it has none."""
    unit = tree.by_id.get(unit_id)
    if unit is None or unit.controller_id is None:
        return ()
    path = [node.id for node in tree.upwards(unit_id)]
    return tuple(path[: path.index(unit.controller_id) + 1])


def load_rules(session: Session, tasks: Sequence[SheetLine]) -> Rules:
    """What can decide the tasks' prices: three queries whatever their number."""
    tree = current_gate().tree
    path = lru_cache(maxsize=None)(lambda unit_id: path_to_payer(tree, unit_id))
    places = {place for task in tasks for place in path(task.organisation_id)}
    days = [task.day for task in tasks]
    travel = _travel(tasks, path)
    with reviewed(__name__):
        connection = session.connection()
        return Rules(
            path,
            _works(connection, {task.work_type_id for task in tasks}),
            _prices(connection, places, days),
            _yearly(connection, _years(tasks)),
            travel,
        )


def work_types_called(session: Session, code: str, places: Sequence[int]) -> list[tuple[int, int]]:
    """(id, organisation) of the work types in use with that code, as written or in capitals."""
    wanted = select(WORK.c.id, WORK.c.organisation_id).where(
        WORK.c.code.in_((code, code.upper())), WORK.c.organisation_id.in_(places), WORK.c.active
    )
    with reviewed(__name__):
        return [(row.id, row.organisation_id) for row in session.connection().execute(wanted)]


def _travel(
    tasks: Sequence[SheetLine], path: Callable[[int], Sequence[int]]
) -> dict[tuple[int, str], TravelRule]:
    """How the payers of journeys pay them; nothing is asked for tasks without one."""
    journeys = [task.organisation_id for task in tasks if task.metres or task.away_from]
    payers = {path(unit)[-1] for unit in journeys if path(unit)}
    return {
        (payer, payment): travel_rule(payer, payment) for payer in payers for payment in ALLOWANCE_CLASSES
    }


# Put together once: that costs several times what running them does.
_WORKS = select(WORK).where(WORK.c.id.in_(bindparam("ids", expanding=True)), WORK.c.active)
_PRICES = (
    select(VERSION, RATE.c.work_type_id, RATE.c.unit)
    .join(RATE, RATE.c.id == VERSION.c.rate_id)
    .where(
        RATE.c.organisation_id.in_(bindparam("places", expanding=True)),
        VERSION.c.published_at.is_not(None),
        VERSION.c.valid_from <= bindparam("last_day", type_=Date),
    )
)
_YEARLY = select(YEARLY).where(YEARLY.c.year.in_(bindparam("years", expanding=True)))


def _works(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[int, Work]]:
    rows = connection.execute(_WORKS, {"ids": sorted(ids)})
    return {
        r.id: (r.organisation_id, Work(r.id, r.code, r.unit, r.payment_class, r.income_type)) for r in rows
    }


def _prices(connection: Connection, places: Iterable[int], days: Sequence[date]) -> list[Price]:
    rows = connection.execute(_PRICES, {"places": sorted(places), "last_day": max(days)})
    return [_price(row) for row in rows]


_PRICE = tuple(field.name for field in fields(Price) if field.name != "version_id")


def _price(row: Row[Any]) -> Price:
    return Price(version_id=row.id, **{name: getattr(row, name) for name in _PRICE})


def _yearly(connection: Connection, years: Iterable[int]) -> dict[tuple[int, str], Yearly]:
    rows = connection.execute(_YEARLY, {"years": sorted(years)})
    return {(row.year, row.kind): Yearly(row.id, row.cents) for row in rows}


def _years(tasks: Sequence[SheetLine]) -> set[int]:
    """Of the work and of the journeys: one may begin the year before, or end the year after."""
    moments = [moment for task in tasks for moment in (task.away_from, task.away_to) if moment]
    return {task.day.year for task in tasks} | {moment.year for moment in moments}
