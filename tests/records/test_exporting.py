"""A file holds exactly what the page shows, and nothing a spreadsheet would compute."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from core.admin import downloads
from core.database.types import Texts
from core.experts.models import Expert
from core.extensions import db
from core.log.models import AccessRow
from core.records.description import Field, Record
from core.records.exporting import as_csv, as_json, as_xlsx
from core.records.exporting.values import Line, Sheet, Value
from tests.records.conftest import World
from tests.records.described import LISTED
from tests.records.test_filters import people
from tests.records.test_pages import add_experts, counted, names

pytestmark = pytest.mark.pages

__all__ = ["people"]
LIST = "/o/laukaa/records/core.expert/"


@pytest.fixture
def described() -> Record:
    return LISTED


def lines(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("query", ["", "f.status=paused", "sort=-name", "col=name&col=person_id&f.name=a"])
def test_a_file_holds_the_rows_columns_and_order_of_the_page(people: World, query: str) -> None:
    penni = people.browser("Penni")
    answer = penni.get(f"{LIST}export?{query}")
    found = lines(answer)
    assert [line[0] for line in found[1:]] == names(penni.get(f"{LIST}?{query}"))
    wanted = ["Name", "Number"] if "col" in query else ["Name", "Municipality", "Status", "E-mail"]
    assert found[0] == wanted
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=expert-")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_goes_beyond_the_page_in_blocks(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    add_experts(people, 60)
    penni = people.browser("Penni")
    with counted(people) as whole:
        assert len(lines(penni.get(f"{LIST}export"))) == 1 + 66
    monkeypatch.setattr(downloads, "BLOCK", 20)
    with counted(people) as blocks:
        assert len({line[0] for line in lines(penni.get(f"{LIST}export"))}) == 1 + 66
    assert len(blocks) - len(whole) == 3 * 2  # rows, and the e-mail addresses


def test_what_one_may_not_take_away_is_not_in_the_file_and_the_page_says_so(people: World) -> None:
    kalle = people.browser("Kalle")
    assert lines(kalle.get(f"{LIST}export"))[0] == ["Name", "Status"]
    page = kalle.get(LIST)
    assert "Municipality" in page.text.partition("<thead>")[2].partition("</thead>")[0]
    assert "because you may not download it: Municipality." in page.text
    answer = kalle.get(f"{LIST}export?col=municipality")
    assert (answer.status_code, answer.location) == (303, f"{LIST}?col=municipality")
    assert "You may not download any of these columns." in kalle.get(answer.location).text
    assert "Download this list" not in kalle.get(f"{LIST}?col=municipality").text
    assert "Not in the file" not in people.browser("Penni").get(LIST).text


def test_who_takes_a_file_is_written_down_for_each_person_in_it(people: World) -> None:
    people.browser("Kalle").get(f"{LIST}export?f.status=paused&format=json")
    with people.app.app_context():
        told = db.session.execute(select(AccessRow.subject_id, AccessRow.actor_id, AccessRow.how)).all()
        db.session.remove()
    person = people.values(Expert, people.experts["Bo 100%"])["person_id"]
    assert [tuple(row) for row in told] == [(person, people.people["Kalle"], "export")]


def test_a_list_whose_filters_are_wrong_gives_no_file(people: World) -> None:
    answer = people.browser("Penni").get(f"{LIST}export?f.status=nothing")
    assert (answer.status_code, answer.location) == (303, f"{LIST}?f.status=nothing")


def test_other_formats_and_other_people_are_refused(people: World) -> None:
    assert people.browser("Penni").get(f"{LIST}export?format=exe").status_code == 400
    assert people.browser("Maija").get(f"{LIST}export").status_code == 404


FIELDS = (
    Field(key="name", label="=Name"),
    Field(key="sum", label="Sum", type="money"),
    Field(key="day", label="Day", type="date"),
    Field(key="words", label="Words", type="texts"),
    Field(key="unit", label="Unit", type="organisation"),
)
VALUES = (
    Value("=1+1", "=1+1"),
    Value(-3550, "−35,50 €"),  # noqa: RUF001  # as amounts are written
    Value(date(2026, 10, 6), "6.10.2026"),
    Value(Texts(fi="a", sv="b"), "a"),
    Value(7, "Laukaa"),
)


def written(module: Any, *rows: tuple[Value, ...]) -> bytes:
    blocks = [[Line(number, row)] for number, row in enumerate(rows or (VALUES,), 1)]
    out = io.BytesIO()
    module.write(Sheet("core.thing", "Things", FIELDS, blocks), out)
    return out.getvalue()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " =", "＝"])  # noqa: RUF001
def test_no_spreadsheet_computes_a_text(start: str) -> None:
    assert as_csv.harmless(f"{start}1") == f"'{start}1"
    assert as_csv.harmless(f"a{start}1") == f"a{start}1"


def test_csv_quotes_every_value() -> None:
    assert (
        written(as_csv).decode("utf-8-sig")
        == '"\'=Name";"Sum";"Day";"Words";"Unit"\r\n"\'=1+1";"−35,50 €";"6.10.2026";"a";"Laukaa"\r\n'  # noqa: RUF001
    )


def test_a_spreadsheet_has_texts_amounts_and_days_and_no_formula() -> None:
    with ZipFile(io.BytesIO(written(as_xlsx))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        every = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<f>" not in sheet
    assert "=1+1" in every
    assert "<v>-35.5</v>" in sheet
    assert "<v>46301</v>" in sheet  # 6 October 2026 as spreadsheets count days


def test_a_spreadsheet_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_xlsx, "MOST_ROWS", 1)
    with pytest.raises(as_xlsx.TooManyRows):
        written(as_xlsx, VALUES, VALUES)


def test_json_has_the_keys_of_the_description() -> None:
    assert json.loads(written(as_json)) == {
        "record": "core.thing",
        "columns": {"name": "=Name", "sum": "Sum", "day": "Day", "words": "Words", "unit": "Unit"},
        "rows": [
            {
                "id": 1,
                "name": "=1+1",
                "sum": -3550,
                "day": "2026-10-06",
                "words": {"fi": "a", "sv": "b"},
                "unit": {"id": 7, "name": "Laukaa"},
            }
        ],
    }
    assert as_json.plain(Decimal("1.50")) == "1.50"
    assert as_json.plain(("a", 1)) == ["a", 1]


@pytest.mark.parametrize("format_", ["xlsx", "json"])
def test_the_other_formats_come_from_the_same_page(people: World, format_: str) -> None:
    answer = people.browser("Penni").get(f"{LIST}export?format={format_}&f.status=paused")
    assert answer.status_code == 200
    if format_ == "json":
        assert [row["name"] for row in answer.get_json()["rows"]] == ["Bo 100%"]
        assert answer.get_json()["rows"][0]["status"] == "paused"
    else:
        with ZipFile(io.BytesIO(answer.get_data())) as book:
            assert "Bo 100%" in "".join(book.read(n).decode() for n in book.namelist() if "heet" in n)
