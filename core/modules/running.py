"""What each thread of this process is doing, for the watchdog: a request or a job, and the hook in it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Key = tuple[str, str]


@dataclass
class Running:
    """A request or a job. `limit` is the age in seconds at which its process is ended, 0 for never."""

    what: str
    since: float
    limit: int
    database_url: str
    hook: Key | None = None

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.since


running: dict[int, Running] = {}
os.register_at_fork(after_in_child=running.clear)


@contextmanager
def in_hook(key: Key) -> Iterator[None]:
    """Note the hook that this thread is calling."""
    found = running.get(threading.get_ident())
    if found is None:
        yield
        return
    before, found.hook = found.hook, key
    try:
        yield
    finally:
        found.hook = before
