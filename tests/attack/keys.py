"""Takes away the unique keys that stand behind the kernel's guard, as the owner: for tests that must fail."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import make_url

from core.testing.databases import DatabaseUrls

INDEXES = ("uq_fees_approval_step", "uq_fees_approval_person")
TABLES = ("fees_claim_event", "fees_approval", "outbox")


def drop_unique_keys(urls: DatabaseUrls) -> None:
    """From here on nothing in the database refuses a second event, approval or message."""
    if urls.kind == "sqlite":
        _rebuild_without_keys(str(make_url(urls.owner).database))
    else:
        _drop_constraints(urls.owner.replace("+psycopg", ""))


def _rebuild_without_keys(path: str) -> None:
    """SQLite keeps a primary key as long as the table: the rows move to one that has none."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA legacy_alter_table=ON")  # references keep naming the table, not its old rows
    connection.execute("PRAGMA foreign_keys=OFF")
    for name in TABLES:
        connection.execute(f"ALTER TABLE {name} RENAME TO {name}_with_keys")
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_with_keys")
    connection.close()


def _drop_constraints(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for name in INDEXES:
            connection.execute(f"DROP INDEX {name}")
        found = connection.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s)",
            [list(TABLES)],
        ).fetchall()
        for table, constraint in found:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}" CASCADE')
