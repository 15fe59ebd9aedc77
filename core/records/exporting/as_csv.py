"""CSV as spreadsheets of Finland and Sweden open it: UTF-8 with its mark, semicolons, each value quoted.

A value that a spreadsheet would take for a formula gets an apostrophe before it (OWASP: CSV injection).
Quotes around every value keep a comma inside from beginning a new one where commas are expected.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from io import TextIOWrapper
from typing import BinaryIO

from core.records.description import Field
from core.records.exporting.values import Sheet, Value

# The wide forms are what a spreadsheet of another locale takes for the same signs.
FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001  # those very signs are meant
NUMBERS = frozenset({"integer", "number", "money"})


def write(sheet: Sheet, out: BinaryIO) -> None:
    """Write all of the sheet; `out` stays open."""
    out.write(BOM_UTF8)
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        lines = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
        lines.writerow([harmless(heading) for heading in sheet.headings])
        for block in sheet.blocks:
            lines.writerows(
                [_cell(f, value) for f, value in zip(sheet.fields, line.values, strict=True)]
                for line in block
            )
    finally:
        text.detach()


def harmless(text: str) -> str:
    """The text, made one that no spreadsheet computes."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _cell(field: Field, value: Value) -> str:
    """A number of ours begins with a minus or a digit and is no formula."""
    return value.text if field.type in NUMBERS else harmless(value.text)
