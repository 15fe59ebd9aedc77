"""Whether anything at all was changed in a database, asked from outside the application."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import make_url

from core.testing.databases import DatabaseUrls

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
ONE = """SELECT '{0}', count(*), coalesce(max(xmin::text::bigint), 0) FROM "{0}" """


class Changes:
    """Watches a database; `value` differs after any committed change of any table."""

    def __init__(self, urls: DatabaseUrls) -> None:
        """Connects as the owner."""
        self._connection: Any
        if urls.kind == "sqlite":
            self._connection = sqlite3.connect(str(make_url(urls.owner).database))
            self._query = "PRAGMA data_version"
        else:
            self._connection = psycopg.connect(urls.owner.replace("+psycopg", ""), autocommit=True)
            names = [row[0] for row in self._connection.execute(TABLES)]
            self._query = " UNION ALL ".join(ONE.format(name) for name in names)

    def value(self) -> Any:
        """What to compare."""
        return sorted(self._connection.execute(self._query).fetchall())

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()
