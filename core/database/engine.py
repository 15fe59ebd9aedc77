"""Engine options and the events that make both databases keep the same promises."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from core.database.session import PATIENCE, WRITING

RESTED = "rested_since"
PING_AFTER = 5.0  # seconds
BUSY_MILLISECONDS = 20_000


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`. SQLite leaves BEGIN to us and waits for the lock.

    Parameters are hidden: an error's text in a log must not carry somebody's values.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return {"hide_parameters": True, "connect_args": {"isolation_level": None, "timeout": 20}}
    return {"hide_parameters": True, "pool_size": 8, "max_overflow": 8}


def prepare_engine(engine: Engine) -> None:
    """Attach the begin (and, on SQLite, connect) rules to an application engine, once."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ping_rested, engine.dialect))


class PlanKeeper(psycopg.Connection[Any]):
    """A connection that keeps its prepared statements when a page ends.

    psycopg forgets them at every ROLLBACK, which is how SQLAlchemy ends what only read: then each statement
    is planned anew, and planning costs more than running it.
    """

    def rollback(self) -> None:
        """End the transaction; a COMMIT where nothing can have been written, for it means the same there.

        A page that was read whole is whole, though the server went away before its end: no error then.
        """
        if not self.read_only:
            super().rollback()
            return
        try:
            inside = self.pgconn.transaction_status == TransactionStatus.INTRANS
            self.commit() if inside else super().rollback()
        except psycopg.OperationalError:
            self.close()  # the pool sees it and takes another


def _connect_postgresql(
    _dialect: Dialect, _record: object, args: list[Any], kwargs: dict[str, Any]
) -> PlanKeeper:
    return PlanKeeper.connect(*args, **kwargs)


def _configure_sqlite(connection: Any, _record: object) -> None:
    """Durable and strict: WAL, foreign keys, full sync."""
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    write, patience = options.get(WRITING, False), options.get(PATIENCE)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
    if patience is not None:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={round(patience * 1000)}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
    finally:
        if patience is not None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _begin_postgresql(connection: Connection) -> None:
    """A page reads one moment, as on SQLite; a writer reads at each statement what holds then."""
    options = connection.get_execution_options()
    write, patience = options.get(WRITING, False), options.get(PATIENCE)
    raw: Any = connection.connection.driver_connection
    raw.read_only = not write
    raw.isolation_level = None if write else IsolationLevel.REPEATABLE_READ
    if patience is not None:
        raw.execute("SELECT set_config('lock_timeout', %s, true)", [f"{round(patience * 1000)}ms"])


def _note_rest(_raw: Any, record: ConnectionPoolEntry) -> None:
    record.info[RESTED] = time.monotonic()


def _ping_rested(dialect: Dialect, raw: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask whether the server is still there, but not twice in a request: it costs a journey each time."""
    if raw.closed:
        raise DisconnectionError("the server went away at the end of a page")
    if time.monotonic() - record.info.get(RESTED, time.monotonic()) < PING_AFTER:
        return
    try:
        dialect.do_ping(raw)
    except psycopg.Error as error:
        raise DisconnectionError("the server was restarted") from error
