"""A lineage: one owner's migrations, and moving the database along them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, inspect

from core.database.base import Base
from core.database.lineages.pending import CORE, PREFIX
from core.database.lineages.revisions import core_folder, folder_of

if TYPE_CHECKING:
    from core.modules.plugin import Plugin

CORE_MODELS = ("organisations", "users", "experts", "modules", "outbox", "log")
# What autogenerate cannot compare on SQLite: constraints lose their names or their conditions there.
UNCOMPARED = frozenset({"add_constraint", "remove_constraint"})


@dataclass(frozen=True)
class Lineage:
    """The migrations of the core or of a plugin. `folder` is None where there are no tables."""

    name: str
    folder: Path | None

    @property
    def version_table(self) -> str:
        """Where the lineage's revision stands."""
        return f"{PREFIX}{self.name}"

    def owns(self, table: str) -> bool:
        """Whether the table is the owner's: the core's are those it maps, a plugin's begin with its name."""
        from core.modules.tables import core_tables

        return table in core_tables() if self.name == CORE else table.startswith(f"{self.name}_")

    @property
    def tables(self) -> list[Table]:
        """The mapped tables of the owner, each after those it refers to."""
        return [table for table in Base.metadata.sorted_tables if self.owns(table.name)]


def core_lineage() -> Lineage:
    """The core's, with its models imported."""
    for name in CORE_MODELS:
        import_module(f"core.{name}.models")
    return Lineage(CORE, core_folder())


def lineage_of(plugin: Plugin) -> Lineage:
    """A plugin's; its tables are not imported."""
    return Lineage(plugin.name, folder_of(plugin.package))


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
    names = inspect(connection).get_table_names()
    plugins = {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)} - {CORE}
    others = (PREFIX, *(f"{name}_" for name in plugins))
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
