"""Conditions on a record's values, said once: for a field's `show_if`, for filters and for saved views."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import ColumnElement, String, and_, cast, false, func, not_, or_, true

from core.database.types import Texts, sort_key

if TYPE_CHECKING:  # a description holds conditions
    from core.records.description import Field, Record

Op = Literal["is", "is_not", "one_of", "contains", "at_least", "at_most", "empty", "filled"]
MOST_PARTS, DEEPEST = 50, 5  # what comes from an address or a file is bounded


class BadCondition(ValueError):
    """Something that is no condition; `args[0]` says what is wrong, for an author or a log."""


@dataclass(frozen=True)
class Where:
    """One field compared with a value.

    `one_of` takes a tuple. `contains` is part of a text in any letter case, or one of several values.
    Nothing (None, "", no values) is neither `is` a value nor within bounds, but it `is_not` every value.
    """

    field: str
    op: Op
    value: Any = None

    def __post_init__(self) -> None:
        """Refuse what no comparison knows."""
        if self.op not in get_args(Op):
            raise BadCondition(f"{self.op}: no such comparison")
        if self.op == "one_of" and not isinstance(self.value, tuple):
            raise BadCondition(f"{self.field}: one_of takes a tuple")


@dataclass(frozen=True, init=False)
class All:
    """Every part holds; without parts, always."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        """The parts in any order."""
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, init=False)
class AnyOf:
    """At least one part holds; without parts, never."""

    parts: tuple[Condition, ...]

    def __init__(self, *parts: Condition) -> None:
        """The parts in any order."""
        object.__setattr__(self, "parts", parts)


Condition = Where | All | AnyOf


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether it holds for the values by field key; a missing key is nothing."""
    if isinstance(condition, All):
        return all(holds(part, values) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, values) for part in condition.parts)
    return _COMPARE[condition.op](values.get(condition.field), condition.value)


def fields_in(condition: Condition) -> frozenset[str]:
    """The keys of the fields it asks about."""
    return frozenset(where.field for where in _wheres(condition))


def _wheres(condition: Condition) -> Iterator[Where]:
    if isinstance(condition, Where):
        yield condition
        return
    for part in condition.parts:
        yield from _wheres(part)


def nothing(value: Any) -> bool:
    """Whether the value is none at all: None, empty text, no values chosen. No and 0 are values."""
    return value is None or value in ("", (), [])


def _contains(held: Any, wanted: Any) -> bool:
    if isinstance(held, tuple | list):
        return wanted in held
    texts = (held.fi, held.sv, held.en) if isinstance(held, Texts) else (str(held),)
    return not nothing(held) and any(str(wanted).casefold() in text.casefold() for text in texts)


def _bounded(held: Any, wanted: Any, fits: Callable[[Any, Any], bool]) -> bool:
    """Values that cannot be compared, such as text and a day, are not within the bound."""
    try:
        return not nothing(held) and fits(held, wanted)
    except TypeError:
        return False


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda held, wanted: not nothing(held) and bool(held == wanted),
    "is_not": lambda held, wanted: nothing(held) or bool(held != wanted),
    "one_of": lambda held, wanted: not nothing(held) and held in wanted,
    "contains": _contains,
    "at_least": lambda held, wanted: _bounded(held, wanted, lambda a, b: bool(a >= b)),
    "at_most": lambda held, wanted: _bounded(held, wanted, lambda a, b: bool(a <= b)),
    "empty": lambda held, _wanted: nothing(held),
    "filled": lambda held, _wanted: not nothing(held),
}


# --- as plain JSON ----------------------------------------------------------------------------------------


def to_json(condition: Condition) -> dict[str, Any]:
    """Plain JSON; days, times of day and decimal numbers say what they are."""
    if isinstance(condition, All):
        return {"all": [to_json(part) for part in condition.parts]}
    if isinstance(condition, AnyOf):
        return {"any": [to_json(part) for part in condition.parts]}
    return {"field": condition.field, "op": condition.op, "value": _value_to_json(condition.value)}


def from_json(raw: Any) -> Condition:
    """The condition of some JSON, whoever wrote it; raises `BadCondition`."""
    condition = _read(raw, DEEPEST)
    if sum(1 for _where in _wheres(condition)) > MOST_PARTS:
        raise BadCondition("too many parts")
    return condition


def _read(raw: Any, deep: int) -> Condition:
    if not isinstance(raw, dict) or deep < 0:
        raise BadCondition("not a condition")
    for name, kind in (("all", All), ("any", AnyOf)):
        if set(raw) == {name} and isinstance(raw[name], list) and len(raw[name]) <= MOST_PARTS:
            return kind(*(_read(part, deep - 1) for part in raw[name]))
    if not set(raw) <= {"field", "op", "value"} or not isinstance(raw.get("field"), str):
        raise BadCondition("not a condition")
    return Where(raw["field"], raw.get("op", ""), _value_from_json(raw.get("value")))


_KINDS: dict[str, tuple[type[Any], Callable[[Any], str], Callable[[str], Any]]] = {
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "number": (Decimal, str, Decimal),
}


def _value_to_json(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_value_to_json(each) for each in value]
    for name, (kind, write, _from) in _KINDS.items():
        if isinstance(value, kind):
            return {name: write(value)}
    return value


def _value_from_json(raw: Any) -> Any:
    if isinstance(raw, list):
        return tuple(_value_from_json(each) for each in raw)
    if not isinstance(raw, dict):
        return raw
    try:
        ((name, text),) = raw.items()
        return _KINDS[name][2](text)
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise BadCondition("not a value") from None


# --- as SQL -----------------------------------------------------------------------------------------------

WORDS = frozenset({"text", "longtext", "email", "phone"})
# `lower` knows the letters a to z alone, on SQLite and on a PostgreSQL without a locale.
CAPITALS = {"Å": "å", "Ä": "ä", "Ö": "ö", "Æ": "æ", "Ø": "ø", "É": "é", "Ü": "ü", "Š": "š", "Ž": "ž"}


def compiled(condition: Condition, record: Record) -> ColumnElement[bool]:
    """The same for the rows of a record's model; raises `BadCondition` for what no row can be asked.

    Words are found by the field's sort key where it has one, else in any case of the letters we use.
    """
    if isinstance(condition, All):
        return and_(true(), *(compiled(part, record) for part in condition.parts))
    if isinstance(condition, AnyOf):
        return or_(false(), *(compiled(part, record) for part in condition.parts))
    field = next((f for f in record.fields if f.key == condition.field), None)
    if field is not None and field.criterion is not None:
        return field.criterion(condition.op, condition.value)
    if field is None or not field.source:
        raise BadCondition(f"{record.key}.{condition.field}: a row cannot be asked for it")
    return _AS_SQL[condition.op](field, getattr(record.model, field.source), record.model, condition.value)


def _empty(field: Field, column: Any) -> ColumnElement[bool]:
    """Where nothing is stored; see `nothing`."""
    if field.type in WORDS or field.type in ("choice", "municipality"):
        return or_(column.is_(None), column == "")
    if field.type in ("several", "texts"):
        return or_(column.is_(None), cast(column, String).in_(("null", "[]", "{}")))
    missing: ColumnElement[bool] = column.is_(None)
    return missing


def _holds_words(field: Field, column: Any, model: Any, value: Any) -> ColumnElement[bool]:
    if field.type == "several":
        listed = func.replace(func.replace(cast(column, String), "[", " "), "]", ",")
        return and_(true(), listed.contains(f" {json.dumps(value)},", autoescape=True))
    if field.sort_column:
        key: Any = getattr(model, field.sort_column)
        return and_(true(), key.contains(sort_key(str(value)), autoescape=True))
    folded: Any = func.lower(column)
    for capital, small in CAPITALS.items():
        folded = func.replace(folded, capital, small)
    return and_(true(), folded.contains(str(value).lower(), autoescape=True))


_AS_SQL: dict[str, Callable[[Field, Any, Any, Any], ColumnElement[bool]]] = {
    "is": lambda _field, column, _model, value: column == value,
    "is_not": lambda field, column, _model, value: or_(_empty(field, column), column != value),
    "one_of": lambda _field, column, _model, value: column.in_(value),
    "contains": _holds_words,
    "at_least": lambda _field, column, _model, value: column >= value,
    "at_most": lambda _field, column, _model, value: column <= value,
    "empty": lambda field, column, _model, _value: _empty(field, column),
    "filled": lambda field, column, _model, _value: not_(_empty(field, column)),
}
