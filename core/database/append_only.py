"""Triggers that keep a table of the core as it was written: rows are only added. For migrations."""

from __future__ import annotations

from alembic import op

FUNCTION = "core_append_only"


def protect(table: str) -> None:
    """Refuse to change or delete the table's rows, whoever asks."""
    postgresql = op.get_context().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME; END $$"
        )
    for event in ("UPDATE", "DELETE"):
        name = f"{table}_no_{event.lower()}"
        refuse = (
            f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {refuse}")


def release(table: str) -> None:
    """Take the triggers away again."""
    on = f" ON {table}" if op.get_context().dialect.name == "postgresql" else ""
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")
