"""Migrations make exactly the models' tables, on both databases, and can be undone."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from core.database.base import Base
from core.database.migrate import downgrade, lineages, upgrade
from tests.support.databases import DatabaseUrls


def test_migrated_tables_are_the_models(database: DatabaseUrls) -> None:
    lineages()  # imports every model
    engine = create_engine(database.owner)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        differences = [d for d in compare_metadata(context, Base.metadata) if not _known(d)]
    engine.dispose()
    assert differences == []


def _ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and str(name).startswith("alembic_version_"))


def _known(difference: object) -> bool:
    """SQLite cannot tell partial unique indexes and check constraints apart when it is read back."""
    return isinstance(difference, tuple) and difference[0] in {"add_constraint", "remove_constraint"}


def test_upgrade_twice_and_down_again(database: DatabaseUrls) -> None:
    upgrade(database.owner)
    downgrade(database.owner)
    engine = create_engine(database.owner)
    left = [t for t in inspect(engine).get_table_names() if not t.startswith("alembic_version_")]
    engine.dispose()
    assert left == []
    upgrade(database.owner)
