"""Whether anything at all was changed in a database, asked from outside the application."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from typing import Any

import psycopg
from sqlalchemy import make_url

from core.testing.databases import DatabaseUrls

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# Who looked, or was refused, is written down on purpose.
LOOKING = "access_log"
ONE = """SELECT '{0}', count(*), coalesce(max(xmin::text::bigint), 0) FROM "{0}" """


class Changes:
    """Watches a database; `value` differs after any committed change of any table but the access log."""

    def __init__(self, urls: DatabaseUrls) -> None:
        """Connects as the owner."""
        self._connection: Any
        if urls.kind == "sqlite":
            self._connection = sqlite3.connect(str(make_url(urls.owner).database))
            self._version: Any = None
            self._digest = ""
        else:
            self._connection = psycopg.connect(urls.owner.replace("+psycopg", ""), autocommit=True)
            names = [row[0] for row in self._connection.execute(TABLES) if row[0] != LOOKING]
            self._query = " UNION ALL ".join(ONE.format(name) for name in names)

    def value(self) -> Any:
        """What to compare."""
        if isinstance(self._connection, sqlite3.Connection):
            return self._of_sqlite(self._connection)
        return sorted(self._connection.execute(self._query).fetchall())

    def _of_sqlite(self, connection: sqlite3.Connection) -> str:
        """SQLite tells only that something was changed; then all rows are read to see whether that counts."""
        version = connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version, found = version, sha256()
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            for (name,) in names.fetchall():
                if name not in (LOOKING, "sqlite_sequence"):
                    for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608  # its own names
                        found.update(repr((name, row)).encode())
            self._digest = found.hexdigest()
        return self._digest

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()
