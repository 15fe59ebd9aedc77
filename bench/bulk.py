"""Filling tables by COPY, as the owner of the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import JSON, Table, make_url
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = Mapping[str, Any]


def connect(url: str) -> psycopg.Connection:
    """A connection of psycopg's own to the database SQLAlchemy calls `url`."""
    found = make_url(url)
    return psycopg.connect(user=found.username, dbname=found.database, host=str(found.query["host"]))


def copy_rows(connection: psycopg.Connection, model: type[Any], rows: Iterable[Row]) -> int:
    """Write rows by COPY and give their number. Columns left out get the model's plain default, else NULL."""
    table: Table = model.__table__
    names = [column.name for column in table.columns]
    defaults = {
        c.name: c.default.arg for c in table.columns if isinstance(c.default, ScalarElementColumnDefault)
    }
    documents = {c.name for c in table.columns if isinstance(_plain(c.type), JSON)}
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    written = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = {**defaults, **row}
            copy.write_row([_value(values.get(name), name in documents) for name in names])
            written += 1
    # Foreign keys of the tables that follow are checked by plans made now: without it they scan whole tables.
    connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    return written


def _plain(kind: Any) -> Any:
    """The type underneath a decorated one."""
    return getattr(kind, "impl_instance", kind)


def _value(value: Any, document: bool) -> Any:
    return json.dumps(value, ensure_ascii=False) if document and value is not None else value


def settle(connection: psycopg.Connection, tables: Iterable[Table]) -> None:
    """Set the numbering after the copied rows, commit, and let the planner know what is there."""
    found = list(tables)
    for table in found:
        if "id" in table.c:
            _set_sequence(connection, table.name)
    connection.commit()
    connection.autocommit = True
    for table in found:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table.name)))
    connection.autocommit = False


def _set_sequence(connection: psycopg.Connection, table: str) -> None:
    found = connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table]).fetchone()
    if found is not None and found[0] is not None:
        last = sql.SQL("SELECT setval(%s, (SELECT COALESCE(max(id), 0) + 1 FROM {}), false)")
        connection.execute(last.format(sql.Identifier(table)), [found[0]])
