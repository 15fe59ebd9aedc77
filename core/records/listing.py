"""Reading rows of a description: one page by keyset, one row by its id. Never a count, never an offset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, select, tuple_
from sqlalchemy.orm import Session

from core.records.conditions import Condition, compiled
from core.records.description import Field, Record

PAGE = 50
# Where a row stands in an order: its sort key and its id.
Place = tuple[Any, int]
MOST_DIGITS = 9  # ids of the database's integer type


class UnknownPage(LookupError):
    """The row a page should follow is not there, or is not the reader's."""


class MalformedPage(ValueError):
    """Arguments of a list that no link of ours has."""


@dataclass(frozen=True)
class Order:
    """A column to sort by, the id after it, and the direction."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Some rows, and the id the next page follows; None on the last. `place` is where the last row stands."""

    rows: Sequence[Any]
    next: int | None
    place: Place | None = None


def row_number(text: str) -> int:
    """An id as an address may carry it."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise MalformedPage(text)
    return int(text)


def number_rule(name: str) -> str:
    """The part of an address that takes an id; a malformed or too large one makes an unknown address."""
    return f"<int(max={10**MOST_DIGITS - 1}):{name}>"


def order_of(record: Record, sortable: Iterable[Field], wanted: str | None) -> Order:
    """The order asked for by a sortable field's key, `-` before it for the other way round."""
    if not wanted:
        return Order(record.order, record.descending)
    key = wanted.removeprefix("-")
    for field in sortable:
        if field.key == key:
            return Order(field.sorts_by, wanted.startswith("-"))
    raise MalformedPage(wanted)


def place_of(session: Session, record: Record, order: Order, row_id: int, parent_id: int | None) -> Place:
    """Where a row stands; raises `UnknownPage` where it is not there or not the reader's.

    Addresses carry the id alone: a sort key would put names into logs and histories.
    """
    model: Any = record.model
    query = _bounded(select(getattr(model, order.column), model.id), record, parent_id)
    found = session.execute(query.where(model.id == row_id)).first()
    if found is None:
        raise UnknownPage(row_id)
    return found[0], found[1]


def read_page(
    session: Session, record: Record, fields: Iterable[Field], order: Order, *, after: Place | None = None,
    parent_id: int | None = None, condition: Condition | None = None, size: int = PAGE,
) -> Page:  # fmt: skip
    """The rows after a place; one more is read than shown, to know whether there is more.

    Each has its id, its organisation, whom it is about, and the columns of `fields`.
    """
    model: Any = record.model
    query = _bounded(select(*_columns(record, fields, order)), record, parent_id)
    if condition is not None:
        query = query.where(compiled(condition, record))
    column = getattr(model, order.column)
    if after is not None:
        here: Any = tuple_(column, model.id)
        query = query.where(here < after if order.descending else here > after)
    keys = (column.desc(), model.id.desc()) if order.descending else (column, model.id)
    rows = session.execute(query.order_by(*keys).limit(size + 1)).all()
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], last.id, (getattr(last, order.column), last.id))


def _columns(record: Record, fields: Iterable[Field], order: Order) -> list[Any]:
    """Plain columns, never whole rows: a list is long."""
    model: Any = record.model
    wanted = ("id", "organisation_id", record.subject, order.column, *(field.source for field in fields))
    return [getattr(model, name) for name in dict.fromkeys(wanted) if name and hasattr(model, name)]


def find(session: Session, record: Record, row_id: int, parent_id: int | None = None) -> Any | None:
    """The row, if the session's scope shows it (and it stands under that parent)."""
    query = _bounded(select(record.model), record, parent_id).where(record.model.id == row_id)
    return session.scalars(query).one_or_none()


def find_many(
    session: Session, record: Record, ids: Sequence[int], parent_id: int | None = None
) -> list[Any]:
    """The rows of these ids that the session's scope shows, in the order of the ids."""
    query = _bounded(select(record.model), record, parent_id).where(record.model.id.in_(ids))
    found = {row.id: row for row in session.scalars(query)}
    return [found[row_id] for row_id in ids if row_id in found]


def _bounded(query: Select[Any], record: Record, parent_id: int | None) -> Select[Any]:
    """Within the record's own bounds; the scope of a scoped model is added by the session."""
    if record.within is not None:
        query = query.where(record.within())
    if record.parent:
        query = query.where(
            false() if parent_id is None else getattr(record.model, record.parent) == parent_id
        )
    return query
