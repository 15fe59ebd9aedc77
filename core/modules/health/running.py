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
    # When the client began to be waited for; None while it is not.
    waiting_since: float | None = None

    @property
    def age(self) -> float:
        """Seconds since it began, without those spent waiting for the client."""
        until = self.waiting_since
        return (time.monotonic() if until is None else until) - self.since

    @contextmanager
    def for_client(self) -> Iterator[None]:
        """Waiting for what the client sends is no work of ours that hangs."""
        begun = self.waiting_since = time.monotonic()
        try:
            yield
        finally:
            self.since += time.monotonic() - begun
            self.waiting_since = None


running: dict[int, Running] = {}
os.register_at_fork(after_in_child=running.clear)


_here = threading.local()


def hook_here() -> Key | None:
    """The hook that this thread is calling now."""
    found: Key | None = getattr(_here, "key", None)
    return found


class InHook:
    """Notes the hook that this thread is calling, as long as it does; cheap, for every call has one."""

    __slots__ = ("_before", "_found", "_key", "_outer")

    def __init__(self, key: Key) -> None:
        self._key = key

    def __enter__(self) -> None:
        """The hook is being called."""
        self._outer, _here.key = hook_here(), self._key
        found = self._found = running.get(threading.get_ident())
        if found is not None:
            self._before, found.hook = found.hook, self._key

    def __exit__(self, *_error: object) -> None:
        """Back to what was called before."""
        _here.key = self._outer
        if self._found is not None:
            self._found.hook = self._before
