"""What a list shows: its columns, its lines and the links around them, as plain values for the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import abort, g, request
from flask_babel import gettext as _

from core.admin import bulk, downloads
from core.admin.asking import Question, ask
from core.admin.looking import looked, turned_away
from core.admin.place import Place
from core.admin.rights import may, may_write
from core.extensions import db
from core.records import listing, rights
from core.records.asking.filters import PREFIX
from core.records.asking.wanted import COLUMN, SORT
from core.records.description import Field, Record
from core.records.display import NUMBERS, Cell, cells


class Column(NamedTuple):
    """A heading; `sort` is the link that sorts by it, `direction` what aria-sort says of it now."""

    label: Any
    number: bool
    sort: str | None
    direction: str | None


class Line(NamedTuple):
    """A row: where it leads, what stands in it, and its id."""

    url: str
    cells: list[Cell]
    row_id: int


class ViewLink(NamedTuple):
    """A saved view as a link; `current` is whether this page shows it."""

    url: str
    name: str
    current: bool


def noun_of(record: Record) -> str:
    """The record's name in the middle of a sentence; names such as OmaKS stay as they are."""
    name = str(record.label)
    return name[:1].lower() + name[1:] if name[1:] == name[1:].lower() else name


def whole_page(place: Place) -> tuple[dict[str, Any], int]:
    """A list of its own, with what its address asks for; 422 where a filter is wrong."""
    question = ask(place)
    wanted, page = question.wanted, _read(place, question)
    shown = {
        "intro": place.record.intro,
        "columns": [_column(place, question, field) for field in wanted.columns],
        "rows": _lines(place, wanted.columns, page),
        "new": place.url("new") if _may_add(place) else None,
        "bring": place.url("import_rows")
        if place.record.same and not place.parents and _may_add(place)
        else None,
        "noun": noun_of(place.record),
        **_paging(place, question, page),
        **_filtering(place, question),
        **_viewing(place, question),
        **_taking(place, question),
    }
    return shown, 200 if wanted.good else 422


def part_of_page(place: Place, changeable: bool) -> dict[str, Any]:
    """The first rows of a child, for its parent's page."""
    record = place.record
    fields = tuple(field for field in rights.readable(record, may) if field.in_list)
    order = listing.order_of(record, (), None)
    page = listing.read_page(db.session(), record, fields, order, parent_id=place.parent_id)
    return {
        "title": record.plural,
        "intro": record.intro,
        "columns": [Column(f.label, f.type in NUMBERS, None, None) for f in fields],
        "rows": _lines(place, fields, page),
        "all": place.url("index") if page.next else None,
        "new": place.url("new") if record.create and changeable else None,
        "noun": noun_of(record),
    }


def _read(place: Place, question: Question) -> listing.Page:
    """The rows asked for; none while a filter is wrong, because more would be shown than was meant."""
    wanted, session, after = question.wanted, db.session(), request.args.get("after", "")
    if not wanted.good:
        return listing.Page((), None)
    try:
        where = (
            listing.place_of(session, place.record, wanted.order, listing.row_number(after), place.parent_id)
            if after
            else None
        )
    except listing.MalformedPage:
        abort(400)
    except listing.UnknownPage:
        turned_away(place.record, int(after), g.node.id, g.person.person_id)
        abort(404)
    return listing.read_page(
        session, place.record, wanted.columns, wanted.order,
        after=where, parent_id=place.parent_id, condition=wanted.condition,
    )  # fmt: skip


def _paging(place: Place, question: Question, page: listing.Page) -> dict[str, Any]:
    args = question.args()
    return {
        "next": place.url("index", **args, after=page.next) if page.next else None,
        "first": place.url("index", **args) if request.args.get("after") else None,
    }


def _filtering(place: Place, question: Question) -> dict[str, Any]:
    """The filter bar and the choice of columns: each keeps what the other says."""
    args = question.wanted.args()
    others = {name: value for name, value in args.items() if not name.startswith(PREFIX)}
    chosen = {field.key for field in question.wanted.columns}
    boxes = [(field.key, field.label, field.key in chosen) for field in question.wanted.choosable]
    kept = flat({name: value for name, value in args.items() if name != COLUMN})
    return {
        "filters": question.wanted.filters,
        "kept": flat(others),
        "clear": place.url("index", **others),
        "chooser": {"boxes": boxes, "kept": kept},
    }


def _viewing(place: Place, question: Question) -> dict[str, Any]:
    """Links to saved views; to keep this one where it is none of them."""
    if place.parents:
        return {"views": [], "keep": None, "left_out": False}
    asked, current = question.wanted.args(), question.view
    links = [ViewLink(place.url("index", view=v.id), v.name, v == current) for v in question.views]
    if links or asked:
        links.insert(0, ViewLink(place.url("index"), _("Whole list"), not asked and not current))
    words = _("Save this view") if asked and not current else _("Edit views")
    keep = (words, place.url("views", **({} if current else asked))) if links else None
    return {"views": links, "keep": keep, "left_out": question.left_out}


def _taking(place: Place, question: Question) -> dict[str, Any]:
    """What may be done with the rows shown: actions and files."""
    taken = downloads.taken(question)
    return {
        "actions": bulk.offered(place),
        "act": place.url("act", **question.args()) if place.record.actions else None,
        "files": downloads.files(place, question),
        "not_in_files": [str(f.label) for f in question.wanted.columns if f not in taken],
    }


def flat(args: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Arguments as pairs, for hidden inputs."""
    pairs = ((name, value if isinstance(value, list) else [value]) for name, value in args.items())
    return [(name, str(each)) for name, values in pairs for each in values]


def _column(place: Place, question: Question, field: Field) -> Column:
    number = field.type in NUMBERS
    if field not in question.allowed.sortable:
        return Column(field.label, number, None, None)
    order = question.wanted.order
    here = field.sorts_by == order.column
    direction = ("descending" if order.descending else "ascending") if here else None
    sort = f"-{field.key}" if direction == "ascending" else field.key
    link = place.url("index", **{**question.wanted.args(), SORT: sort})
    return Column(field.label, number, link, direction)


def _lines(place: Place, fields: Sequence[Field], page: listing.Page) -> list[Line]:
    """Addresses are put together from the list's own: building each one anew costs more than the query."""
    if not page.rows:
        return []
    looked(place.record, page.rows, "list")
    base = place.url("index")
    shown = cells(fields, page.rows, g.node.id)
    for line in shown:
        if not line[0].text:  # the link to a row needs a text
            line[0] = line[0]._replace(text=str(place.record.label))
    return [Line(f"{base}{row.id}/", line, row.id) for row, line in zip(page.rows, shown, strict=True)]


def _may_add(place: Place) -> bool:
    """Whether to show the button; which organisations there are is asked only where it matters."""
    if not (place.record.create and place.open() and may_write(place.record)):
        return False
    return (place.module is None and not place.parents) or bool(place.homes())
