"""Keeps triggers on SQLite while Alembic rebuilds a table: it drops the table, and triggers go with it."""

from __future__ import annotations

import re
from typing import Any

from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Connection, Table, text
from sqlalchemy.sql.elements import quoted_name

TRIGGERS = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"


class SQLiteKeepingTriggers(SQLiteImpl):
    """Alembic's SQLite: a table that takes the name of a dropped one gets its triggers back.

    So `op.batch_alter_table` loses none. A trigger that the change makes wrong, such as one that names a
    dropped column, is refused at the end: the migration drops it first and creates it anew afterwards.
    """

    __dialect__ = "sqlite"

    def drop_table(self, table: Table, **kw: Any) -> None:
        """Remember the table's triggers, then drop it."""
        kept: dict[str, list[str]] = self.__dict__.setdefault("kept", {})
        kept[table.name] = [sql for _, on, sql in _triggers(self._connected) if on == table.name]
        super().drop_table(table, **kw)

    def rename_table(
        self, old_table_name: str, new_table_name: str | quoted_name, schema: str | quoted_name | None = None
    ) -> None:
        """Rename; others' triggers that name the table stand aside meanwhile, as SQLite would refuse them."""
        name, connection = str(new_table_name), self._connected
        named = re.compile(rf"\b{re.escape(name)}\b")
        aside = {trigger: sql for trigger, _, sql in _triggers(connection) if named.search(sql)}
        for trigger in aside:
            connection.execute(text(f'DROP TRIGGER "{trigger}"'))
        super().rename_table(old_table_name, new_table_name, schema)
        for sql in [*aside.values(), *self.__dict__.get("kept", {}).pop(name, [])]:
            connection.exec_driver_sql(sql)

    @property
    def _connected(self) -> Connection:
        assert self.connection is not None  # noqa: S101  # migrations are never run without a database
        return self.connection


def check_triggers(connection: Connection) -> None:
    """Raise where a trigger of SQLite names what is not there; else the next writing would find it."""
    quote = connection.dialect.identifier_preparer.quote
    for table in sorted({on for _, on, _ in _triggers(connection)}):
        columns = [quote(row[1]) for row in connection.exec_driver_sql(f"PRAGMA table_info({quote(table)})")]
        same = ", ".join(f"{column} = {column}" for column in columns)
        for writing in (f"DELETE FROM {quote(table)}", f"UPDATE {quote(table)} SET {same}"):  # noqa: S608  # quoted names
            connection.exec_driver_sql(f"EXPLAIN {writing}")
        connection.exec_driver_sql(f"EXPLAIN INSERT INTO {quote(table)} DEFAULT VALUES")


def _triggers(connection: Connection) -> list[tuple[str, str, str]]:
    return [(name, on, sql) for name, on, sql in connection.exec_driver_sql(TRIGGERS)]
