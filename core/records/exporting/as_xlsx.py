"""A spreadsheet file: texts as texts, whatever they begin with; amounts and days as what they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from core.records.exporting.values import Sheet, Value

MOST_ROWS = 1_048_575  # of the file format, below the heading
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTH = 20
Write = Callable[[int, int, Value], object]


class TooManyRows(ValueError):
    """More rows than a spreadsheet file can hold."""


def write(sheet: Sheet, out: BinaryIO) -> None:
    """Write all of the sheet; `out` stays open. Raises `TooManyRows`."""
    with Workbook(out, OPTIONS) as book:
        _fill(book, sheet)


def _fill(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet()
    writers = _writers(book, page)
    page.set_column(0, max(len(sheet.fields) - 1, 0), WIDTH)
    bold = book.add_format({"bold": True})
    for column, heading in enumerate(sheet.headings):
        page.write_string(0, column, heading, bold)
    page.freeze_panes(1, 0)
    by_column = [writers.get(field.type, writers[""]) for field in sheet.fields]
    lines = (line for block in sheet.blocks for line in block)
    for row, line in enumerate(lines, 1):
        if row > MOST_ROWS:
            raise TooManyRows
        for column, value in enumerate(line.values):
            by_column[column](row, column, value)


def _writers(book: Any, page: Any) -> dict[str, Write]:
    """How each type of value is written; "" is what all others are: text."""
    money = book.add_format({"num_format": '#,##0.00 "€"'})
    day = book.add_format({"num_format": "d.m.yyyy"})

    def text(row: int, column: int, value: Value) -> None:
        page.write_string(row, column, value.text)

    def number(row: int, column: int, value: Value) -> None:
        if isinstance(value.raw, int | Decimal):
            page.write_number(row, column, value.raw)
        else:
            text(row, column, value)

    def amount(row: int, column: int, value: Value) -> None:
        if isinstance(value.raw, int):
            page.write_number(row, column, Decimal(value.raw) / 100, money)

    def of_calendar(row: int, column: int, value: Value) -> None:
        if isinstance(value.raw, date):
            page.write_datetime(row, column, value.raw, day)
        else:
            text(row, column, value)

    return {"": text, "integer": number, "number": number, "money": amount, "date": of_calendar}
