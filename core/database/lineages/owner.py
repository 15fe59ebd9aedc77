"""The owner's connection: one transaction for each lineage, and the app role's grants after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

from core.database.lineages.lineage import Lineage
from core.database.lineages.rebuilding import check_triggers

# Any number will do: it keeps two hosts from migrating at the same time.
LOCK = 4047
GRANTS = {
    "rw": "SELECT, INSERT, UPDATE, DELETE",
    "keep": "SELECT, INSERT, UPDATE",
    "append": "SELECT, INSERT",
    "aged": "SELECT, INSERT, DELETE",
}


@contextmanager
def owner_engine(url: str) -> Iterator[Engine]:
    """An engine for migrations. On SQLite foreign keys are off: a table rebuilt with them on loses rows."""
    sqlite = make_url(url).get_backend_name() == "sqlite"
    options = {"isolation_level": None, "timeout": 20} if sqlite else {}
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=options)
    if sqlite:
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """All of a lineage or nothing of it; waits for whoever migrates now. Refuses to leave broken rows."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        yield connection
        if engine.dialect.name == "sqlite":
            _check_foreign_keys(connection)
            check_triggers(connection)


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        rows = ", ".join(f"{table} {row} (refers to {parent})" for table, row, parent, _ in broken[:5])
        raise RuntimeError(f"{len(broken)} rows would refer to what is not there: {rows}")


def grant(connection: Connection, lineage: Lineage, role: str) -> None:
    """Give the app role exactly its rights on the owner's tables; on PostgreSQL, where the role is another.

    No DDL, and no DELETE on money and logs: `info={"grants": …}` of a table says which. From "aged" ones
    only rows go that a trigger finds old enough.
    """
    if connection.dialect.name != "postgresql" or role == connection.engine.url.username:
        return
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}):
        quote = connection.dialect.identifier_preparer.quote
        for statement in _grants(connection, lineage, quote(role)):
            connection.execute(text(statement))


def _grants(connection: Connection, lineage: Lineage, role: str) -> Sequence[str]:
    quote = connection.dialect.identifier_preparer.quote
    present = set(inspect(connection).get_table_names())
    statements = [f"GRANT USAGE ON SCHEMA public TO {role}"]
    for table in lineage.tables:
        if table.name in present:
            rights, name = GRANTS[table.info.get("grants", "rw")], quote(table.name)
            statements += [f"REVOKE ALL ON {name} FROM {role}", f"GRANT {rights} ON {name} TO {role}"]
    if lineage.version_table in present:
        statements.append(f"GRANT SELECT ON {quote(lineage.version_table)} TO {role}")
    return [*statements, f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}"]
