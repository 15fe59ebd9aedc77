"""Rows that hold all the words asked for, or words that begin so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from core.records.description import Record
from core.records.rights import May, searchable
from core.search.models import SearchWord
from core.search.services import permission_of, within
from core.search.words import asked

MOST_ASKED = 8
LAST = chr(0x10FFFF)


def holding(
    record: Record,
    text: str,
    may: May,
    controllers: Collection[int | None] = (),
    owned: ColumnElement[bool] | None = None,
) -> ColumnElement[bool] | None:
    """What narrows a query on the record's table; None where there is nothing to look for or find by.

    `controllers` are those the reader looks from: fields added there are found by as well, and no others.
    `owned` narrows those to rows of organisations within reach: who sees a row by a grant is not shown them.
    """
    permissions = {permission_of(record, field) for field in searchable(record, may)}
    added = {within(record.read, each) for each in controllers}
    words = asked(text)[:MOST_ASKED]
    if not words or not (permissions or added):
        return None
    return and_(*(_with_word(record, word, permissions, added, owned) for word in words))


def _with_word(
    record: Record,
    word: str,
    permissions: Collection[str],
    added: Collection[str],
    owned: ColumnElement[bool] | None,
) -> ColumnElement[bool]:
    if owned is None or not added:
        return _found(record, word, {*permissions, *added})
    return or_(_found(record, word, permissions), and_(owned, _found(record, word, added)))


def _found(record: Record, word: str, permissions: Collection[str]) -> ColumnElement[bool]:
    model: Any = record.model
    rows = select(SearchWord.row_id).where(
        SearchWord.record == record.key,
        SearchWord.word >= word,
        SearchWord.word < word + LAST,
        SearchWord.permission.in_(sorted(permissions)),
    )
    found: ColumnElement[bool] = model.id.in_(rows)
    return found
