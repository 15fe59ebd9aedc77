"""The session class, and `writing()`: the only way a change reaches the database.

A read transaction never becomes a writer. On SQLite a writer begins IMMEDIATE, because a plain BEGIN
loses concurrent updates silently; on PostgreSQL readers are READ ONLY, so the rule is kept by the server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

WRITING = "writing"
PATIENCE = "patience"
# The transaction was ended by somebody who may not: nothing of it can be committed any more.
SPOILED = "spoiled"
HELD = "connection"
flushing: ContextVar[bool] = ContextVar("flushing", default=False)


class ScopedSession(FlaskSession):
    """A session without bulk methods: they would pass by the scope and the flush guards."""

    def flush(self, objects: Any = None) -> None:
        """Flush, telling the cursor guard that these statements passed the flush guard."""
        token = flushing.set(True)
        try:
            super().flush(objects)
        finally:
            flushing.reset(token)

    def connection(
        self,
        bind_arguments: dict[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Connection:
        """The transaction's connection; finding it anew for each statement costs as much as building one.

        A savepoint is made when its own first connection is asked for, so it has one of its own here.
        """
        transaction, plain = self._innermost(), bind_arguments is None and execution_options is None
        held: tuple[Any, Connection] | None = self.info.get(HELD)
        if plain and held is not None and held[0] is transaction:
            return held[1]
        found = super().connection(bind_arguments, execution_options)
        self.info[HELD] = (self._innermost(), found)
        return found

    def _innermost(self) -> SessionTransaction | None:
        return self.get_nested_transaction() or self.get_transaction()

    def bulk_save_objects(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise RuntimeError("bulk methods pass by the scope")

    def bulk_insert_mappings(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise RuntimeError("bulk methods pass by the scope")

    def bulk_update_mappings(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused."""
        raise RuntimeError("bulk methods pass by the scope")


@contextmanager
def writing(patience: float | None = None) -> Iterator[Session]:
    """One short write transaction: begins, yields the session, commits; any error rolls all of it back.

    Hash passwords and parse files before entering. What was read earlier is forgotten and read again.
    Nested use joins the outer transaction. `patience` is how many seconds to wait for other writers, for
    what would rather be written later than make somebody wait.
    """
    from core.extensions import db

    session = db.session()
    if session.info.get(WRITING):
        yield session
        return
    session.rollback()
    session.info[WRITING] = True
    session.info.pop("gate", None)  # decide by what is true inside this transaction
    try:
        options = {WRITING: True} if patience is None else {WRITING: True, PATIENCE: patience}
        session.connection(execution_options=options)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in (WRITING, SPOILED, "gate", "epoch_raised"):
            session.info.pop(key, None)


@event.listens_for(ScopedSession, "before_flush")
def _refuse_unannounced(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """A flush outside `writing()` is a programming error, not a late surprise."""
    if not session.info.get(WRITING) and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a change outside writing()")
