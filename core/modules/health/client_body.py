"""The body of a request, read so that a slow client's time does not count as the request's age."""

from __future__ import annotations

import io
import threading
from typing import Any

from core.modules.health.running import running


class ClientBody(io.RawIOBase):
    """`wsgi.input` as it is, noting for the watchdog each time that it is waited for."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self._body = body

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, or all."""
        return self._waited("read", size)

    def readline(self, size: int | None = -1) -> bytes:
        """One line of at most `size` bytes."""
        return self._waited("readline", -1 if size is None else size)

    def readinto(self, buffer: Any) -> int:
        """As `read`, into a buffer."""
        found = self._waited("read", len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def _waited(self, how: str, size: int) -> bytes:
        call = getattr(self._body, how)
        found = running.get(threading.get_ident())
        if found is None:
            return bytes(call(size) if size >= 0 else call())
        with found.for_client():
            return bytes(call(size) if size >= 0 else call())
