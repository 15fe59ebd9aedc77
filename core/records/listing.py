"""Reading rows of a description: one page by keyset, one row by its id. Never a count, never an offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select, tuple_
from sqlalchemy.orm import Session

from core.records.description import Record

PAGE = 50
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
    """Some rows, and the id the next page follows; None on the last."""

    rows: Sequence[Any]
    next: int | None


def row_number(text: str) -> int:
    """An id as an address may carry it."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise MalformedPage(text)
    return int(text)


def number_rule(name: str) -> str:
    """The part of an address that takes an id; a malformed or too large one makes an unknown address."""
    return f"<int(max={10**MOST_DIGITS - 1}):{name}>"


def order_of(record: Record, wanted: str | None) -> Order:
    """The order asked for by a sortable field's key, `-` before it for the other way round."""
    if not wanted:
        return Order(record.order, record.descending)
    key = wanted.removeprefix("-")
    for field in record.listed:
        if field.key == key and field.sortable:
            return Order(field.sorts_by, wanted.startswith("-"))
    raise MalformedPage(wanted)


def read_page(
    session: Session, record: Record, order: Order, *, after: int | None = None, parent_id: int | None = None,
    size: int = PAGE,
) -> Page:  # fmt: skip
    """The rows that follow the row `after`; one more is read than shown, to know whether there is more."""
    model: Any = record.model
    column = getattr(model, order.column)
    names = dict.fromkeys(("id", "organisation_id", *(f.source for f in record.listed)))
    columns = [getattr(model, name) for name in names if hasattr(model, name)]
    query = _bounded(select(*columns), record, parent_id)
    if after is not None:
        query = query.where(_follows(session, record, order, after, parent_id))
    keys = (column.desc(), model.id.desc()) if order.descending else (column, model.id)
    rows = session.execute(query.order_by(*keys).limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def find(session: Session, record: Record, row_id: int, parent_id: int | None = None) -> Any | None:
    """The row, if the session's scope shows it (and it stands under that parent)."""
    query = _bounded(select(record.model), record, parent_id).where(record.model.id == row_id)
    return session.scalars(query).one_or_none()


def _bounded(query: Select[Any], record: Record, parent_id: int | None) -> Select[Any]:
    """Within the record's own bounds; the scope of a scoped model is added by the session."""
    if record.within is not None:
        query = query.where(record.within())
    if record.parent:
        query = query.where(
            false() if parent_id is None else getattr(record.model, record.parent) == parent_id
        )
    return query


def _follows(
    session: Session, record: Record, order: Order, after: int, parent_id: int | None
) -> ColumnElement[bool]:
    """Addresses carry the id alone: a sort key would put names into logs and histories."""
    model: Any = record.model
    column = getattr(model, order.column)
    query = _bounded(select(column, model.id), record, parent_id).where(model.id == after)
    found = session.execute(query).first()
    if found is None:
        raise UnknownPage(after)
    place: Any = tuple_(column, model.id)
    follows: ColumnElement[bool] = place < tuple(found) if order.descending else place > tuple(found)
    return follows
