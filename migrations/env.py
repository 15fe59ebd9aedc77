"""Runs one lineage's migrations on the connection that `core.database.lineages` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import JSON, DateTime

from core.database.base import Base
from core.database.lineages import rebuilding  # noqa: F401  # Alembic finds it by its dialect
from core.database.types import TextsType, UtcDateTime

attributes = context.config.attributes


def _render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as plain ones: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, TextsType):
        return "sa.JSON()"
    return False


def _same_type(_context: Any, _inspected: Any, _column: Any, found: Any, wanted: Any) -> bool | None:
    """SQLite and our decorators differ in name only."""
    if isinstance(wanted, UtcDateTime | TextsType):
        return not isinstance(found, DateTime | JSON)
    return None


def _of_lineage(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Each lineage sees its own tables only, and none sees the version tables."""
    if kind == "table":
        return not str(name).startswith("alembic_version_") and bool(attributes["owns"](name))
    return True


context.configure(
    connection=attributes["connection"],
    target_metadata=Base.metadata,
    version_table=attributes["version_table"],
    include_object=_of_lineage,
    render_item=_render,
    compare_type=_same_type,
    render_as_batch=False,
    transaction_per_migration=False,
)
context.run_migrations()
