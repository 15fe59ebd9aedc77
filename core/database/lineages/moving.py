"""Moving the database along a lineage, and comparing it with the models. Alembic is loaded here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from core.database.base import Base
from core.database.lineages.lineage import Lineage, migrated_modules
from core.database.lineages.pending import CORE, PREFIX
from core.database.lineages.revisions import core_folder

# What autogenerate cannot compare on SQLite: constraints lose their names or their conditions there.
UNCOMPARED = frozenset({"add_constraint", "remove_constraint"})


def up(connection: Connection, lineage: Lineage, to: str = "head") -> None:
    """Run the migrations up to a revision, in the connection's transaction."""
    if lineage.folder is not None:
        command.upgrade(_config(lineage, connection), to)


def down(connection: Connection, lineage: Lineage, to: str = "base") -> None:
    """Undo the migrations down to a revision, in the connection's transaction."""
    if lineage.folder is not None:
        command.downgrade(_config(lineage, connection), to)


def write_next(connection: Connection, lineage: Lineage, message: str) -> None:
    """Write a new migration from the difference between the owner's tables and models."""
    config = _config(lineage, connection)
    command.revision(config, message, autogenerate=True, version_path=str(lineage.folder))


def differences(connection: Connection, lineage: Lineage) -> list[Any]:
    """Where the owner's tables are not its models; empty after a whole upgrade."""
    owns = _in_database(connection, lineage)

    def of_owner(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or owns(str(name))

    context = MigrationContext.configure(connection, opts={"include_object": of_owner})
    found = compare_metadata(context, Base.metadata)
    unsure = UNCOMPARED if connection.dialect.name == "sqlite" else frozenset()
    return [d for d in found if not (isinstance(d, tuple) and d[0] in unsure)]


def _in_database(connection: Connection, lineage: Lineage) -> Callable[[str], bool]:
    """Which tables are the owner's; the core's are all that no plugin claims, a missing one neither."""
    if lineage.name != CORE:
        return lineage.owns
    others = (PREFIX, *(f"{name}_" for name in migrated_modules(connection)))
    return lambda table: lineage.owns(table) or not table.startswith(others)


def _config(lineage: Lineage, connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(core_folder().parent))
    config.set_main_option("version_locations", str(lineage.folder))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(
        connection=connection,
        version_table=lineage.version_table,
        owns=_in_database(connection, lineage),
    )
    return config
