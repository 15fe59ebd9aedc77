"""The first sheet of a spreadsheet file as texts: of formulas their results, days and numbers as Finns write.

Only the standard library reads it, from parts whose unpacked size is known to be small. Files with macros or
with a document type are refused. Source of the format: ECMA-376, part 1, SpreadsheetML.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context
from io import BytesIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from flask_babel import gettext as _

from core.records.importing.bounds import LONGEST_CELL, MOST_COLUMNS, BadTable

MOST_UNPACKED = 50_000_000  # bytes of all parts together; 10,000 rows of 100 columns are about as much
MOST_PARTS = 2000
MOST_DESCRIBING = 5_000_000  # bytes of a part that is held as a whole: styles and the like
MOST_IN_ROW = 200_000  # elements of one row, far beyond the 16,384 cells of the format
EXACT = Context(prec=15)  # digits that a spreadsheet keeps; what is beyond is noise of its arithmetic
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
DAYS = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
CLOCKS = frozenset({*range(18, 22), *range(32, 36), *range(45, 48)})
UNSAID = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')  # parts of a number format that stand for no value
Line = tuple[int, list[str]]
# What the libraries raise for a file that is broken, encrypted or made to break them.
UNREADABLE = (
    BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    ArithmeticError,
    LookupError,
    ValueError,
    RuntimeError,
    EOFError,
)


@dataclass(frozen=True)
class _Book:
    """What cells refer to: texts, the kind of each style ("day", "clock" or ""), and day nought."""

    texts: Sequence[str]
    kinds: Sequence[str]
    epoch: datetime


def lines_of(content: bytes) -> Iterator[Line]:
    """(number of the row, its cells) of the first sheet, as typed; raises `BadTable`, also on the way."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            _check(archive)
            yield from _lines(archive)
    except BadTable:
        raise
    except UNREADABLE:
        raise _unreadable() from None


def _unreadable() -> BadTable:
    return BadTable(_("The spreadsheet cannot be read. Save it anew as: Excel workbook (.xlsx)."))


def _check(archive: ZipFile) -> None:
    """Refuse what is too large when unpacked, and what carries programs."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadTable(_("The spreadsheet is too large. Divide it into smaller ones."))
    programs = any(part.filename.lower().endswith("vbaproject.bin") for part in parts)
    if programs or b"macroenabled" in archive.read("[Content_Types].xml").lower():
        raise BadTable(_("The file has macros. Save it without them as: Excel workbook (.xlsx)."))


def _part(archive: ZipFile, name: str) -> bytes:
    """The part's bytes; a document type could unfold without end, and no spreadsheet writes one."""
    content = archive.read(name)
    if b"<!DOCTYPE" in content or b"\0" in content:
        raise _unreadable()
    return content


def _tree(archive: ZipFile, name: str) -> Element:
    content = _part(archive, name)
    if len(content) > MOST_DESCRIBING:
        raise _unreadable()
    return ElementTree.fromstring(content)  # noqa: S314  # of bounded size, without document type


def _lines(archive: ZipFile) -> Iterator[Line]:
    workbook = _tree(archive, "xl/workbook.xml")
    properties = workbook.find(f"{SHEET}workbookPr")
    of_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    epoch = datetime(1904, 1, 1) if of_1904 else datetime(1899, 12, 30)
    book = _Book(_texts(archive), _kinds(archive), epoch)
    number = 0
    for row in _rows(_part(archive, _first_sheet(archive, workbook))):
        number = int(row.get("r") or number + 1)
        yield number, _cells(row, book, number)


def _first_sheet(archive: ZipFile, workbook: Element) -> str:
    sheet = workbook.find(f"{SHEET}sheets/{SHEET}sheet")
    wanted = sheet.get(RELATION) if sheet is not None else None
    for relation in _tree(archive, "xl/_rels/workbook.xml.rels"):
        if wanted and relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    raise _unreadable()


def _rows(content: bytes) -> Iterator[Element]:
    """The rows, each forgotten after use."""
    return _each(content, f"{SHEET}sheetData", f"{SHEET}row")


def _each(content: bytes, holder: str, wanted: str) -> Iterator[Element]:
    """The wanted elements of the holder, each forgotten after use; never many in memory."""
    held: Element | None = None
    waiting = 0
    events = ElementTree.iterparse(BytesIO(content), ("start", "end"))  # noqa: S314  # as above
    for event, element in events:
        waiting += 1
        if waiting > MOST_IN_ROW:
            raise _unreadable()
        if element.tag == holder:
            if event == "end":
                return
            held = element
        elif element.tag == wanted and event == "end" and held is not None:
            yield element
            held.clear()
            waiting = 0


def _texts(archive: ZipFile) -> list[str]:
    """The shared texts; none where all texts stand in their cells."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    content = _part(archive, "xl/sharedStrings.xml")
    return [_written(each) for each in _each(content, f"{SHEET}sst", f"{SHEET}si")]


def _written(holder: Element) -> str:
    """A text in one piece or in runs of different letters; without the sounds of Japanese words."""
    pieces = [*holder.findall(f"{SHEET}t"), *holder.findall(f"{SHEET}r/{SHEET}t")]
    return "".join(piece.text or "" for piece in pieces)


def _kinds(archive: ZipFile) -> list[str]:
    if "xl/styles.xml" not in archive.namelist():
        return []
    styles = _tree(archive, "xl/styles.xml")
    formats = {f.get("numFmtId"): f.get("formatCode", "") for f in styles.iter(f"{SHEET}numFmt")}
    of_cells = styles.findall(f"{SHEET}cellXfs/{SHEET}xf")
    return [_kind(xf.get("numFmtId", "0"), formats) for xf in of_cells]


def _kind(number: str, formats: dict[str | None, str]) -> str:
    if number not in formats:
        return "day" if int(number) in DAYS else "clock" if int(number) in CLOCKS else ""
    code = UNSAID.sub("", formats[number]).lower().split(";")[0]
    if code.strip() in ("general", "standard", "yleinen"):
        return ""
    return "day" if re.search("[dy]", code) else "clock" if re.search("[hs]", code) else ""


def _cells(row: Element, book: _Book, number: int) -> list[str]:
    """The texts of a row by their columns; empty cells need not stand in the file."""
    found: list[str] = []
    column = -1
    for cell in row.findall(f"{SHEET}c"):
        place = cell.get("r", "")
        column = _column(place) if place else column + 1
        text = _text(cell, book, place or str(number))
        if not text:
            continue
        if column >= MOST_COLUMNS:
            raise BadTable(_("The file has too many columns."))
        if len(text) > LONGEST_CELL:
            raise BadTable(_("A cell of the file is too long."))
        found.extend([""] * (column + 1 - len(found)))
        found[column] = text
    return found


def _column(place: str) -> int:
    """0 of A1, 26 of AA7."""
    number = 0
    found = re.match("[A-Z]{1,3}", place)
    if found is None:
        raise _unreadable()
    for letter in found[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(cell: Element, book: _Book, place: str) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inside = cell.find(f"{SHEET}is")
        return "" if inside is None else _written(inside)
    value = cell.findtext(f"{SHEET}v") or ""
    if not value:
        if kind != "str" and cell.find(f"{SHEET}f") is not None:
            text = _(
                "Cell %(place)s is a formula without a result. Open the file and save it anew.", place=place
            )
            raise BadTable(text)
        return ""
    if kind == "e":
        raise BadTable(
            _("Cell %(place)s shows an error (%(text)s). Correct it.", place=place, text=value[:20])
        )
    if kind == "s":
        return book.texts[int(value)]
    if kind == "b":
        return "yes" if value == "1" else "no"
    if kind == "d":
        return _moment(datetime.fromisoformat(value), "day")
    return value if kind == "str" else _number(value, cell, book)


def _number(value: str, cell: Element, book: _Book) -> str:
    exact = EXACT.create_decimal(value)
    style = int(cell.get("s", "0"))
    kind = book.kinds[style] if style < len(book.kinds) else ""
    if kind:
        seconds = int((exact * 86400).to_integral_value())
        return _moment(book.epoch + timedelta(seconds=seconds), kind)
    if abs(exact.adjusted()) > 30:
        raise _unreadable()
    text = format(exact, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _moment(value: datetime, kind: str) -> str:
    """6.10.2026, with 9.15 after it unless it is midnight; of a time of day that alone."""
    clock = f"{value.hour}.{value.minute:02d}"
    if kind == "clock":
        return clock
    day = f"{value.day}.{value.month}.{value.year}"
    return day if clock == "0.00" else f"{day} {clock}"
