"""Rules of work after commit: what waits, who has taken it, when it is tried again, when it is given up."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database.base import Base
from core.database.session import WRITING, writing
from core.database.types import now
from core.outbox.models import OutboxRow

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
HELD = timedelta(minutes=5)
MAX_ATTEMPTS = 12
ENDED = "the worker ended while doing this"
# Waits of 1, 3, 9 … 300 minutes, each up to a fifth longer: twelve tries outlast a day without a mail server.
FIRST_WAIT, GROWTH, LAST_WAIT, JITTER = timedelta(minutes=1), 3, timedelta(hours=5), 0.2


class Job(NamedTuple):
    """A row one worker holds until `lease`."""

    id: int
    kind: str
    organisation_id: int | None
    lease: datetime
    module: str | None = None


def insert_once(session: Session, model: type[Base], **values: Any) -> int | None:
    """Write a row unless its dedupe key is known; the new id, or None for a repeat. Joins the transaction."""
    if not session.info.get(WRITING):
        raise RuntimeError("a change outside writing()")
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # mypy: a mapped class may stand on a join, ours never do
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing(index_elements=["dedupe_key"])
    new_id: int | None = session.scalar(statement.returning(table.c.id))
    return new_id


def enqueue(
    session: Session,
    kind: str,
    dedupe_key: str,
    *,
    payload: dict[str, Any],
    module: str | None = None,
    organisation_id: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Have the worker do something once this transaction has committed; False when the key is known.

    `payload` holds ids only. A module's work runs in the scope of `organisation_id`, where the module is on.
    """
    created = now()
    values = {"kind": kind, "dedupe_key": dedupe_key, "payload": payload, "module": module}
    times = {"created_at": created, "next_at": at or created}
    return insert_once(session, OutboxRow, organisation_id=organisation_id, **values, **times) is not None


def due(at: datetime) -> ColumnElement[bool]:
    """Criterion of the rows a worker may take."""
    free = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until <= at)
    return and_(OutboxRow.state == "pending", OutboxRow.next_at <= at, free)


def take(session: Session, limit: int) -> list[Job]:
    """Lease up to `limit` due rows, the longest due first; rows another worker holds are passed over.

    A row whose lease ran out is taken alone: its worker may have ended of it, and then only it has to wait.
    """
    at = now()
    wanted = select(OutboxRow).where(due(at)).order_by(OutboxRow.next_at, OutboxRow.id).limit(limit)
    if session.scalar(wanted.with_only_columns(OutboxRow.id).limit(1)) is None:
        return []  # an idle worker never asks for the write lock
    with writing() as session:
        rows = list(session.scalars(wanted.with_for_update(skip_locked=True)))
        lost = next((row for row in rows if row.lease_until is not None), None)
        if lost is not None:
            others = [row for row in rows if row.lease_until is None]
            rows = [lost] if _count_end(lost) else others
        for row in rows:
            row.lease_until = at + LEASE
        return [Job(row.id, row.kind, row.organisation_id, at + LEASE, row.module) for row in rows]


def _count_end(row: OutboxRow) -> bool:
    """Count an attempt of a worker that ended; whether the row is done again at once: only the first time."""
    _count(row, ENDED)
    return row.attempts == 1


def release(jobs: Iterable[Job]) -> None:
    """Give back rows that were taken and not started."""
    with writing() as session:
        for job in jobs:
            if (row := held_row(session, job)) is not None:
                row.lease_until = None


def held_row(session: Session, job: Job) -> OutboxRow | None:
    """The job's row, locked for this transaction; None when it is done or another worker took it over."""
    mine = and_(OutboxRow.id == job.id, OutboxRow.state == "pending", OutboxRow.lease_until == job.lease)
    return session.scalar(select(OutboxRow).where(mine).with_for_update())


def keep_for_later(row: OutboxRow) -> None:
    """Look at the row again in five minutes, without counting an attempt."""
    row.lease_until, row.next_at = None, now() + HELD


def mark_done(row: OutboxRow) -> None:
    """The work is done."""
    row.state, row.lease_until, row.last_error = "done", None, None


def record_failure(row_id: int, error: str) -> None:
    """Count an attempt; try again later, or after twelve give up, visibly."""
    with writing() as session:
        pending = select(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.state == "pending")
        if (row := session.scalar(pending.with_for_update())) is None:
            return
        _count(row, error)


def _count(row: OutboxRow, error: str) -> None:
    row.attempts += 1
    row.lease_until, row.last_error = None, error
    row.next_at = now() + wait_after(row.attempts)
    if row.attempts >= MAX_ATTEMPTS:
        row.state = "failed"


def wait_after(attempts: int) -> timedelta:
    """How long to wait after that many attempts: between one minute and six hours."""
    wait = min(FIRST_WAIT.total_seconds() * GROWTH ** (attempts - 1), LAST_WAIT.total_seconds())
    # Chance spreads the retries of one outage; nothing secret hangs on it.
    return timedelta(seconds=wait * random.uniform(1, 1 + JITTER))  # noqa: S311


def retry(row_id: int) -> bool:
    """Try an undelivered row again at once, with all its attempts; False when there is no such row.

    One that was put aside, too.
    """
    again = {"state": "pending", "attempts": 0, "next_at": now()}
    undelivered = and_(OutboxRow.id == row_id, OutboxRow.state != "done")
    with writing() as session:
        changed = session.execute(update(OutboxRow).where(undelivered).values(again).returning(OutboxRow.id))
        return changed.first() is not None


def drop(row_id: int) -> bool:
    """Put a row that was given up aside: it is never done, and holds nothing any more. The log names it.

    False when no row of that number was given up. It stays in the table, with its last error.
    """
    given_up = and_(OutboxRow.id == row_id, OutboxRow.state == "failed")
    named = (OutboxRow.kind, OutboxRow.module, OutboxRow.organisation_id, OutboxRow.dedupe_key)
    with writing() as session:
        changed = session.execute(
            update(OutboxRow).where(given_up).values(state="dropped").returning(*named)
        ).first()
    if changed is None:
        return False
    kind, module, organisation_id, key = changed
    what = {"row": row_id, "kind": kind, "owner": module, "organisation": organisation_id, "key": key}
    log.warning("work put aside", extra=what)
    return True


def failed(session: Session, limit: int = 200) -> list[OutboxRow]:
    """Rows that were given up, oldest first."""
    given_up = select(OutboxRow).where(OutboxRow.state == "failed")
    return list(session.scalars(given_up.order_by(OutboxRow.id).limit(limit)))


def waiting_since(session: Session) -> datetime | None:
    """Since when the oldest row that should have been delivered waits; None when nothing does."""
    late = or_(OutboxRow.next_at <= now(), OutboxRow.attempts > 0)
    return session.scalar(select(func.min(OutboxRow.created_at)).where(OutboxRow.state == "pending", late))
