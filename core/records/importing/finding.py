"""Which row that is there already a row of a file means: by the fields that tell rows of a record apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import sort_key
from core.records.description import Field, Record
from core.records.display import values_of

BLOCK = 1000
# Which of the record's `same`, and the values that its fields have.
Identity = tuple[int, tuple[Any, ...]]


def identities(record: Record, values: Mapping[str, Any]) -> Iterator[Identity]:
    """What tells the row from others, the surest first; only what has all its values."""
    for number, keys in enumerate(record.same):
        parts = tuple(_alike(values.get(key)) for key in keys)
        if all(part not in (None, "", ()) for part in parts):
            yield number, parts


def rows_by_identity(session: Session, record: Record) -> dict[Identity, list[int]]:
    """The rows that the session's scope shows, by each of their identities."""
    found: dict[Identity, list[int]] = {}
    keys = dict.fromkeys(key for same in record.same for key in same)
    fields = [field for field in record.fields if field.key in keys]
    for rows in _blocks(session, record, fields) if fields else ():
        columns = [values_of(field, rows) for field in fields]
        for row, *parts in zip(rows, *columns, strict=True):
            values = {field.key: part for field, part in zip(fields, parts, strict=True)}
            for identity in identities(record, values):
                found.setdefault(identity, []).append(row.id)
    return found


def _blocks(session: Session, record: Record, fields: Sequence[Field]) -> Iterator[Sequence[Any]]:
    """The rows' ids and own columns, some at a time."""
    model: Any = record.model
    columns = [getattr(model, name) for name in dict.fromkeys(f.source for f in fields if f.source)]
    bound = [record.within()] if record.within else []
    after = 0
    while True:
        query = select(model.id, *(c for c in columns if c.key != "id")).where(model.id > after, *bound)
        rows = session.execute(query.order_by(model.id).limit(BLOCK)).all()
        if not rows:
            return
        yield rows
        after = rows[-1].id


def _alike(value: Any) -> Any:
    """Two ways of writing one word are one identity."""
    return sort_key(" ".join(value.split())) if isinstance(value, str) else value
