"""Storing what a form or a file brought, by the description alone, with its line in the change log.

Services call it after their own rules; so a new field needs its line in the description and its column, and
no service names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, Boolean, String, inspect
from sqlalchemy.orm import Session

from core.log.services import record_change
from core.log.values import Pair, plain
from core.records.conditions import nothing
from core.records.description import Field, Record
from core.records.fields import ALWAYS_PERSONAL
from core.records.filing import with_files


def store(
    session: Session,
    record: Record,
    row: Any,
    values: Mapping[str, Any],
    *,
    actor_id: int | None,
    action: str = "update",
    organisation_id: int | None = None,
) -> list[str]:
    """Set the described fields that `values` names, log what changed, and give the keys of it.

    Inside `writing()`; a new row is added and gets its id. Columns come first, then what `stores` keeps
    elsewhere. Keys that are not described are left alone, but for a new row's parent. Where nothing changed
    an update leaves no line in the log. `organisation_id` is for rows that have none of their own.
    """
    home, new = getattr(row, "organisation_id", organisation_id), _is_new(row)
    values = with_files(
        record, values, organisation_id=home, actor_id=actor_id, row=row, before=None if new else row
    )
    fields = [f for f in record.fields if f.key in values and _storable(f)]
    pairs = differences(row, fields, values, new=new)
    _set_columns(record, row, fields, pairs, values)
    session.add(row)
    session.flush()
    for field in fields:
        if field.stores and field.key in pairs:
            field.stores(session, row, pairs[field.key][1])
    if pairs or action != "update":
        index(session, record, row)
        log_values(
            session, record, row, fields, pairs, actor_id=actor_id, action=action, organisation_id=home
        )
    return sorted(pairs)


def index(session: Session, record: Record, row: Any) -> None:
    """The words of the search, where the row has any."""
    # Not above: the search reads the fields that were added, and they are stored by this module.
    from core.search.services import index_rows

    index_rows(session, record, [row])


def log_values(
    session: Session,
    record: Record,
    row: Any,
    fields: Iterable[Field],
    pairs: Mapping[str, Pair],
    *,
    actor_id: int | None,
    action: str,
    organisation_id: int | None,
) -> None:
    """One line of the change log with old and new values, each kept as its field says it may be."""
    kept = {f.key: f for f in fields if f.key in pairs and f.log_values}
    about_somebody = bool(record.subject)  # then every value tells something about a person
    personal = {key for key, f in kept.items() if about_somebody or is_personal(f)}
    record_change(
        session,
        record=record.key,
        row_id=row.id,
        action=action,
        fields=pairs,
        actor_id=actor_id,
        organisation_id=organisation_id,
        person_id=getattr(row, record.subject) if record.subject else None,
        values={key: pairs[key] for key in kept if key not in personal},
        personal={key: pairs[key] for key in personal},
    )


def is_personal(field: Field) -> bool:
    """Whether the field's values are about somebody."""
    return field.personal or field.type in ALWAYS_PERSONAL


def _storable(field: Field) -> bool:
    """A value that is worked out has nowhere to be kept."""
    return field.stores is not None or not (field.loads or field.column == "id")


def _is_new(row: Any) -> bool:
    return not inspect(row).has_identity


def differences(
    row: Any, fields: Iterable[Field], values: Mapping[str, Any], *, new: bool
) -> dict[str, Pair]:
    """What stands there and what shall, where the two differ. Nothing is nothing, however it is written."""
    pairs: dict[str, Pair] = {}
    for field in fields:
        old, wanted = None if new else _held(field, row), _kept(row, field, values[field.key])
        if plain(old) != plain(wanted) and not (nothing(old) and nothing(wanted)):
            pairs[field.key] = (old, wanted)
    return pairs


def _held(field: Field, row: Any) -> Any:
    return field.loads([row.id]).get(row.id) if field.loads else getattr(row, field.source)


def _kept(row: Any, field: Field, value: Any) -> Any:
    """The value as its column takes it: nothing is "", no or an empty list in one that is never empty."""
    if field.stores or not nothing(value):
        return value
    column = inspect(type(row)).columns.get(field.source)
    if column is None or column.nullable:
        return None
    if isinstance(column.type, JSON):
        return []
    return "" if isinstance(column.type, String) else False if isinstance(column.type, Boolean) else None


def _set_columns(
    record: Record,
    row: Any,
    fields: Iterable[Field],
    pairs: Mapping[str, Pair],
    values: Mapping[str, Any],
) -> None:
    new = _is_new(row)
    for field in fields:
        if field.stores is None and (field.key in pairs or new):
            setattr(row, field.source, _for_column(row, field, values))
    if new and record.parent in values:
        setattr(row, record.parent, values[record.parent])


def _for_column(row: Any, field: Field, values: Mapping[str, Any]) -> Any:
    """Several values stand in their column as JSON does: in a list."""
    value = _kept(row, field, values[field.key])
    return list(value) if isinstance(value, tuple) else value
