"""JSON for other programs. The keys are those of the description; see docs/operations.md.

`{"record": …, "columns": {key: label}, "rows": [{"id": …, key: value}]}`. Money is whole cents, a number that
is not whole a string, a day and a time as in ISO 8601, words in several languages an object by language. What
refers to something else is `{"id": …, "name": …}`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

from core.database.types import Texts
from core.records.description import Field
from core.records.exporting.values import Line, Sheet, Value

REFERENCES = frozenset({"organisation", "person", "expert", "reference", "municipality"})


def write(sheet: Sheet, out: BinaryIO) -> None:
    """Write all of the sheet; `out` stays open."""
    columns = {field.key: str(field.label) for field in sheet.fields}
    head = json.dumps({"record": sheet.record, "columns": columns}, ensure_ascii=False)
    out.write(f'{head[:-1]}, "rows": ['.encode())
    before = "\n"
    for block in sheet.blocks:
        for line in block:
            row = json.dumps(_row(sheet.fields, line), ensure_ascii=False)
            out.write(f"{before}{row}".encode())
            before = ",\n"
    out.write(b"\n]}\n")


def _row(fields: Sequence[Field], line: Line) -> dict[str, Any]:
    values = {f.key: _value(f, value) for f, value in zip(fields, line.values, strict=True)}
    return {"id": line.row_id, **values}


def _value(field: Field, value: Value) -> Any:
    if value.raw is None or field.type not in REFERENCES:
        return plain(value.raw)
    return {"id": plain(value.raw), "name": value.text}


def plain(value: Any) -> Any:
    """A stored value as JSON has it."""
    if isinstance(value, Texts):
        return {language: text for language, text in asdict(value).items() if text}
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
