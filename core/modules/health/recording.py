"""What this process has seen of hooks, and writing it down once the request's own transaction has ended.

Nobody waits for it: writers in the way are given half a second, and what could not be written is kept for
the end of the next request.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
import traceback
from collections import deque
from pathlib import Path
from weakref import WeakSet

from flask import Flask, current_app, g, has_request_context
from sqlalchemy.exc import SQLAlchemyError

from core.database.session import writing
from core.database.types import now
from core.modules.calling.connections import give_back
from core.modules.health.breaker import Failure, Recovery, Times, record
from core.modules.health.running import Key
from core.modules.spec.refusals import HookFault

PATIENCE_SECONDS = 0.5
TIMES_EVERY_SECONDS = 60.0
MOST_KEPT = 500
log = logging.getLogger(__name__)


class Health:
    """One application's, in one process; threads share it."""

    def __init__(self) -> None:
        self.begin()
        _living.add(self)

    def begin(self) -> None:
        """Nothing seen yet; a forked process does not tell again what its parent saw."""
        self._lock = threading.Lock()
        self._events: deque[Failure | Recovery] = deque(maxlen=MOST_KEPT)
        self._times: dict[Key, Times] = {}
        self._written_at = time.monotonic()
        self._trials: set[Key] = set()

    def timed(self, key: Key, seconds: float) -> None:
        """Count a call's time."""
        with self._lock:
            self._times.setdefault(key, Times()).add(int(seconds * 1_000_000))

    def failed(self, key: Key, error: BaseException, *, counts: bool = True, more: str = "") -> str:
        """Note a failure for the operator and the breaker; gives its reference, which the log holds too."""
        reference = reference_now()
        text = described(error) + more
        log.error(
            "hook failed",
            extra={"plugin": key[0], "hook": key[1], "reference": reference, "what": text},
            exc_info=error,
        )
        self._note(Failure(key, now(), text, reference, counts=counts))
        return reference

    def recovered(self, key: Key) -> None:
        """Note that a trial went well."""
        self._note(Recovery(key, now()))

    def _note(self, event: Failure | Recovery) -> None:
        with self._lock:  # or it would be cleared away unseen while another thread writes
            self._events.append(event)

    def begin_trial(self, key: Key) -> bool:
        """Whether this thread may try a hook whose breaker was open: one at a time in a process."""
        with self._lock:
            if key in self._trials:
                return False
            self._trials.add(key)
            return True

    def end_trial(self, key: Key) -> None:
        """The trial is over, well or badly."""
        with self._lock:
            self._trials.discard(key)

    def write(self) -> None:
        """Write what waits, if anything does and it is time."""
        late = self._times and time.monotonic() - self._written_at >= TIMES_EVERY_SECONDS
        if not (self._events or late):
            return
        with self._lock:
            events, times = list(self._events), self._times
            self._events.clear()
            self._times, self._written_at = {}, time.monotonic()
        try:
            with current_app.app_context(), writing(PATIENCE_SECONDS) as session:
                record(session, events, times)
        except SQLAlchemyError as error:
            log.warning("health of hooks kept for later", extra={"why": type(error).__name__})
            with self._lock:
                self._events.extendleft(reversed(events))
                for key, found in times.items():
                    self._times.setdefault(key, Times()).join(found)


_living: WeakSet[Health] = WeakSet()


def _begin_all() -> None:
    for found in list(_living):
        found.begin()


os.register_at_fork(after_in_child=_begin_all)


def health() -> Health:
    """The current application's."""
    found: Health = current_app.extensions["kokemussilta.health"]
    return found


def install(app: Flask) -> None:
    """Write at the end of every request, job and command.

    Called before the database is attached: then the request has given back its own session by that time.
    """
    app.extensions["kokemussilta.health"] = Health()
    app.teardown_appcontext(_write)


def _write(_error: BaseException | None) -> None:
    for key in give_back():
        health().failed(key, HookFault("it kept a connection to the database"))
    health().write()


def reference_now() -> str:
    """The request's reference, as its error page shows it; a new one elsewhere."""
    if has_request_context() and "reference" in g:
        return str(g.reference)
    return secrets.token_hex(4)


def described(error: BaseException) -> str:
    """What failed and where, without the values of an error's text: those may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    if isinstance(error, HookFault):
        return str(error)
    return f"{type(error).__name__}{place}"
