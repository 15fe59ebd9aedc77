"""A lineage: one owner's migrations and tables. Without Alembic, so that start-up may ask."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, inspect

from core.database.base import Base
from core.database.lineages.pending import CORE, PREFIX
from core.database.lineages.revisions import core_folder, folder_of

if TYPE_CHECKING:
    from core.modules.spec.plugin import Plugin

OF_CORE = Path(__file__).parents[2]


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
        from core.modules.startup.tables import core_tables

        return table in core_tables() if self.name == CORE else table.startswith(f"{self.name}_")

    @property
    def tables(self) -> list[Table]:
        """The mapped tables of the owner, each after those it refers to."""
        return [table for table in Base.metadata.sorted_tables if self.owns(table.name)]


def migrated_modules(connection: Connection) -> set[str]:
    """Names of the plugins that have a version table, whether or not their package is there."""
    names = inspect(connection).get_table_names()
    return {name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)} - {CORE}


def droppable(connection: Connection, lineage: Lineage) -> list[str]:
    """The owner's tables as they stand in the database, mapped or not, each before those it refers to."""
    ordered = inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in reversed(ordered) if name is not None and lineage.owns(name)]


def core_lineage() -> Lineage:
    """The core's, with the models of every folder imported."""
    for file in sorted(OF_CORE.rglob("models.py")):
        folders = file.relative_to(OF_CORE).with_suffix("").parts
        import_module(".".join(("core", *folders)))
    return Lineage(CORE, core_folder())


def lineage_of(plugin: Plugin) -> Lineage:
    """A plugin's; its tables are not imported."""
    return Lineage(plugin.name, folder_of(plugin.package))
