"""Standing where a person stands at `/me`, on a session apart: only what is theirs is read or written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from flask_babel import force_locale

from core.extensions import db
from core.formats import language
from core.scope import PersonScope, set_scope


@contextmanager
def standing_as(person_id: int) -> Iterator[None]:
    """A context with the person's scope, in the reader's language; its session ends with it."""
    words = language()
    with current_app.app_context(), force_locale(words):
        set_scope(db.session(), PersonScope(person_id))
        try:
            yield
        finally:
            db.session.remove()
