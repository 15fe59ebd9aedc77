"""The search: words and beginnings of words, within what one may see, never by a field one may not search."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import Texts
from core.extensions import db
from core.log.models import AccessRow
from core.records.description import Record
from core.scope import unscoped
from core.search.models import SearchWord
from core.search.words import asked, words_of
from core.testing.spying import statements
from core.users.services import add_membership
from tests.records.conftest import Browser, World
from tests.records.importable import IMPORTED

PAGE = "/o/laukaa/search"


@pytest.fixture
def described() -> Record:
    return IMPORTED


@pytest.fixture
def filled(world: World) -> World:
    """Rows made by the service, so that their words are kept."""
    rows = [
        ("Ässä Äyräslehto", "Laukaa", "assa@secret.example", world.laukaa),
        ("Assar Berg", "Äänekoski", "", world.school),
        ("Aino-Maija Öljymäki", "Laukaa", "", world.laukaa),
        ("Äsken Muualla", "Laukaa", "", world.muurame),
    ]
    with world.app.app_context(), unscoped("the world of a test"):
        for name, home, email, place in rows:
            values = {"name": name, "municipality": home, "email": email or None, "status": "active"}
            create: Any = IMPORTED.create
            create(values, place, world.people["Penni"])
        db.session.remove()
    return world


def found(browser: Browser, words: str, page: str = PAGE) -> list[str]:
    answer = browser.post(page, words=words)
    assert answer.status_code == 200, answer.text
    return re.findall(r'records/core.expert/[0-9]+/">(.*?)</a>', answer.text)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("ässä", ["Ässä Äyräslehto"]),
        ("ÄSS", ["Ässä Äyräslehto"]),
        ("assar", ["Assar Berg"]),
        ("ä", ["Assar Berg", "Ässä Äyräslehto"]),
        ("laukaa ain", ["Aino-Maija Öljymäki"]),
        ("maija öljy", ["Aino-Maija Öljymäki"]),
        ("ljymäki", []),
        ("laukaa berg", []),
        ("   ", []),
        ("%", []),
        ("'; drop table", []),
    ],
)
def test_words_and_their_beginnings_with_finnish_letters(filled: World, words: str, names: list[str]) -> None:
    assert found(filled.browser("Penni"), words) == names


def test_others_rows_are_not_found(filled: World) -> None:
    assert found(filled.browser("Penni"), "äsken") == []
    assert found(filled.browser("Maija"), "äsken", "/o/muurame/search") == ["Äsken Muualla"]
    assert filled.browser("Maija").post(PAGE, words="ässä").status_code in (403, 404)


def test_a_field_one_may_not_search_finds_nothing(filled: World) -> None:
    with filled.app.app_context():
        add_membership(filled.people["Maija"], filled.laukaa, "coordinator", actor_id=None)
        db.session.remove()
    assert found(filled.browser("Penni"), "secret") == ["Ässä Äyräslehto"]
    assert found(filled.browser("Maija"), "ässä") == ["Ässä Äyräslehto"]
    assert found(filled.browser("Maija"), "secret") == []


def test_a_changed_row_is_found_by_its_new_words_alone(filled: World) -> None:
    browser = filled.browser("Penni")
    [row] = [e for e in _experts(filled) if e.name == "Assar Berg"]
    update: Any = IMPORTED.update
    with filled.app.app_context(), unscoped("a test"):
        update(row.id, {"name": "Karl Berg"}, filled.people["Penni"])
        db.session.remove()
    assert (found(browser, "assar"), found(browser, "karl")) == ([], ["Karl Berg"])


def test_whoever_is_shown_stands_in_the_access_log_and_nobody_else(filled: World) -> None:
    browser = filled.browser("Penni")
    found(browser, "ä")
    with filled.app.app_context(), unscoped("a test"):
        logged = db.session.scalars(select(AccessRow.subject_id).where(AccessRow.how == "search")).all()
        db.session.remove()
    shown = {e.person_id for e in _experts(filled) if e.name in ("Assar Berg", "Ässä Äyräslehto")}
    assert sorted(logged) == sorted(shown)


def test_the_words_stand_in_no_address(filled: World) -> None:
    page = filled.browser("Penni").get(PAGE)
    assert 'method="post"' in page.text
    assert filled.browser("Penni").get(f"{PAGE}?words=assar").text.count("Assar") == 0


def test_the_command_reads_every_row_anew(filled: World) -> None:
    with filled.app.app_context(), writing() as session:
        session.execute(SearchWord.__table__.delete())
    assert found(filled.browser("Penni"), "ässä") == []
    result = filled.app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert "core.expert: 8" in result.output
    assert found(filled.browser("Penni"), "ässä") == ["Ässä Äyräslehto"]


def test_the_number_of_queries_does_not_grow_with_the_rows(filled: World) -> None:
    browser, create = filled.browser("Penni"), IMPORTED.create
    assert create is not None
    with statements(filled.app) as few:
        found(browser, "ä")
    with filled.app.app_context(), unscoped("a test"):
        for number in range(15):
            create({"name": f"Äimä {number}", "status": "active"}, filled.laukaa, filled.people["Penni"])
        db.session.remove()
    with statements(filled.app) as many:
        found(browser, "ä")
    assert len(many) == len(few) <= 14


def test_no_word_is_kept_of_a_field_that_is_not_searchable(filled: World) -> None:
    with filled.app.app_context():
        kept = db.session.scalar(
            select(func.count()).select_from(SearchWord).where(SearchWord.word.in_(["active", "trained"]))
        )
    assert kept == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Äänekosken Sivistys-palvelut", {"||nekosken", "sivistys", "palvelut"}),
        (Texts(fi="Koulu", sv="Skolan"), {"koulu", "skolan"}),
        ("+358 40 123 4567", {"358", "40", "123", "4567", "358401234567", "0401234567"}),
        (None, set()),
        (True, set()),
        (["a b", "c"], {"a", "b", "c"}),
        ("É", {"e"}),
    ],
)
def test_words_of_values(value: Any, words: set[str]) -> None:
    assert words_of(value) == words


def test_each_word_is_asked_once_and_cut() -> None:
    assert asked("b a b") == ["b", "a"]
    assert len(asked("x" * 500)[0]) == 60


def _experts(world: World) -> Any:
    from tests.records.conftest import stored_experts

    return stored_experts(world)
