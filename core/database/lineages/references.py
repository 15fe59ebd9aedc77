"""What a plugin's tables may refer to: its own, and public ones of the core and of what it requires."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ForeignKeyConstraint, Table

# Never renamed. A row of the others may go, or means nothing outside of the core.
CORE_PUBLIC = ("organisation", "person", "expert")


class BadReference(ValueError):
    """A foreign key that leads where it may not; the text names each."""


def check_references(name: str, tables: Iterable[Table], public: Collection[str]) -> None:
    """Raise `BadReference` unless foreign keys of a plugin's tables lead to its own tables, or to the `id` of
    a public one with ON DELETE stated. `public` are the public tables of what it requires.
    """
    allowed = {*CORE_PUBLIC, *public}
    keys = [key for table in tables for key in _foreign_keys(table)]
    wrong = [fault for key in keys for fault in _faults(key, f"{name}_", allowed)]
    if wrong:
        raise BadReference("; ".join(wrong))


def _foreign_keys(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda key: tuple(key.column_keys))


def _faults(key: ForeignKeyConstraint, prefix: str, allowed: Collection[str]) -> Iterator[str]:
    targets = [element.target_fullname.rpartition(".") for element in key.elements]
    other = targets[0][0]
    if other.startswith(prefix):
        return
    here = f"{key.parent.name}.{'+'.join(key.column_keys)}"
    if other not in allowed:
        yield f"{here} refers to {key.elements[0].target_fullname}, which is not public"
    elif [column for _, _, column in targets] != ["id"]:
        yield f"{here} refers to {'+'.join(c for _, _, c in targets)} of {other}; only its id stays"
    if key.ondelete is None:
        yield f"{here} does not say what happens ON DELETE of {other}"
