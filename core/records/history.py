"""What happened to one row: who, when, and for each field the reader may see what stood there before.

From the change log, newest first, a page at a time. What was sealed for somebody whose key is gone is told to
be erased; what the log never held is told to have changed, and no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import Texts
from core.log.models import Change
from core.log.values import opened
from core.records.description import Field, Record
from core.records.display import texts_of
from core.records.writing import is_personal
from core.users.models import Person

PAGE = 30
Kind = Literal["values", "erased", "not_kept"]


class Line(NamedTuple):
    """One field of a change; `old` and `new` are texts, empty where nothing stood."""

    label: Any
    kind: Kind
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Event:
    """One change; `who` is None where the system made it."""

    at: datetime
    who: str | None
    action: str
    lines: Sequence[Line]


class HistoryPage(NamedTuple):
    """Some events, and the number of the change the next page follows; None on the last."""

    events: list[Event]
    next: int | None


def history_of(
    session: Session,
    record: Record,
    row_id: int,
    fields: Collection[Field],
    organisation_id: int,
    before: int | None = None,
) -> HistoryPage:
    """Changes older than `before`. `fields` are those the reader may see; of others nothing is told.

    A fixed number of queries: the changes, who made them, the keys, and names of one field each.
    """
    found = _read(session, record, row_id, before)
    changes, by_key = found[:PAGE], {field.key: field for field in fields}
    told = zip(changes, opened(session, changes), strict=True)
    kinds = [_kinds(change, sealed, by_key) for change, sealed in told]
    texts = _texts(kinds, by_key, organisation_id)
    names = _names(session, {change.actor_id for change in changes})
    events = [
        Event(change.at, names.get(change.actor_id), change.action, _lines(number, known, by_key, texts))
        for number, (change, known) in enumerate(zip(changes, kinds, strict=True))
        if known or change.action != "update"
    ]
    return HistoryPage(events, changes[-1].id if len(found) > PAGE else None)


def _read(session: Session, record: Record, row_id: int, before: int | None) -> list[Change]:
    """One more than is shown, to know whether there are more."""
    query = select(Change).where(Change.record == record.key, Change.row_id == row_id)
    if before is not None:
        query = query.where(Change.id < before)
    return list(session.scalars(query.order_by(Change.id.desc()).limit(PAGE + 1)))


# By field key: what is known of the change, and the values before and after.
Known = Mapping[str, tuple[Kind, Any, Any]]


def _kinds(change: Change, sealed: Mapping[str, list[Any]] | None, by_key: Mapping[str, Field]) -> Known:
    values = {**(change.values_plain or {}), **(sealed or {})}
    found: dict[str, tuple[Kind, Any, Any]] = {}
    for key, field in by_key.items():
        if key not in change.fields:
            continue
        if key in values:
            old, new = (_value(field, raw) for raw in values[key])
            found[key] = ("values", old, new)
        else:
            gone = sealed is None and field.log_values and is_personal(field)
            found[key] = ("erased" if gone else "not_kept", None, None)
    return found


_READ: dict[str, Any] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "number": Decimal,
    "several": tuple,
    "texts": lambda raw: Texts(**raw),
}


def _value(field: Field, raw: Any) -> Any:
    """The value of what the log holds; as it stands there where the field is of another type now."""
    if raw is None:
        return None
    try:
        return _READ.get(field.type, lambda value: value)(raw)
    except (TypeError, ValueError, ArithmeticError):
        return str(raw)


def _texts(
    kinds: Sequence[Known], by_key: Mapping[str, Field], organisation_id: int
) -> dict[tuple[int, str], tuple[str, str]]:
    """Both values of each change and field as people read them; a field's names are looked up once."""
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for key, field in by_key.items():
        where = [number for number, known in enumerate(kinds) if key in known and known[key][0] == "values"]
        values = [value for number in where for value in kinds[number][key][1:]]
        written = texts_of(field, values, organisation_id) if values else []
        pairs = zip(written[::2], written[1::2], strict=True)
        found.update({(number, key): pair for number, pair in zip(where, pairs, strict=True)})
    return found


def _lines(
    number: int, known: Known, by_key: Mapping[str, Field], texts: Mapping[tuple[int, str], tuple[str, str]]
) -> list[Line]:
    return [
        Line(by_key[key].label, kind, *texts.get((number, key), ("", "")))
        for key, (kind, _old, _new) in known.items()
    ]


def _names(session: Session, ids: Collection[int | None]) -> dict[int | None, str]:
    query = select(Person.id, Person.name).where(Person.id.in_([each for each in ids if each is not None]))
    return {row.id: row.name for row in session.execute(query)}
