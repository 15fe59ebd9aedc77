"""Files that came with a record's values, stored in the transaction of their row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.files.receiving import Received
from core.files.services import remove_file, store_file
from core.records.description import Record
from core.records.fields import Field


def with_files(
    record: Record,
    values: Mapping[str, Any],
    *,
    organisation_id: int | None,
    actor_id: int | None,
    row: Any = None,
    before: Any = None,
) -> dict[str, Any]:
    """The values with the id of a stored file where a new one came; call it inside `writing()`.

    Who may read the field may read the file; it is about whom the `row` is about. What stood in the row
    `before` is removed. Raises `ValueError` for a file of a row that belongs to no organisation.
    """
    kept = dict(values)
    for field in record.fields:
        if field.type != "file" or field.key not in values:
            continue
        if isinstance(values[field.key], Received):
            if organisation_id is None:
                raise ValueError(f"{record.key}.{field.key}: a file belongs to an organisation")
            subject_id = getattr(row, record.subject, None) if record.subject else None
            kept[field.key] = _stored(record, field, values[field.key], organisation_id, subject_id, actor_id)
        _forget(getattr(before, field.source, None), kept[field.key], actor_id)
    return kept


def _stored(
    record: Record,
    field: Field,
    received: Received,
    organisation_id: int,
    subject_id: int | None,
    actor_id: int | None,
) -> int:
    return store_file(
        received,
        owner=record.key.partition(".")[0],
        organisation_id=organisation_id,
        permission=field.read or record.read,
        subject_id=subject_id,
        actor_id=actor_id,
    )


def _forget(before: int | None, after: int | None, actor_id: int | None) -> None:
    if before is not None and before != after:
        remove_file(before, actor_id=actor_id)
