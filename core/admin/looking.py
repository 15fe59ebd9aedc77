"""Who is shown whose data: the one place where pages of records write it down, before they answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from sqlalchemy import select

from core.extensions import db
from core.log import access
from core.records.description import Record
from core.scope import unscoped

F = TypeVar("F", bound=Callable[..., Any])


def looked(record: Record, rows: Iterable[Any], how: access.How) -> None:
    """The reader is about to be shown these rows; nothing for records that are not sensitive."""
    if record.sensitive:
        looked_at(record, subjects_of(record, rows), how)


def looked_at(record: Record, subjects: Collection[int], how: access.How) -> None:
    """The same, for people whose rows were read earlier."""
    if record.sensitive:
        access.seen(subjects, record=record.key, how=how)


def subjects_of(record: Record, rows: Iterable[Any]) -> set[int]:
    """Whom the rows are about."""
    found = {getattr(row, record.subject) for row in rows} if record.subject else set()
    return found - {None}


def turned_away(record: Record, row_id: int, organisation_id: int, actor_id: int) -> None:
    """Somebody asked by its address for a row they may not see; whose it is stands in the log as well."""
    if not record.sensitive:
        return
    subject: Any = getattr(record.model, record.subject)
    with unscoped("whose row was asked for by somebody who may not see it"):
        found = db.session().scalar(select(subject).where(record.model.id == row_id))
    access.refused(found, record=record.key, organisation_id=organisation_id, actor_id=actor_id)


def about(record: Record) -> Callable[[F], F]:
    """Declare which record's rows a view outside their own pages is about: so refusals are written down."""

    def mark(view: F) -> F:
        view.__about__ = record  # type: ignore[attr-defined]  # a mark on the function
        return view

    return mark


def note_refusal(view: object, row_ids: Iterable[int], organisation_id: int, actor_id: int) -> None:
    """The same, before there is a page: `view` is the one that was asked for, of whatever kind."""
    record = getattr(getattr(view, "__self__", None), "record", None) or getattr(view, "__about__", None)
    if isinstance(record, Record):
        for row_id in row_ids:
            turned_away(record, row_id, organisation_id, actor_id)
