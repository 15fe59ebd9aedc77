"""Rows from a file: everything is checked first, nothing changes until confirmed; twice changes nothing."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database.types import now
from core.experts.models import Expert
from core.extensions import db
from core.log.models import AccessRow, Change
from core.outbox.worker import tidy
from core.records.description import BadDescription, Record
from core.records.importing import plan as planning
from core.records.importing.bounds import MOST_ROWS, BadTable
from core.records.importing.models import ImportRun
from core.records.importing.services import KEPT
from core.records.importing.table import read_table
from core.scope import unscoped
from core.testing.visitors import CSRF
from tests.records.conftest import Browser, World, stored_experts
from tests.records.importable import IMPORTED, create

pytestmark = pytest.mark.pages

PAGE = "/o/laukaa/records/core.expert/import"


@pytest.fixture
def described() -> Record:
    return IMPORTED


def send(browser: Browser, content: str | bytes, address: str = PAGE, **form: Any) -> Any:
    whole = content.encode() if isinstance(content, str) else content
    data = {CSRF: browser.csrf, "file": (BytesIO(whole), "rekisteri.csv"), **form}
    return browser.client.post(address, data=data)


def looked(browser: Browser, content: str | bytes, **form: Any) -> tuple[str, Any]:
    """The address of what the file would do, and its page."""
    answer = send(browser, content, **form)
    assert answer.status_code == 303, answer.text
    return answer.location, browser.get(answer.location)


def confirm(browser: Browser, address: str, page: str) -> Any:
    hidden = {key: re.findall(rf'name="{key}" value="(\d+)"', page)[0] for key in ("new", "changed")}
    return browser.post(address, **hidden)


def names(world: World) -> list[str]:
    return sorted(expert.name for expert in stored_experts(world))


def reasons(text: str) -> list[tuple[str, str, str]]:
    line = r'<tr><th scope="row">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td></tr>'
    return re.findall(line, text)


class TestTable:
    @pytest.fixture(autouse=True)
    def words(self, world: World) -> Any:
        with world.app.test_request_context("/"):
            yield

    @pytest.mark.parametrize(
        "content",
        [
            "Nimi;Kunta\nÄssä;Äänekoski\n".encode(),
            BOM_UTF8 + b"Nimi,Kunta\r\n" + "Ässä,Äänekoski\r\n".encode(),
            "Nimi\tKunta\nÄssä\tÄänekoski".encode("utf-16"),
            "Nimi;Kunta\r\nÄssä;Äänekoski\r\n\r\n;\r\n".encode("cp1252"),
            b'"Nimi";"Kunta"\n"\xc3\x84ss\xc3\xa4";"\xc3\x84\xc3\xa4nekoski"\n',
        ],
    )
    def test_what_spreadsheets_write_is_read(self, content: bytes) -> None:
        found = read_table(content)
        assert list(found.headings) == ["Nimi", "Kunta"]
        assert [list(row.cells) for row in found.rows] == [["Ässä", "Äänekoski"]]
        assert found.guessed == (b"\xc4ss" in content and b"\0" not in content)

    def test_rows_are_known_by_their_number_in_the_file(self) -> None:
        assert [row.number for row in read_table(b"a;b\n1;2\n\n;\n3;4\n").rows] == [2, 5]

    def test_our_own_file_comes_back_as_it_was(self) -> None:
        [row] = read_table(b"a;b;c\n'=1+1;' -5;'oma\n").rows
        assert list(row.cells) == ["=1+1", " -5", "'oma"]

    @pytest.mark.parametrize(
        "content",
        [b"", b"\n\n", b"a;b\n", b"PK\x03\x04rest", b"a;b\n\x00;1\n", b'a;b\n"x;1\n', b"a\n" + b"x" * 20_000,
         b"\x81\x8d\x8f;b\n1;2\n", b"a\n" + b"1\n" * (MOST_ROWS + 1)],
    )  # fmt: skip
    def test_what_is_no_table_is_refused_in_words(self, content: bytes) -> None:
        with pytest.raises(BadTable, match=r"\w{3,}"):
            read_table(content)


def test_a_file_is_looked_through_confirmed_and_twice_changes_nothing(world: World) -> None:
    browser, before = world.browser("Penni"), names(world)
    file = "NAME;State;E-mail;Home;Notes\nÄssä;On a break;assa@laukaa.example;Laukaa;x\nBo;;;Laukaa;\n"
    address, page = looked(browser, file)
    assert "Notes" in page.text
    assert names(world) == before
    assert confirm(browser, address, page.text).status_code == 303
    assert names(world) == sorted([*before, "Bo", "Ässä"])
    by_name = {expert.name: expert for expert in stored_experts(world)}
    assert (by_name["Ässä"].status, by_name["Ässä"].municipality) == ("paused", "")
    assert (by_name["Bo"].status, by_name["Bo"].municipality) == ("active", "Laukaa")
    assert by_name["Bo"].organisation_id == world.laukaa
    assert browser.get(address).location.endswith("/import")
    _, again = looked(browser, file)
    assert "Everything in the file is here already." in again.text
    assert 'name="new"' not in again.text


def test_rows_that_are_there_change_where_the_file_says_something(world: World) -> None:
    browser = world.browser("Penni")
    first = "Name;Title;State;Home\nBo;one;;Laukaa\n"
    address, page = looked(browser, first)
    confirm(browser, address, page.text)
    address, page = looked(browser, "Name;Title;State;Home\nbo ;one;Ended;\n")
    confirm(browser, address, page.text)
    [row] = [expert for expert in stored_experts(world) if sort(expert.name) == "bo"]
    assert (row.status, row.municipality) == ("ended", "Laukaa")
    with world.app.app_context():
        query = select(Change.action).where(Change.record == "core.expert", Change.row_id == row.id)
        assert db.session.scalars(query.order_by(Change.id)).all() == ["create", "update"]


def sort(text: str) -> str:
    return text.strip().casefold()


def test_every_bad_row_is_told_with_its_column_and_nothing_is_changed(world: World) -> None:
    browser, before = world.browser("Penni"), names(world)
    file = (
        "Name;Title;State;E-mail\n"
        ";one;;a@b.example\n"
        "Bo;much too long for it;Nowhere;no address\n"
        "Bo;two;;bo@b.example\n"
        "Bo;three;;bo@b.example\n"
    )
    address, page = looked(browser, file)
    assert page.status_code == 422
    assert reasons(page.text) == [
        ("2", "Name", "Fill in this field."),
        ("3", "Title", "At most 12 characters."),
        ("3", "State", "Nowhere cannot be chosen here."),
        ("3", "E-mail", "Write the e-mail address like this: name@example.fi."),
        ("5", "", "The same stands on row 4."),
    ]
    assert browser.post(address, new="1", changed="0").status_code == 422
    assert names(world) == before
    listed = browser.get(f"{PAGE}/faults")
    assert listed.data.startswith(BOM_UTF8)
    assert listed.text.count("\r\n") == 6


def test_what_a_rule_refuses_undoes_the_rows_before_it(world: World) -> None:
    browser, before = world.browser("Penni"), names(world)
    address, page = looked(browser, "Name\nBo\nKielletty\nEino\n")
    assert page.status_code == 200
    answer = confirm(browser, address, page.text)
    assert answer.status_code == 422
    assert reasons(answer.text) == [("3", "Name", "Not this name.")]
    assert names(world) == before


def test_what_changed_since_it_was_looked_through_is_not_done(world: World) -> None:
    browser = world.browser("Penni")
    address, page = looked(browser, "Name;Title\nBo;one\n")
    with world.app.app_context(), unscoped("somebody adds the same meanwhile"):
        create({"name": "Bo", "title": "two", "status": "active"}, world.laukaa, world.people["Penni"])
        db.session.remove()
    answer = confirm(browser, address, page.text)
    assert answer.status_code == 422
    assert "Something changed meanwhile" in answer.text


@pytest.mark.parametrize(
    "file",
    ["Name;Name\nBo;Bo\n", "Nobody;knows\n1;2\n", "", "PK\x03\x04"],
    ids=["twice", "unknown", "empty", "zip"],
)
def test_a_file_that_does_not_fit_is_told_in_words(world: World, file: str) -> None:
    answer = send(world.browser("Penni"), file)
    if answer.status_code == 303:
        answer = world.browser("Penni").get(answer.location)
    assert answer.status_code == 422


def test_ten_thousand_bad_rows_are_all_told(world: World) -> None:
    browser = world.browser("Penni")
    _address, page = looked(browser, "Name;State\n" + "Bo;Nowhere\n" * MOST_ROWS)
    assert len(reasons(page.text)) == 100
    assert browser.get(f"{PAGE}/faults").text.count("\r\n") == MOST_ROWS + 1


def test_more_rows_than_can_be_written_at_once_are_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_STEPS", 2)
    _, page = looked(world.browser("Penni"), "Name\nBo\nEino\nSari K\n")
    assert [row for row, _column, _reason in reasons(page.text)] == ["The whole file"]


def test_a_file_is_its_senders_alone_for_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    penni = world.browser("Penni")
    address, _page = looked(penni, "Name\nBo\n")
    assert world.browser("Maija").get(address).status_code in (403, 404)
    others = world.browser("Maija").get(address.replace("laukaa", "muurame"))
    assert others.location.endswith("/import")
    monkeypatch.setattr("core.records.importing.services.now", lambda: now() + KEPT * 1.01)
    assert penni.get(address).status_code == 303
    tidy(world.app)
    with world.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_whoever_learns_by_a_file_that_somebody_is_here_has_looked_at_them(world: World) -> None:
    """A file with a guessed contact would tell whether it fits."""
    looked(world.browser("Penni"), "Name;Title\nAino;trained\nNobody here;x\n")
    with world.app.app_context(), unscoped("the log of a test"):
        subject = db.session.get_one(Expert, world.experts["Aino"]).person_id
        logged = db.session.scalars(select(AccessRow.subject_id).where(AccessRow.how == "search")).all()
        db.session.remove()
    assert list(logged) == [subject]


def test_nor_does_the_list_of_faults_tell_without_a_line(world: World) -> None:
    browser = world.browser("Penni")
    send(browser, "Name;Title;State\nGranted;trained;Ended\n")
    assert "you may not change it" in browser.get(f"{PAGE}/faults").text
    with world.app.app_context(), unscoped("the log of a test"):
        assert len(db.session.scalars(select(AccessRow.id).where(AccessRow.how == "search")).all()) == 1
        db.session.remove()


def test_a_files_name_is_made_safe(world: World) -> None:
    browser = world.browser("Penni")
    data = {CSRF: browser.csrf, "file": (BytesIO(b"Name\nBo\n"), "re\x00kis\u202eteri.exe")}
    assert browser.client.post(PAGE, data=data).status_code == 303
    with world.app.app_context():
        assert db.session.scalars(select(ImportRun.name)).all() == ["rekisteri.csv"]


def test_a_file_that_is_not_wanted_is_forgotten(world: World) -> None:
    browser = world.browser("Penni")
    address, _page = looked(browser, "Name\nBo\n")
    assert browser.post(f"{PAGE}/cancel").status_code == 303
    assert browser.get(address).status_code == 303


def test_rows_go_to_the_organisation_chosen_and_to_no_other(world: World) -> None:
    browser = world.browser("Penni")
    address, page = looked(browser, "Name\nBo\n", organisation=str(world.school))
    confirm(browser, address, page.text)
    [row] = [expert for expert in stored_experts(world) if expert.name == "Bo"]
    assert row.organisation_id == world.school
    assert send(browser, "Name\nEino\n", organisation=str(world.muurame)).status_code == 400


def test_a_row_that_another_organisation_keeps_is_not_changed(world: World) -> None:
    """One may see it by a grant, and so finds that it is there."""
    _, page = looked(world.browser("Penni"), "Name;Title;State\nGranted;trained;Ended\n")
    assert [column for _row, column, _reason in reasons(page.text)] == [""]
    assert "you may not change it" in page.text


class TestNothingTellsRowsApart:
    @pytest.fixture
    def described(self) -> Record:
        return replace(IMPORTED, same=(("email",), ("name", "title")))

    def test_such_a_row_is_not_made_again_and_again(self, world: World) -> None:
        _, page = looked(world.browser("Penni"), "Name;Title\nBo;\n")
        assert reasons(page.text) == [
            ("2", "", "Fill in what tells the row from others: E-mail or Name + Title.")
        ]


def test_rows_are_told_apart_by_fields_that_are_there() -> None:
    with pytest.raises(BadDescription, match="nowhere"):
        replace(IMPORTED, same=(("nowhere",),))
