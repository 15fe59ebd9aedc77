"""Files that came with a record's values, stored in the transaction of their row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.files.receiving import Received
from core.files.services import remove_file, store_file
from core.records.description import Record


def with_files(
    record: Record, values: Mapping[str, Any], *, organisation_id: int, actor_id: int | None, row: Any = None
) -> dict[str, Any]:
    """The values with the id of a stored file where a new one came; call it inside `writing()`.

    Who may read the field may read the file. What stood in the `row` before is removed.
    """
    kept = dict(values)
    for field in record.fields:
        if field.type != "file" or field.key not in values:
            continue
        before = getattr(row, field.source, None) if row is not None else None
        if isinstance(values[field.key], Received):
            kept[field.key] = store_file(
                values[field.key],
                owner=record.key.partition(".")[0],
                organisation_id=organisation_id,
                permission=field.read or record.read,
                subject_id=getattr(row, record.subject, None) if record.subject else None,
                actor_id=actor_id,
            )
        if before is not None and before != kept[field.key]:
            remove_file(before, actor_id=actor_id)
    return kept
