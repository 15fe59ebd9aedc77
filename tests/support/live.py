"""WSGI entries for tests: the product with test settings, and the product with its guards taken out.

`REFUSALS` in the environment names a file that gets one line for each time a unique key of the database had
to refuse a row: behind a guard that works, none ever has to.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import TestConfig
from core import create_app
from core.extensions import db
from core.scope import reviewed

REFUSALS = "KOKEMUSSILTA_TEST_REFUSALS"
# A file, and how many clients meet there: none writes before that many have read.
MEETING = "KOKEMUSSILTA_TEST_MEETING"
# The age in seconds at which a request ends its process.
OVER_AGE = "KOKEMUSSILTA_TEST_OVER_AGE"
PATIENCE_SECONDS = 20.0
_early: ContextVar[list[Any] | None] = ContextVar("early", default=None)
_lock = threading.Lock()


def guarded() -> Flask:
    """The product as it is."""
    application = create_app(
        TestConfig(
            database_url=os.environ["DATABASE_URL"],
            database_owner_url=os.environ["DATABASE_OWNER_URL"],
            base_url=os.environ["BASE_URL"],
            request_max_seconds=int(os.environ.get(OVER_AGE, "0")),
        )
    )
    if os.environ.get(REFUSALS):
        with application.app_context():
            event.listen(db.engine, "handle_error", _note_refusal)
    return application


def unguarded() -> Flask:
    """The product whose step reads the claim before it begins, and writes whatever is there by then."""
    from plugins.fees.kernel import transition, writes

    read, move_many = vars(transition)["read_claims"], transition.transition_many

    def read_early(items: Sequence[tuple[int, int]], *arguments: Any, **named: Any) -> Any:
        with reviewed(__name__):
            _early.set(read(db.session(), [claim_id for claim_id, _version in items]))
        _meet(*os.environ[MEETING].split("*"))
        try:
            return move_many(items, *arguments, **named)
        finally:
            _early.set(None)

    def as_read(session: Session, ids: Sequence[int]) -> Any:
        early = _early.get()
        _early.set(None)  # whoever asks again, to say who was first, is told the truth
        return early or read(session, ids)

    vars(transition).update(read_claims=as_read, transition_many=read_early)
    vars(writes).update(MOVE_CLAIMS=writes.move_statement(guarded=False))
    return guarded()


def _meet(place: str, number: str) -> None:
    """Wait until that many clients, of whatever process, have come."""
    path, deadline = Path(place), time.monotonic() + PATIENCE_SECONDS
    with _lock, path.open("a", encoding="utf-8") as file:
        file.write("here\n")
    while len(path.read_text(encoding="utf-8").splitlines()) < int(number) and time.monotonic() < deadline:
        time.sleep(0.02)


def _note_refusal(context: ExceptionContext) -> None:
    if isinstance(context.sqlalchemy_exception, IntegrityError):
        with _lock, Path(os.environ[REFUSALS]).open("a", encoding="utf-8") as file:
            file.write(f"{type(context.original_exception).__name__}\n")
