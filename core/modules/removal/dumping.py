"""Writing tables to a folder, one file of JSON lines each, before they are dropped."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select

AT_ONCE = 500


def make_folder(path: Path) -> None:
    """A new folder that nobody else may look into; raises `FileExistsError`."""
    path.mkdir(parents=True)
    path.chmod(0o700)


def dump(connection: Connection, folder: Path, name: str, statement: Select[Any]) -> int:
    """Write what the statement gives to `<name>.jsonl`, safe on the disk; gives the number of rows."""
    count = 0
    new = os.open(folder / f"{name}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(new, "w", encoding="utf-8") as file:
        for rows in _partitions(connection, statement):
            for row in rows:
                file.write(json.dumps(dict(row._mapping), default=_plain, ensure_ascii=False) + "\n")
                count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def _partitions(connection: Connection, statement: Select[Any]) -> Iterable[Any]:
    found = connection.execute(statement.execution_options(yield_per=AT_ONCE))
    return found.partitions(AT_ONCE)


def _plain(value: Any) -> Any:
    """Values JSON has no word for."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written")
