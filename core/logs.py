"""Structured logs: one JSON object a line, safe from injected line breaks, with the request's reference.

What an error says may be somebody's name or number, so logs tell its type and where it was raised, and its
words only where they are the database's own about itself (security: no personal data in technical logs).
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

from flask import g, has_request_context
from sqlalchemy.exc import OperationalError

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON with its extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback stays inside the string."""
        entry = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if has_request_context() and "reference" in g:
            entry["reference"] = g.reference
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)

    def formatException(self, ei: _ExcInfo) -> str:  # the name is logging's
        """The traceback without the values of errors, those that led to it included."""
        return "".join(_told(ei[1], set())) if ei[1] is not None else ""


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    """As Python prints it, the first cause first; each error once."""
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield "\nThen:\n\n"
    yield "Traceback (most recent call last):\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}{_words(error)}\n"
    for each in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from _told(each, seen) if id(each) not in seen else ()


def _words(error: BaseException) -> str:
    """Of a database that is away or full, what its driver says; never a statement's values."""
    return f": {error.orig}" if isinstance(error, OperationalError) else ""


def configure_logs() -> None:
    """Send the product's logs to standard error as JSON, once per process."""
    logger = logging.getLogger("core")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        for name in ("core", "plugins"):
            logging.getLogger(name).addHandler(handler)
            logging.getLogger(name).setLevel(logging.INFO)
