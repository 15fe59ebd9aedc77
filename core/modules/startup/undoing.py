"""Taking back single tables and mapped classes. SQLAlchemy forgets a whole registry, not a part of one.

Its private parts are used here and only here; its version is pinned, and tests take back one of each kind.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.mapper import _all_registries

COLLECTION = ("_collection", "_index", "_colset", "_proxy_index")
SETS = ("constraints", "indexes", "foreign_keys")


@dataclass(frozen=True)
class TableParts:
    """A table's columns, constraints and indexes at one moment; `key` are the columns of its primary key."""

    columns: dict[str, Any]
    sets: dict[str, Any]
    primary_key: Any
    key: dict[str, Any]

    @classmethod
    def of(cls, table: Table) -> TableParts:
        """As they are."""
        return cls(
            _copied(table._columns),
            {part: getattr(table, part).copy() for part in SETS},
            table.primary_key,
            _copied(table.primary_key._columns),
        )

    def unchanged(self, table: Table) -> bool:
        """Whether the table has the same ones still."""
        same_columns = [id(c) for c in table.columns] == [
            id(entry[1]) for entry in self.columns["_collection"]
        ]
        return same_columns and all(getattr(table, part) == kept for part, kept in self.sets.items())

    def restore(self, table: Table) -> None:
        """Put them back."""
        if self.unchanged(table):
            return
        held = ((table._columns, self.columns), (table, self.sets), (self.primary_key._columns, self.key))
        for owner, parts in held:
            for part, kept in parts.items():
                _refill(getattr(owner, part), kept)
        table.__dict__["primary_key"] = self.primary_key
        vars(self.primary_key).pop("_autoincrement_column", None)  # it remembers which column counts up


def _copied(columns: Any) -> dict[str, Any]:
    return {part: getattr(columns, part).copy() for part in COLLECTION}


def _refill(held: Any, kept: Any) -> None:
    """Give a list, set or dict the contents it had; others hold the same object."""
    held.clear()
    held.extend(kept) if isinstance(held, list) else held.update(kept)


def properties(mapper: Mapper[Any]) -> dict[str, Any]:
    """What is mapped on the class now. The public way would configure every mapper first."""
    return dict(mapper._props)


@dataclass(frozen=True)
class MapperParts:
    """What is mapped on a class at one moment."""

    properties: dict[str, Any]
    columns: dict[str, Any]

    @classmethod
    def of(cls, mapper: Mapper[Any]) -> MapperParts:
        """As it is."""
        return cls(properties(mapper), _copied(mapper._columns))

    def unchanged(self, mapper: Mapper[Any]) -> bool:
        """Whether the same is mapped still."""
        return properties(mapper) == self.properties

    def restore(self, mapper: Mapper[Any]) -> None:
        """Put it back."""
        if self.unchanged(mapper):
            return
        for key in set(mapper._props) - set(self.properties):
            _unmap(mapper, key)
        for key, prop in self.properties.items():
            if mapper._props.get(key) is not prop:
                mapper._props[key] = prop
                prop.instrument_class(mapper)
        for part, kept in self.columns.items():
            _refill(getattr(mapper._columns, part), kept)
        mapper._expire_memoizations()


def _unmap(mapper: Mapper[Any], key: str) -> None:
    prop: Any = mapper._props.pop(key)
    manager: Any = mapper.class_manager
    for column in getattr(prop, "columns", ()):
        mapper._columntoproperty.pop(column, None)
        mapper._cols_by_table.get(column.table, set()).discard(column)
    mapper._readonly_props.discard(prop)
    # Its own way of taking an attribute away ends in the class, which refuses.
    manager.local_attrs.pop(key, None)
    manager.pop(key, None)
    manager._reset_memoizations()
    type.__delattr__(mapper.class_, key)


def drop_half_mapped(registry: Any) -> None:
    """Forget classes whose mapping failed half-way: the registry keeps them, and nobody could go on."""
    for manager in list(registry._managers):
        if "mapper" not in vars(manager):
            _drop(registry, manager)


def _drop(registry: Any, manager: Any) -> None:
    registry._dispose_manager_and_mapper(manager)
    registry._managers.pop(manager, None)


def dispose(mapper: Mapper[Any]) -> None:
    """Unmap a class, so that configuring the others no longer meets it."""
    above = mapper.inherits
    if above is not None:
        above._inheriting_mappers._storage[:] = [
            held for held in above._inheriting_mappers._storage if held() is not mapper
        ]
        above.polymorphic_map.pop(mapper.polymorphic_identity, None)
        above._expire_memoizations()
    _drop(mapper.registry, mapper.class_manager)


def registries() -> Collection[Any]:
    """Every registry of mapped classes in the process."""
    return _all_registries()
