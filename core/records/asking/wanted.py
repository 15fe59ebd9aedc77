"""All that one address asks of a list, checked against the fields the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from core.records import listing, rights
from core.records.asking.filters import HIGH, LOW, PREFIX, FilterForm, filter_form
from core.records.conditions import Condition
from core.records.description import Field, Record
from core.records.saved.services import Asked

COLUMN, SORT = "col", "sort"


class Allowed(NamedTuple):
    """The fields of a record the reader may see, filter and sort by, and take away in a file."""

    readable: tuple[Field, ...]
    filterable: tuple[Field, ...]
    sortable: tuple[Field, ...]
    exportable: tuple[Field, ...]

    @property
    def choosable(self) -> tuple[Field, ...]:
        """Those that may be columns."""
        return tuple(field for field in self.readable if field.in_list or field.in_detail)


def allowed(record: Record, may: rights.May) -> Allowed:
    """What the reader may do with which field."""
    kinds = (rights.readable, rights.filterable, rights.sortable, rights.exportable)
    return Allowed(*(kind(record, may) for kind in kinds))


@dataclass(frozen=True)
class Wanted:
    """Filters, columns and order of a list. `choosable` are the columns there are."""

    record: Record
    filters: FilterForm
    columns: tuple[Field, ...]
    choosable: tuple[Field, ...]
    order: listing.Order
    sort: str
    good: bool

    @property
    def condition(self) -> Condition | None:
        """What rows must fulfil besides standing in the reader's scope."""
        return self.filters.condition

    @property
    def chosen(self) -> tuple[str, ...]:
        """Keys of the columns; empty while they are those of the description."""
        keys = tuple(field.key for field in self.columns)
        return () if keys == _keys(_usual(self.choosable)) else keys

    @property
    def asked(self) -> Asked:
        """The same as plain values, for a saved view."""
        return Asked(self.filters.asked, self.chosen, self.sort)

    def args(self, *, sort: str | None = None) -> dict[str, Any]:
        """Arguments of an address that asks for the same, perhaps in another order."""
        return as_args(Asked(self.filters.asked, self.chosen, self.sort if sort is None else sort))


def as_args(asked: Asked) -> dict[str, Any]:
    """What was asked, as arguments of an address."""
    found: dict[str, Any] = dict(asked.filters)
    if asked.columns:
        found[COLUMN] = list(asked.columns)
    if asked.sort:
        found[SORT] = asked.sort
    return found


def wanted(record: Record, fields: Allowed, organisation_id: int, args: MultiDict[str, str]) -> Wanted:
    """What the address asks for; raises `MalformedPage` for a filter, column or order there is not.

    What one may not see is as unknown as what never was.
    """
    filters = filter_form(fields.filterable, organisation_id, args)
    if any(name.startswith(PREFIX) and name not in filters for name in args):
        raise listing.MalformedPage("filter")
    sort = args.get(SORT, "")
    return Wanted(
        record,
        filters,
        _columns(fields.choosable, args.getlist(COLUMN)),
        fields.choosable,
        listing.order_of(record, fields.sortable, sort),
        sort,
        filters.validate(),
    )


def _columns(choosable: tuple[Field, ...], keys: Sequence[str]) -> tuple[Field, ...]:
    if not set(keys) <= set(_keys(choosable)):
        raise listing.MalformedPage(COLUMN)
    return tuple(field for field in choosable if field.key in keys) if keys else _usual(choosable)


def _usual(choosable: tuple[Field, ...]) -> tuple[Field, ...]:
    return tuple(field for field in choosable if field.in_list)


def _keys(fields: Sequence[Field]) -> tuple[str, ...]:
    return tuple(field.key for field in fields)


def known(asked: Asked, fields: Allowed) -> tuple[Asked, bool]:
    """What of a saved view the reader may still ask for, and whether anything had to be left out."""
    filters = {name: text for name, text in asked.filters.items() if _key(name) in _keys(fields.filterable)}
    columns = tuple(key for key in asked.columns if key in _keys(fields.choosable))
    sort = asked.sort if asked.sort.removeprefix("-") in _keys(fields.sortable) else ""
    kept = Asked(filters, columns, sort)
    return kept, kept != Asked(dict(asked.filters), tuple(asked.columns), asked.sort)


def _key(name: str) -> str:
    return name.removeprefix(PREFIX).removesuffix(LOW).removesuffix(HIGH)
