"""What the database holds of a module, whether or not its package is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, select

from core.database.lineages.lineage import Lineage, droppable, migrated_modules
from core.database.lineages.pending import PREFIX
from core.modules.models import HookHealth, InstalledModule, ModuleSecret, ModuleSettings, ModuleState
from core.modules.startup.discovery import GROUP
from core.modules.startup.tables import core_tables
from core.outbox.models import OutboxRow


def table_of(model: Any) -> Table:
    """A mapped class's one table."""
    found: Table = model.__table__
    return found


# The core's rows about a module, by what an operator calls them.
KEPT: Mapping[str, Table] = {
    "states": table_of(ModuleState),
    "settings": table_of(ModuleSettings),
    "secrets": table_of(ModuleSecret),
    "health": table_of(HookHealth),
    "work after commit": table_of(OutboxRow),
}


@dataclass(frozen=True)
class Remains:
    """What there is of one module: its tables, the core's rows about it, and the version last seen."""

    name: str
    version: str = ""
    tables: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.version or self.tables or any(self.rows.values()))


def package_is_there(module: str) -> bool:
    """Whether some package offers the module, whether or not it works."""
    return module in {entry.name for entry in entry_points(group=GROUP)}


def orphans(connection: Connection) -> list[Remains]:
    """Modules that the database knows and no package offers, by name."""
    return [remains(connection, name) for name in known(connection) if not package_is_there(name)]


def known(connection: Connection) -> list[str]:
    """Every module the database has something of."""
    names = set(connection.scalars(select(table_of(InstalledModule).c.name)))
    for table in KEPT.values():
        names |= set(connection.scalars(select(table.c.module).where(table.c.module.is_not(None)).distinct()))
    return sorted(names | migrated_modules(connection))


def remains(connection: Connection, module: str) -> Remains:
    """What there is of the module."""
    installed = table_of(InstalledModule)
    version = connection.scalar(select(installed.c.version).where(installed.c.name == module)) or ""
    return Remains(module, version, tuple(tables_of(connection, module)), kept_rows(connection, module))


def kept_rows(connection: Connection, module: str) -> dict[str, int]:
    """How many rows the core has about the module, by what they are."""
    count = select(func.count())
    return {
        what: connection.scalar(count.select_from(table).where(table.c.module == module)) or 0
        for what, table in KEPT.items()
    }


def tables_of(connection: Connection, module: str) -> list[str]:
    """The module's tables, each before those it refers to, and then the one with its version."""
    lineage = Lineage(module, None)
    versions = [lineage.version_table] if module in migrated_modules(connection) else []
    return [*droppable(connection, lineage), *versions]


def nobodys(connection: Connection) -> list[str]:
    """Tables that are neither the core's nor a known module's."""
    there = {entry.name for entry in entry_points(group=GROUP)}
    owners = [Lineage(name, None) for name in {*known(connection), *there}]
    return [
        name
        for name in sorted(inspect(connection).get_table_names())
        if not name.startswith(PREFIX)
        and name not in core_tables()
        and not any(owner.owns(name) for owner in owners)
    ]
