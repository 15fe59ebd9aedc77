"""A spreadsheet is read like a CSV file: what people see in the cells; programs and bombs are refused."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask import Flask
from flask_babel import force_locale
from xlsxwriter import Workbook

from core.records.importing.bounds import MOST_ROWS, BadTable
from core.records.importing.table import read_table


@pytest.fixture(autouse=True)
def _within(app: Flask) -> Any:
    with app.test_request_context(), force_locale("en"):
        yield


def book(rows: list[list[Any]], formats: dict[int, str] | None = None) -> bytes:
    out = BytesIO()
    with Workbook(out) as made:
        page = made.add_worksheet()
        styles = {c: made.add_format({"num_format": code}) for c, code in (formats or {}).items()}
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                page.write(number, column, value, styles.get(column))
    return out.getvalue()


def altered(content: bytes, parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return out.getvalue()


def sheet_of(content: bytes) -> bytes:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def test_cells_are_what_people_see() -> None:
    days, clock = {1: "d.m.yyyy"}, {2: "h:mm"}
    row = ["Äijö Öhman", date(2026, 10, 6), 0.3854166666666667, 0.1 + 0.2, 35, True, None, "x"]
    table = read_table(book([list("abcdefgh"), row], days | clock))
    assert table.headings == list("abcdefgh")
    assert table.rows[0].cells == ["Äijö Öhman", "6.10.2026", "9.15", "0,3", "35", "yes", "", "x"]


def test_rows_keep_the_numbers_of_the_spreadsheet() -> None:
    table = read_table(book([["a"], ["1st"], [], [], ["2nd"]]))
    assert [row.number for row in table.rows] == [2, 5]


def test_a_formula_is_its_result() -> None:
    out = BytesIO()
    with Workbook(out) as made:
        page = made.add_worksheet()
        page.write(0, 0, "a")
        page.write_formula(1, 0, "=1+1", None, 2)
    assert read_table(out.getvalue()).rows[0].cells == ["2"]
    without = sheet_of(out.getvalue()).replace(b"<v>2</v>", b"")
    with pytest.raises(BadTable, match="A2"):
        read_table(altered(out.getvalue(), {"xl/worksheets/sheet1.xml": without}))


def test_an_error_is_named_by_its_cell() -> None:
    content = book([["a"], [7]])
    wrong = sheet_of(content).replace(b'<c r="A2"><v>7</v>', b'<c r="A2" t="e"><v>#N/A</v>')
    with pytest.raises(BadTable, match=r"A2.*#N/A"):
        read_table(altered(content, {"xl/worksheets/sheet1.xml": wrong}))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/vbaProject.bin": b"x"}, "macros"),
        ({"xl/media/bomb.bin": b"\x01" * 50_000_001}, "too large"),
        ({"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}, "cannot be read"),
        ({"xl/workbook.xml": b"<a>"}, "cannot be read"),
        ({"xl/_rels/workbook.xml.rels": b"<a/>"}, "cannot be read"),
    ],
)
def test_programs_bombs_and_rubbish_are_refused(parts: dict[str, bytes], words: str) -> None:
    with pytest.raises(BadTable, match=words):
        read_table(altered(book([["a"], ["b"]]), parts))


def test_a_row_without_end_is_refused() -> None:
    content = book([["a"], ["b"]])
    long = sheet_of(content).replace(b'<c r="A2"', b"<c/>" * 200_000 + b'<c r="A2"')
    with pytest.raises(BadTable, match="cannot be read"):
        read_table(altered(content, {"xl/worksheets/sheet1.xml": long}))


def test_a_broken_archive_and_too_many_rows_are_refused() -> None:
    content = book([["a"], ["b"]])
    with pytest.raises(BadTable, match="cannot be read"):
        read_table(content[:200])
    with pytest.raises(BadTable, match="over"):
        read_table(book([["a"], *[["b"]] * (MOST_ROWS + 1)]))
