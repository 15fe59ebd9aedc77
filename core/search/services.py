"""Keeping the words of rows, in the transaction of their change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.modules.gating.gate import current_gate
from core.organisations.municipalities import municipality_name
from core.records.custom.extending import PREFIX, extended
from core.records.description import Field, Record
from core.records.display import values_of
from core.search.models import SearchWord
from core.search.words import words_of

BLOCK = 500


def permission_of(record: Record, field: Field) -> str:
    """What it takes to find a row by the field."""
    return field.search or field.read or record.read


def within(permission: str, controller_id: int | None) -> str:
    """What it takes to find a row by a field that was added within a controller: to be inside it as well."""
    return f"{permission}@{controller_id}"


def index_rows(session: Session, record: Record, rows: Sequence[Any]) -> None:
    """Replace what is kept of these rows by the words they have now; inside `writing()`.

    Only `searchable` fields are read, those an organisation added among them. Experience areas and other
    health data are never searchable.
    """
    for organisation_id, its in groupby(sorted(rows, key=_home), key=_home):
        full = extended(record, organisation_id) if organisation_id else record
        if any(field.searchable for field in full.fields):
            _replace(session, full, organisation_id, list(its))


def _home(row: Any) -> int:
    return int(getattr(row, "organisation_id", 0))


def _replace(session: Session, record: Record, organisation_id: int, rows: Sequence[Any]) -> None:
    _forget(session, record, [row.id for row in rows])
    found = [
        {"record": record.key, "word": word, "row_id": row_id, "permission": permission}
        for row_id, word, permission in sorted(_words(record, organisation_id, rows))
    ]
    if found:
        session.execute(insert(SearchWord), found)


def forget_rows(session: Session, record: Record, row_ids: Sequence[int]) -> None:
    """Forget the words of rows that are gone or blanked."""
    _forget(session, record, row_ids)


def rebuild(session: Session, record: Record) -> int:
    """Read the words of every row anew; gives how many rows. Inside `writing()` and `unscoped`."""
    session.execute(delete(SearchWord).where(SearchWord.record == record.key))
    model: Any = record.model
    after = count = 0
    while rows := session.scalars(
        select(model).where(model.id > after).order_by(model.id).limit(BLOCK)
    ).all():
        after, count = rows[-1].id, count + len(rows)
        index_rows(session, record, rows)
        session.expunge_all()
    return count


def _forget(session: Session, record: Record, row_ids: Iterable[int]) -> None:
    session.execute(
        delete(SearchWord).where(SearchWord.record == record.key, SearchWord.row_id.in_(list(row_ids)))
    )


def _words(record: Record, organisation_id: int, rows: Sequence[Any]) -> set[tuple[int, str, str]]:
    """Row, word and permission, for every searchable field."""
    found: set[tuple[int, str, str]] = set()
    for field in record.fields:
        if field.searchable:
            permission = permission_of(record, field)
            if field.key.startswith(PREFIX):
                permission = within(permission, current_gate().tree.by_id[organisation_id].controller_id)
            for row, value in zip(rows, values_of(field, rows), strict=True):
                found |= {(row.id, word, permission) for word in words_of(_spoken(field, value))}
    return found


def _spoken(field: Field, value: Any) -> Any:
    """What people call the value: a municipality has a name in each language, not a code."""
    return municipality_name(value) if field.type == "municipality" else value
