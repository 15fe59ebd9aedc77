"""How one hook of one plugin is doing, shared by all processes: its breaker, its failures, its times.

A breaker opens after three failures within ten minutes, counted from the first of them, or at once when a
call hung. For five minutes the hook is not called; the next call after that is a trial. Opening and closing
raise the epoch, so every process obeys at its next request without asking for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.modules.gating.gate import raise_epoch
from core.modules.health.running import Key
from core.modules.models import HookHealth

OPENS_AFTER = 3
WINDOW = timedelta(minutes=10)
OPEN_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Failure:
    """One failed call. `error` says what and where, without values; a hang opens the breaker at once.

    `counts` is False for jobs: one row that cannot be done must not hold up the others of its kind.
    """

    key: Key
    at: datetime
    error: str
    reference: str
    hang: bool = False
    counts: bool = True


@dataclass(frozen=True)
class Recovery:
    """A trial that went well."""

    key: Key
    at: datetime


@dataclass
class Times:
    """Calls of one hook, in microseconds."""

    calls: int = 0
    total_us: int = 0
    slowest_us: int = 0

    def add(self, microseconds: int) -> None:
        """Count one call."""
        self.calls += 1
        self.total_us += microseconds
        self.slowest_us = max(self.slowest_us, microseconds)

    def join(self, other: Times) -> None:
        """Count what was counted elsewhere too."""
        self.calls += other.calls
        self.total_us += other.total_us
        self.slowest_us = max(self.slowest_us, other.slowest_us)


def record(session: Session, events: Iterable[Failure | Recovery], times: Mapping[Key, Times]) -> None:
    """Write what happened, in the caller's write transaction. Rows are taken in one order by everybody."""
    changed = False
    for event in sorted(events, key=lambda e: (e.key, e.at)):
        row = row_of(session, event.key)
        changed |= _fail(row, event) if isinstance(event, Failure) else _recover(row, event.at)
    for key, found in sorted(times.items()):
        row = row_of(session, key)
        row.calls += found.calls
        row.total_us += found.total_us
        row.slowest_us = max(row.slowest_us, found.slowest_us)
    session.flush()
    if changed:
        raise_epoch(session)


def row_of(session: Session, key: Key) -> HookHealth:
    """The row of a hook, made when it is missing, and held until the transaction ends."""
    wanted = select(HookHealth).where(HookHealth.module == key[0], HookHealth.hook == key[1])
    found = session.scalar(wanted.with_for_update())
    if found is not None:
        return found
    table: Any = HookHealth.__table__
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    zeros = {"calls": 0, "total_us": 0, "slowest_us": 0, "failures": 0, "recent": 0}
    fresh = dialect.insert(table).values(module=key[0], hook=key[1], **zeros)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["module", "hook"]))
    return session.scalars(wanted.with_for_update()).one()


def close(row: HookHealth) -> None:
    """Call the hook again, with a clean sheet."""
    row.open_until, row.recent, row.recent_since = None, 0, None


def _fail(row: HookHealth, failure: Failure) -> bool:
    """Note a failure; whether the breaker opened, or opened again."""
    row.failures += 1
    row.last_error, row.last_reference, row.last_failed_at = failure.error, failure.reference, failure.at
    if not (failure.counts or failure.hang):
        return False
    if row.recent_since is None or failure.at - row.recent_since > WINDOW:
        row.recent, row.recent_since = 0, failure.at
    row.recent += 1
    if not (failure.hang or row.open_until is not None or row.recent >= OPENS_AFTER):
        return False
    row.open_until = failure.at + OPEN_FOR
    return True


def _recover(row: HookHealth, at: datetime) -> bool:
    """Close after a trial, unless another process has just seen it fail again."""
    if row.open_until is None or row.open_until > at:
        return False
    close(row)
    return True
