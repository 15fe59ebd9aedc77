"""A form that is still being written: kept as it was typed, for its writer alone, gone when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from core.api import now, reviewed, writing
from plugins.fees.errors import AlreadySent, FeeError
from plugins.fees.kernel.tables import DRAFT, insert_new
from plugins.fees.models import Draft
from plugins.fees.models.drafts import answer_key
from plugins.fees.reading import sent_number

MOST_TASKS = 20
LONGEST_VALUE = 2000
Typed = dict[str, str]


@dataclass(frozen=True)
class Answer:
    """The returned claim a draft answers, at the version its writer saw."""

    claim_id: int
    version: int


@dataclass(frozen=True)
class Unfinished:
    """An unfinished form: what was typed for each task, and the key that makes a double click one sheet."""

    key: str
    tasks: tuple[Typed, ...]
    saved_at: datetime
    answer: Answer | None = None


def drafts_of(session: Session, person_id: int) -> list[Unfinished]:
    """The person's unfinished forms, latest first."""
    rows = session.scalars(
        select(Draft).where(Draft.person_id == person_id).order_by(Draft.updated_at.desc())
    )
    return [_read(row) for row in rows]


def draft_of(session: Session, person_id: int, key: str) -> Unfinished | None:
    """One of the person's unfinished forms."""
    row = session.scalar(_wanted(person_id, key))
    return _read(row) if row is not None else None


def begun(session: Session, person_id: int, key: str) -> Unfinished | None:
    """The form of a key as far as it is written; raises `AlreadySent` when it has gone out."""
    found = draft_of(session, person_id, key)
    if found is None:
        _refuse_sent(session, person_id, key)
    return found


def _refuse_sent(session: Session, person_id: int, key: str) -> None:
    number = sent_number(session, person_id, key)
    if number is not None:
        raise AlreadySent(number)


def save_task(person_id: int, key: str, task: int | None, typed: Mapping[str, str]) -> None:
    """Keep what was typed for one task; without a number, or with one past the end, add a task.

    Adding the same words twice is a second click, and adds them once. Raises `AlreadySent` for a key that has
    gone out: nothing written under it could ever be sent.
    """
    kept = {name: value[:LONGEST_VALUE] for name, value in typed.items()}
    with writing() as session:
        row = _held(session, person_id, key)
        if row is None:
            _refuse_sent(session, person_id, key)
            row = _begin(session, person_id, key, {"tasks": []})
        tasks = list(row.data["tasks"])
        if task is not None and task < len(tasks):
            tasks[task] = kept
        elif kept not in tasks:
            tasks.append(kept)
        if len(tasks) > MOST_TASKS:
            raise FeeError("too_many_tasks", most=MOST_TASKS)
        row.data, row.updated_at = {**row.data, "tasks": tasks}, now()


def start_answer(person_id: int, answer: Answer, tasks: Sequence[Typed]) -> str:
    """Begin to correct a returned claim, or go on with it; gives the draft's key."""
    key = answer_key(answer.claim_id, answer.version)
    data = {"tasks": list(tasks), "claim": answer.claim_id, "version": answer.version}
    with writing() as session:
        if _held(session, person_id, key) is None:
            _begin(session, person_id, key, data)
    return key


def drop_task(person_id: int, key: str, task: int) -> None:
    """Take one task away; the last one stays."""
    with writing() as session:
        row = _held(session, person_id, key)
        tasks = list(row.data["tasks"]) if row is not None else []
        if row is not None and len(tasks) > 1 and task < len(tasks):
            row.data, row.updated_at = {**row.data, "tasks": tasks[:task] + tasks[task + 1 :]}, now()


def drop_draft(person_id: int, key: str) -> None:
    """Delete an unfinished form."""
    with writing() as session:
        session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.submit_key == key))


def _wanted(person_id: int, key: str) -> Select[Draft]:
    return select(Draft).where(Draft.person_id == person_id, Draft.submit_key == key)


def _held(session: Session, person_id: int, key: str) -> Draft | None:
    """The form, for this transaction alone: two windows write one after the other, and neither is lost."""
    return session.scalar(_wanted(person_id, key).with_for_update())


def _begin(session: Session, person_id: int, key: str, data: dict[str, Any]) -> Draft:
    """A new form; or the one somebody began under this key a moment ago, as it stands."""
    values = {"person_id": person_id, "submit_key": key, "data": data, "updated_at": now()}
    with reviewed(__name__):
        insert_new(session.connection(), DRAFT, values)
    return session.scalars(_wanted(person_id, key).with_for_update()).one()


def _read(row: Draft) -> Unfinished:
    data: dict[str, Any] = row.data
    answer = Answer(data["claim"], data["version"]) if "claim" in data else None
    return Unfinished(row.submit_key, tuple(data.get("tasks", [])), row.updated_at, answer)
