"""What a plugin's import declares: tables and mapped classes, checked, and taken back when it fails.

They live in the process, not in the application, so a plugin that fails half-way would leave its own behind,
and what it changed of another's would stay changed. SQLAlchemy can take back a whole registry but not a part
of one; for that, `_undoing` reaches into it.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Mapper, RelationshipProperty, configure_mappers

from core.database.base import Base
from core.database.lineages.references import check_references
from core.modules.spec.plugin import Plugin
from core.modules.startup import undoing
from core.scope.enforcement import forget_tables
from core.scope.model import Scoped

# Why rows of a table belong to no organisation: `__table_args__ = ({"info": {UNSCOPED: "why"}},)`.
UNSCOPED = "unscoped"


class BadTables(ValueError):
    """A table or a mapped class that cannot be the plugin's; the text tells which."""


@dataclass(frozen=True)
class Declared:
    """What was declared in the process at one moment, with enough of it to put it back."""

    tables: Mapping[Table, undoing.TableParts]
    mappers: Mapping[Mapper[Any], undoing.MapperParts]
    registries: Collection[Any]
    scoped: tuple[type[Scoped], ...]
    modules: frozenset[str]

    @classmethod
    def now(cls) -> Declared:
        """As it is; mappers are configured first, so that what fails later is not theirs."""
        configure_mappers()
        return cls(
            {table: undoing.TableParts.of(table) for table in Base.metadata.tables.values()},
            {mapper: undoing.MapperParts.of(mapper) for mapper in Base.registry.mappers},
            undoing.registries(),
            tuple(Scoped.registry_of_scoped),
            frozenset(sys.modules),
        )

    @property
    def new_tables(self) -> list[Table]:
        """Tables that a plugin declared since; what it made the core import is the core's."""
        cores = _of_core(Base.registry.mappers)
        return [t for t in Base.metadata.tables.values() if t not in self.tables and t not in cores]

    @property
    def new_mappers(self) -> list[Mapper[Any]]:
        """Classes that a plugin mapped since."""
        new = (m for m in Base.registry.mappers if m not in self.mappers and not is_of_core(m))
        return sorted(new, key=lambda m: m.class_.__qualname__)

    def refuse_new(self) -> None:
        """Raise where tables were declared: facts and hooks are read without them."""
        if self.new_tables or self.new_mappers:
            raise BadTables("its tables come with register_models, not with the plugin itself or its hooks")

    def check(self, plugin: Plugin, required: Iterable[Plugin]) -> None:
        """Raise `BadTables` or `BadReference` unless all new is the plugin's own and the rest unchanged."""
        self._check_others()
        new, public = self.new_mappers, {t for other in required for t in other.public_tables}
        for mapper in new:
            _check_class(plugin, mapper)
        for table in self.new_tables:
            _check_name(plugin, table)
            _check_bounded(table, [m.class_ for m in new if m.local_table is table])
            check_references(plugin.name, [table], public)
        configure_mappers()
        self._check_others()

    def _check_others(self) -> None:
        """Nothing that was there before looks different now."""
        tables = sorted(t.name for t, parts in self.tables.items() if not parts.unchanged(t))
        if tables:
            raise BadTables(f"it changes tables of others: {', '.join(tables)}")
        classes = sorted(m.class_.__name__ for m, parts in self.mappers.items() if not parts.unchanged(m))
        if classes:
            raise BadTables(f"it changes classes of others: {', '.join(classes)}")
        if set(undoing.registries()) - set(self.registries):
            raise BadTables("it has a declarative base of its own; tables inherit from core.api.Model")

    def undo(self, package: str) -> None:
        """Take back all that was declared since, and forget the modules of `package` that declared it."""
        undoing.drop_half_mapped(Base.registry)
        new = self.new_mappers
        homes = {mapper.class_.__module__ for mapper in new}
        for mapper in new:
            undoing.dispose(mapper)
        for mapper, mapped in self.mappers.items():
            mapped.restore(mapper)
        for table in self.new_tables:
            Base.metadata.remove(table)
        for table, parts in self.tables.items():
            parts.restore(table)
        for registry in set(undoing.registries()) - set(self.registries):
            registry.dispose()
        Scoped.registry_of_scoped[:] = [
            m for m in Scoped.registry_of_scoped if m in self.scoped or _is_core(m.__module__)
        ]
        forget_tables()
        self._forget_modules(package, homes)

    def _forget_modules(self, package: str, homes: Collection[str]) -> None:
        """Imported anew they fail anew; from the cache they would come without their tables."""
        for name in sorted(set(sys.modules) - self.modules):
            if name in homes or name == package or name.startswith(f"{package}."):
                del sys.modules[name]
                parent, _, leaf = name.rpartition(".")
                vars(sys.modules.get(parent)).pop(leaf, None) if parent in sys.modules else None


@contextmanager
def without_tables(package: str) -> Iterator[None]:
    """What is imported inside declares no table; one that does raises, and nothing of it stays."""
    declared = Declared.now()
    try:
        yield
        declared.refuse_new()
    except BaseException:
        declared.undo(package)
        raise


def stamp(plugin: Plugin) -> None:
    """Write the plugin's name on its scoped classes, so that the scope asks the gate about their rows."""
    for model in Scoped.registry_of_scoped:
        if str(getattr(model, "__tablename__", "")).startswith(f"{plugin.name}_"):
            model.module = plugin.name


def core_tables() -> set[str]:
    """Names of the core's tables."""
    return {table.name for table in _of_core(Base.registry.mappers)}


def _of_core(mappers: Iterable[Mapper[Any]]) -> set[Table]:
    return {m.local_table for m in mappers if is_of_core(m) and isinstance(m.local_table, Table)}


def is_of_core(mapper: Mapper[Any]) -> bool:
    """Whether the mapped class is the core's own."""
    return _is_core(mapper.class_.__module__)


def _is_core(module: str) -> bool:
    return module.startswith("core.") and not module.startswith("core.testing.")


def _check_class(plugin: Plugin, mapper: Mapper[Any]) -> None:
    name, table = mapper.class_.__name__, mapper.local_table
    if mapper.inherits is not None and not _own(plugin, mapper.inherits.local_table):
        raise BadTables(f"{name} inherits from {mapper.inherits.class_.__name__}, which is not its own")
    if not _own(plugin, table):
        raise BadTables(f"{name} is mapped to {table}; its tables begin with {plugin.name}_")
    for prop in undoing.properties(mapper).values():
        if isinstance(prop, RelationshipProperty) and prop.backref:
            raise BadTables(f"{name}.{prop.key} has a backref, which changes the other class; say both sides")


def _own(plugin: Plugin, table: Any) -> bool:
    return isinstance(table, Table) and table.name.startswith(f"{plugin.name}_")


def _check_name(plugin: Plugin, table: Table) -> None:
    if not _own(plugin, table):
        raise BadTables(f"table {table.name} does not begin with {plugin.name}_")


def _check_bounded(table: Table, classes: Collection[type[Any]]) -> None:
    """Rows belong to organisations, or the table says why not."""
    if classes and all(issubclass(found, Scoped) for found in classes):
        return
    if not str(table.info.get(UNSCOPED, "")).strip():
        raise BadTables(f'table {table.name} is not Scoped; if it must be so, info={{"{UNSCOPED}": "why"}}')
