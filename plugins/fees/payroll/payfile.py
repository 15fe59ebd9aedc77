"""The sealed file: one row a line, text guarded against spreadsheet formulas, sums as whole cents."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLUMNS = (
    "batch",
    "number",
    "part",
    "line",
    "payee",
    "payee number",
    "unit",
    "cost centre",
    "day",
    "work type",
    "payment class",
    "income type",
    "quantity",
    "unit cents",
    "cents",
)
BOM = b"\xef\xbb\xbf"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True)
class FileFacts:
    """What a batch remembers of its file."""

    sha256: str
    rows: int
    total_cents: int


def cell(value: object) -> str:
    """A value as a spreadsheet shows it without running it. Numbers stay numbers."""
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_DANGEROUS) else text


def write(rows: Iterable[Sequence[object]]) -> bytes:
    """The file's bytes: UTF-8 with its mark, semicolons, CRLF, columns named in the first row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(value) for value in row] for row in rows)
    return BOM + out.getvalue().encode()


def facts(data: bytes) -> FileFacts:
    """The stored file parsed again. Anything unreadable has no rows and no sum."""
    digest = hashlib.sha256(data).hexdigest()
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        return FileFacts(digest, len(rows), sum(int(row["cents"]) for row in rows))
    except (UnicodeDecodeError, KeyError, ValueError, TypeError, csv.Error):
        return FileFacts(digest, 0, 0)
