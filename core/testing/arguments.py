"""What may stand in the addresses of a plugin's pages: rows of a place, and what no link ever holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from core.database.base import Base
from core.testing.addresses import MALFORMED, Arguments, Page, Records
from core.testing.region import COUNTY
from core.testing.world import World

MOST = 4
TRIED = ("1", "a", "a1", "2026-01-01", "00000000-0000-0000-0000-000000000000")
UNKNOWN_PLACES = (*MALFORMED, "no-such-place", "%2e%2e")


def arguments_at(world: World, page: Page, place: str) -> list[Arguments]:
    """What may stand in the page's address for rows of the place; nothing when no row is there."""
    key = (page.endpoint, place)
    if key not in world.arguments:
        world.arguments[key] = _arguments(world, page, place)
    return world.arguments[key]


def _arguments(world: World, page: Page, place: str) -> list[Arguments]:
    if not page.arguments:
        return [{}]
    told = world.terms.addresses.get(page.endpoint)
    if told is not None:
        person_id = world.region.person("expert", place)
        with world.looking():
            return list(islice(told(world.at[place], person_id), MOST))
    with world.looking() as session:
        records = Records()
        if records.knows(page):
            here = (None, world.at[place])  # rows of no organisation are everybody's
            found_rows = (row.arguments for row in records.rows(page) if row.organisation_id in here)
            return list(islice(found_rows, MOST))
        found = [list(values_of(session, world, name, place)) for name in page.arguments]
    return [dict(zip(page.arguments, chosen, strict=True)) for chosen in islice(product(*found), MOST)]


def foreign(world: World, page: Page, place: str, *, to: str) -> list[Arguments]:
    """What stands in the page's address for rows of the place that are not also somebody's there."""
    own = arguments_at(world, page, to)
    return [found for found in arguments_at(world, page, place) if found and found not in own]


def values_of(session: Session, world: World, name: str, place: str) -> Iterator[str]:
    """Values of one argument: ids of the table it is named after, a column of its name, else every id."""
    tables = [table for table in own_tables(world.module) if "organisation_id" in table.c]
    named = [t for t in tables if name.endswith("_id") and t.name.endswith(f"_{name.removesuffix('_id')}")]
    columns: list[Any] = [table.c.id for table in named if "id" in table.c]
    columns = columns or [table.c[name] for table in tables if name in table.c]
    columns = columns or [table.c.id for table in tables if "id" in table.c]
    for column in columns:
        here = select(column).where(column.table.c.organisation_id == world.at[place]).distinct()
        yield from (str(value) for value in session.scalars(here) if value is not None)


def own_tables(module: str) -> list[Table]:
    """The plugin's tables."""
    return [t for t in Base.metadata.sorted_tables if t.name.startswith(f"{module}_")]


def example(world: World, page: Page) -> Arguments | None:
    """Arguments that make an address of the page, whether or not there is such a row; None: none found."""
    if not page.arguments:
        return {}
    for found in (*arguments_at(world, page, COUNTY), *_made_up(page)):
        if _leads_to(world.app, page, page.address(COUNTY, found)):
            return found
    return None


def _made_up(page: Page) -> Iterable[Mapping[str, str]]:
    chosen = product(TRIED, repeat=len(page.arguments))
    return (dict(zip(page.arguments, values, strict=True)) for values in chosen)


def _leads_to(app: Flask, page: Page, address: str) -> bool:
    try:
        endpoint, _values = app.url_map.bind("localhost").match(address, method=min(page.methods))
    except HTTPException:
        return False
    return bool(endpoint == page.endpoint)


def malformed(world: World, page: Page, *, places: bool) -> Iterator[str]:
    """Addresses with each argument in turn as no link has it; with `places` the organisation too."""
    good = example(world, page) or dict.fromkeys(page.arguments, "1")
    for name in page.arguments:
        yield from (page.address(COUNTY, {**good, name: bad}) for bad in MALFORMED)
    if places:
        yield from (page.address(bad, good) for bad in UNKNOWN_PLACES)


def stored(world: World) -> dict[str, list[Any]]:
    """All that the plugin's tables hold."""
    with world.looking() as session:
        tables = own_tables(world.module)
        return {
            t.name: [tuple(row) for row in session.execute(select(t).order_by(*t.primary_key))]
            for t in tables
        }


def changes(world: World, before: Mapping[str, Sequence[Any]]) -> list[str]:
    """Tables of the plugin that hold something else now, with the first row that is new or gone."""
    now = stored(world)
    return [
        f"{name}: {next(iter({*map(repr, now[name])} ^ {*map(repr, rows)}), 'another order')[:300]}"
        for name, rows in before.items()
        if now[name] != rows
    ]
