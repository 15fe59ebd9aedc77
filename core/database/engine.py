"""Engine options and the events that make both databases keep the same promises."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event, make_url

from core.database.session import WRITING


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`. SQLite leaves BEGIN to us and waits for the lock.

    Parameters are hidden: an error's text in a log must not carry somebody's values.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return {"hide_parameters": True, "connect_args": {"isolation_level": None, "timeout": 20}}
    return {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}


def prepare_engine(engine: Engine) -> None:
    """Attach the begin (and, on SQLite, connect) rules to an application engine, once."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _configure_sqlite(connection: Any, _record: object) -> None:
    """Durable and strict: WAL, foreign keys, full sync."""
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    raw.read_only = not connection.get_execution_options().get(WRITING, False)
