"""The access log as staff of a controller read it: who was shown whose data, newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from core.database.types import HELSINKI
from core.log.models import AccessRow
from core.modules.gating.gate import current_gate
from core.records.listing import MalformedPage, row_number
from core.users.models import Person
from core.users.permissions import all_permissions

PAGE = 50
HOW: dict[str, Any] = {
    "page": _l("Opened the page"),
    "list": _l("Saw in a list"),
    "search": _l("Found in a search"),
    "export": _l("Took along in a file"),
    "refused": _l("Asked and was refused"),
}


class Wanted(NamedTuple):
    """What the address asks for: a person, a reader, days (both included), and where the page begins."""

    subject: int | None
    reader: int | None
    first: date | None
    last: date | None
    before: int | None


class Entry(NamedTuple):
    """One line, in words; ids for narrowing the list by it."""

    at: datetime
    subject_id: int | None
    subject: str
    reader_id: int | None
    reader: str
    organisation: str
    how: Any
    why: Any


def wanted(arguments: Mapping[str, str]) -> Wanted:
    """From an address; raises `MalformedPage` for what no form or link of ours has."""
    numbers = [_number(arguments.get(key, "")) for key in ("subject", "reader", "after")]
    first, last = _day(arguments.get("from", "")), _day(arguments.get("to", ""))
    return Wanted(numbers[0], numbers[1], first, last, numbers[2])


def entries(
    session: Session, organisations: Collection[int], asked: Wanted
) -> tuple[list[Entry], list[int], int | None]:
    """A page of lines of these organisations alone, whom they are about, and where the next page begins."""
    subject, reader = aliased(Person), aliased(Person)
    query = (
        select(AccessRow, subject.name, reader.name)
        .outerjoin(subject, subject.id == AccessRow.subject_id)
        .outerjoin(reader, reader.id == AccessRow.actor_id)
        .where(AccessRow.organisation_id.in_(sorted(organisations)), *_criteria(asked))
        .order_by(AccessRow.id.desc())
        .limit(PAGE + 1)
    )
    rows = session.execute(query).all()
    more = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    shown = [_entry(*row) for row in rows[:PAGE]]
    return shown, [each.subject_id for each in shown if each.subject_id is not None], more


def _criteria(asked: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.subject is not None:
        found.append(AccessRow.subject_id == asked.subject)
    if asked.reader is not None:
        found.append(AccessRow.actor_id == asked.reader)
    if asked.first is not None:
        found.append(AccessRow.at >= _begins(asked.first))
    if asked.last is not None:
        found.append(AccessRow.at < _begins(asked.last + timedelta(days=1)))
    if asked.before is not None:
        found.append(AccessRow.id < asked.before)
    return found


def _entry(row: AccessRow, subject: str | None, reader: str | None) -> Entry:
    node, permission = current_gate().tree.by_id[row.organisation_id], all_permissions().get(row.why)
    why = permission.label if permission else row.why
    return Entry(
        row.at, row.subject_id, subject or "", row.actor_id, reader or "", str(node.name),
        HOW.get(row.how, row.how), why,
    )  # fmt: skip


def _number(text: str) -> int | None:
    return row_number(text) if text else None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise MalformedPage(text) from None
    if found is not None and not 1990 <= found.year <= 2200:
        raise MalformedPage(text)
    return found


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HELSINKI)
