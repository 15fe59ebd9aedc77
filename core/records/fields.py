"""One field of a record: what it is called, what it holds, who may see it and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from core.records.conditions import Condition

FieldType = Literal[
    "text", "longtext", "integer", "number", "money", "date", "time", "choice", "several", "yesno", "email",
    "phone", "file", "texts", "organisation", "expert", "person", "municipality", "reference",
]  # fmt: skip
# What may be chosen, for a row of the given organisation: (value, label) in the order shown.
Choices = Callable[[int], Iterable[tuple[Any, Any]]]
# What to show for many stored values at once, so that a list needs one query per column.
Names = Callable[[Collection[Any]], Mapping[Any, Any]]
# Which rows fulfil a comparison (`conditions.Op`, value), where the row's own columns do not say.
Criterion = Callable[[str, Any], ColumnElement[bool]]
# Keeps a value that lives in other tables: the open session of `writing()`, the row (flushed), the value.
Stores = Callable[[Session, Any, Any], object]
ALWAYS_PERSONAL = frozenset({"email", "phone", "person", "expert"})
MOST_DECIMALS = 6


class BadDescription(ValueError):
    """A description that cannot be rendered or misses what the law asks for; stops start-up."""


@dataclass(frozen=True)
class Reference:
    """Rows of another table, chosen by name. A scoped table shows only what the reader's scope shows."""

    model: type[Any]
    label: str = "name"
    order: str = "sort_key"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a record.

    Values: `money` is integer cents, `number` a `Decimal` with at most `decimals`, `date` a day, `time` a
    `datetime.time` to the minute, `several` a tuple of values, `texts` a `Texts`, `municipality` its code of
    three digits, `file` the id of a stored file; `organisation`, `expert`, `person` and `reference` are ids.

    Bounds: `min` and `max` bound integers, numbers, money (cents), days and times; for text and texts `max`
    is the greatest length; for several how many may be chosen.

    Where it stands: `in_list`, `in_form`, `in_detail`, `in_export`, `in_import` (None: as `in_form`),
    `sortable` (by `sort_column` or itself; that column is never empty), `searchable`, `filterable`; `section`
    is the heading of the fields around it. `show_if`: asked and kept only while the condition holds. `fixed`:
    asked when the row is made, never changed. `chips`: "ok", "wait", "warn" or "plain" for values shown as a
    chip.

    Who: `read`, `write`, `search` (filters too), `sort` and `export` are permission keys; None is the
    record's own, and of the last three the field's `read`.

    Values elsewhere: `names` gives what is shown for stored values. `column` is the model's attribute if it
    is not called as the key. `loads` reads the values of many rows at once by their ids, where they are not
    in the row; `stores` keeps one; `criterion` narrows a list by them.

    The change log keeps old and new values, personal ones sealed. `log_values=False`: only that it changed.
    """

    key: str
    label: Any
    type: FieldType = "text"
    required: bool = False
    help: Any = ""
    section: Any = ""
    in_list: bool = True
    in_form: bool = True
    in_detail: bool = True
    in_export: bool = True
    in_import: bool | None = None
    sortable: bool = False
    searchable: bool = False
    filterable: bool = False
    fixed: bool = False
    show_if: Condition | None = None
    read: str | None = None
    write: str | None = None
    search: str | None = None
    sort: str | None = None
    export: str | None = None
    personal: bool = False
    purpose: Any = ""
    retention: Any = ""
    min: Any = None
    max: Any = None
    decimals: int = 2
    default: Any = None
    choices: Choices | None = None
    reference: Reference | None = None
    names: Names | None = None
    loads: Names | None = None
    stores: Stores | None = None
    criterion: Criterion | None = None
    log_values: bool = True
    column: str = ""
    sort_column: str = ""
    chips: Mapping[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be shown or kept lawfully."""
        fault = self._fault()
        if fault:
            raise BadDescription(f"{self.key}: {fault}")

    def _fault(self) -> str:
        if self.type not in get_args(FieldType):
            return f"there is no type {self.type!r}"
        if (self.personal or self.type in ALWAYS_PERSONAL) and not (self.purpose and self.retention):
            return "a personal field states its purpose and retention"
        if self.type in ("choice", "several") and self.choices is None:
            return "a choice needs its choices"
        if self.type == "reference" and not (self.reference or self.choices):
            return "a reference names its rows or its choices"
        if not 0 <= self.decimals <= MOST_DECIMALS:
            return f"a number has 0 to {MOST_DECIMALS} decimals"
        return self._fault_of_place()

    def _fault_of_place(self) -> str:
        if self.loads and self.column:
            return "a value is read from the row or by `loads`, not both"
        if self.loads and self.sortable and not self.sort_column:
            return "a list sorts by a column of the row, so name it in sort_column"
        if self.type == "texts" and self.filterable and not (self.criterion or self.sort_column):
            return "words in several languages are found by their sort_column, or by a `criterion`"
        if self.loads and self.filterable and not self.criterion:
            return "a list is narrowed by what is not in the row only with its `criterion`"
        return ""

    @property
    def imported(self) -> bool:
        """Whether a file may bring it."""
        if self.type == "file":
            return False
        return self.in_form if self.in_import is None else self.in_import

    @property
    def sorts_by(self) -> str:
        """The model's attribute a sortable field sorts by."""
        return self.sort_column or self.source

    @property
    def source(self) -> str:
        """The model's attribute this field reads; "" where `loads` reads it."""
        return "" if self.loads else self.column or self.key
