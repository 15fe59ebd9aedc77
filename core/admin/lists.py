"""What a list shows: its columns, its lines and the links around them, as plain values for the template."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import abort, g, request

from core.admin.place import Place
from core.admin.rights import may_write
from core.extensions import db
from core.records import listing
from core.records.description import Field, Record
from core.records.display import Cell, cells


class Column(NamedTuple):
    """A heading; `sort` is the link that sorts by it, `direction` what aria-sort says of it now."""

    label: Any
    number: bool
    sort: str | None
    direction: str | None


class Line(NamedTuple):
    """A row: where it leads and what stands in it."""

    url: str
    cells: list[Cell]


def noun_of(record: Record) -> str:
    """The record's name in the middle of a sentence; names such as OmaKS stay as they are."""
    name = str(record.label)
    return name[:1].lower() + name[1:] if name[1:] == name[1:].lower() else name


def whole_page(place: Place) -> dict[str, Any]:
    """A list of its own, with its arguments `after` and `sort` from the address."""
    order, page = _read(place)
    wanted = {"sort": sort} if (sort := request.args.get("sort")) else {}
    return {
        "intro": place.record.intro,
        "columns": [_column(place, field, order) for field in place.record.listed],
        "rows": _lines(place, page),
        "next": place.url("index", **wanted, after=page.next) if page.next else None,
        "first": place.url("index", **wanted) if request.args.get("after") else None,
        "new": place.url("new") if _may_add(place) else None,
        "noun": noun_of(place.record),
    }


def part_of_page(place: Place, changeable: bool) -> dict[str, Any]:
    """The first rows of a child, for its parent's page."""
    order = listing.order_of(place.record, None)
    page = listing.read_page(db.session(), place.record, order, parent_id=place.parent_id)
    return {
        "title": place.record.plural,
        "intro": place.record.intro,
        "columns": [Column(f.label, f.type in ("money", "integer"), None, None) for f in place.record.listed],
        "rows": _lines(place, page),
        "all": place.url("index") if page.next else None,
        "new": place.url("new") if place.record.create and changeable else None,
        "noun": noun_of(place.record),
    }


def _read(place: Place) -> tuple[listing.Order, listing.Page]:
    """The page asked for: 400 for arguments no link of ours has, 404 for a row that is not there."""
    after = request.args.get("after", "")
    try:
        order = listing.order_of(place.record, request.args.get("sort"))
        number = listing.row_number(after) if after else None
        found = listing.read_page(db.session(), place.record, order, after=number, parent_id=place.parent_id)
    except listing.MalformedPage:
        abort(400)
    except listing.UnknownPage:
        abort(404)
    return order, found


def _column(place: Place, field: Field, order: listing.Order) -> Column:
    number = field.type in ("money", "integer")
    if not field.sortable:
        return Column(field.label, number, None, None)
    here = field.sorts_by == order.column
    direction = ("descending" if order.descending else "ascending") if here else None
    wanted = f"-{field.key}" if direction == "ascending" else field.key
    return Column(field.label, number, place.url("index", sort=wanted), direction)


def _lines(place: Place, page: listing.Page) -> list[Line]:
    """Addresses are put together from the list's own: building each one anew costs more than the query."""
    if not page.rows:
        return []
    base = place.url("index")
    shown = cells(place.record.listed, page.rows, g.node.id)
    for line in shown:
        if not line[0].text:  # the link to a row needs a text
            line[0] = line[0]._replace(text=str(place.record.label))
    return [Line(f"{base}{row.id}/", line) for row, line in zip(page.rows, shown, strict=True)]


def _may_add(place: Place) -> bool:
    """Whether to show the button; which organisations there are is asked only where it matters."""
    if not (place.record.create and place.open() and may_write(place.record)):
        return False
    return (place.module is None and not place.parents) or bool(place.homes())
