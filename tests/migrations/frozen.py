"""Loads the dumps of released versions, and tells what stands in a database."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from core.testing.databases import APP

FOLDER = Path(__file__).parent / "frozen"
POSTGRESQL = {
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "grants": "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
    f" WHERE grantee = '{APP}'",
    "sequences": "SELECT object_name, privilege_type FROM information_schema.role_usage_grants"
    f" WHERE grantee = '{APP}'",
}
SQLITE = {
    "triggers": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "indexes": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
}


def versions() -> list[str]:
    """The versions that are kept."""
    return sorted({file.name.rsplit(".", 3)[0] for file in FOLDER.glob("*.sql.gz")})


def load(url: str, version: str) -> None:
    """Fill an empty database with a version's dump, as the owner."""
    with connected(url) as connection:
        text = gzip.decompress((FOLDER / f"{version}.{connection.dialect.name}.sql.gz").read_bytes()).decode()
        raw = connection.connection.driver_connection
        assert raw is not None  # a connection that was opened a moment ago
        if connection.dialect.name == "sqlite":
            raw.executescript(text)
        else:
            raw.execute(text)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One transaction, on a connection that nobody uses afterwards."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def counts(connection: Connection) -> dict[str, int]:
    """The number of rows of each table."""
    names = inspect(connection).get_table_names()
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}


def facts(connection: Connection) -> dict[str, set[tuple[str, str]]]:
    """Triggers, indexes and what else of the database is not in the models, each with its definition."""
    asked = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    found = {kind: connection.execute(text(statement)) for kind, statement in asked.items()}
    return {kind: {(name, _plain(str(what))) for name, what in rows} for kind, rows in found.items()}


def _plain(definition: str) -> str:
    """Without what PostgreSQL adds to an expression each time it is dumped and read again."""
    return " ".join(re.sub(r"::(character varying|text)(\[\])?|[()]", "", definition).split())
