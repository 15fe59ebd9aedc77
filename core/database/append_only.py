"""Triggers that keep a table of the core as it was written: rows are only added. For migrations."""

from __future__ import annotations

from collections.abc import Collection

from alembic import op

FUNCTION = "core_append_only"


def protect(table: str, events: Collection[str] = ("UPDATE", "DELETE")) -> None:
    """Refuse to change or delete the table's rows, whoever asks."""
    for event in events:
        _refuse(table, event)


def keep_for_years(table: str, column: str, years: int) -> None:
    """Refuse to delete rows until so many years after the instant in `column`, and where it is empty."""
    since = f"OLD.{column}"
    if op.get_context().dialect.name == "postgresql":
        young = f"{since} > now() - interval '{years} years'"
    else:
        young = f"{since} > datetime('now', '-{years} years')"
    _refuse(table, "DELETE", f"WHEN ({since} IS NULL OR {young})")


def _refuse(table: str, event: str, when: str = "") -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION '% is only added to', TG_TABLE_NAME; END $$"
        )
    refuse = (
        f"EXECUTE FUNCTION {FUNCTION}()"
        if postgresql
        else f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
    )
    name = f"{table}_no_{event.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} {refuse}")


def release(table: str) -> None:
    """Take the triggers away again."""
    on = f" ON {table}" if op.get_context().dialect.name == "postgresql" else ""
    for event in ("update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")
