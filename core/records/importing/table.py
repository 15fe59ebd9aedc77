"""A CSV or XLSX file as a table of texts: what spreadsheets of Finland write, clear words for the rest."""

from __future__ import annotations

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

from flask_babel import gettext as _

from core.records.exporting.as_csv import FORMULA
from core.records.importing.bounds import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, BadTable
from core.records.importing.xlsx import lines_of

DELIMITERS = ";,\t"


@dataclass(frozen=True)
class Row:
    """A line of the table: its number in the file, headings being 1, and its cells."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Headings and rows. `guessed`: the file did not say how its letters are written; ä may be wrong."""

    headings: Sequence[str]
    rows: Sequence[Row]
    guessed: bool = False


def read_table(content: bytes) -> Table:
    """The table of a CSV or XLSX file; raises `BadTable` for what is none, or is too large."""
    if content.startswith(b"PK\x03\x04"):
        return _table(lines_of(content), guessed=False)
    text, guessed = _text(content)
    return _table(enumerate(_lines(text), start=1), guessed=guessed)


def _table(lines: Iterator[tuple[int, list[str]]], *, guessed: bool) -> Table:
    """The table of numbered lines, the first of which names the columns."""
    headings = [cell.strip() for cell in next(lines, (1, []))[1]]
    if not any(headings):
        raise BadTable(_("The first line of the file must name the columns."))
    if len(headings) > MOST_COLUMNS:
        raise BadTable(_("The file has too many columns."))
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            raise BadTable(_("The file has over %(most)s rows. Divide it into smaller ones.", most=MOST_ROWS))
        rows.append(Row(number, [unarmed(cell) for cell in cells]))
    if not rows:
        raise BadTable(_("The file has no rows below the headings."))
    return Table(headings, rows, guessed)


def unarmed(cell: str) -> str:
    """The cell without the apostrophe that our own files have before what a spreadsheet would compute."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA) else text


def _text(content: bytes) -> tuple[str, bool]:
    """The letters, and whether how they are written was guessed."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _decoded(content, "utf-16"), False
    if b"\0" in content:
        raise BadTable(
            _("This is neither a CSV nor an XLSX file. Save the spreadsheet anew, without a password.")
        )
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return _decoded(content, "cp1252"), True


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise BadTable(_("The letters of the file cannot be read. Save it as: CSV UTF-8.")) from None


def _lines(table: str) -> Iterator[list[str]]:
    first = table.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        for cells in csv.reader(StringIO(table, newline=""), delimiter=delimiter, strict=True):
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise BadTable(_("A cell of the file is too long."))
            yield cells
    except csv.Error:
        raise BadTable(
            _("The quotation marks of the file do not match. Save it anew as: CSV UTF-8.")
        ) from None
