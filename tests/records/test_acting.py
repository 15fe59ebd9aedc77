"""Something done to chosen rows happens to all of them or to none, after asking."""

from __future__ import annotations

from typing import Any

import pytest

from core.experts.models import Expert
from core.records import listing
from core.records.description import Record
from tests.records.conftest import Browser, World
from tests.records.described import LISTED
from tests.records.test_filters import people

pytestmark = pytest.mark.pages

__all__ = ["people"]
LIST = "/o/laukaa/records/core.expert/"


@pytest.fixture
def described() -> Record:
    return LISTED


def act(who: Browser, *ids: Any, query: str = "", **form: Any) -> Any:
    return who.post(f"{LIST}act{query}", action="pause", id=[str(each) for each in ids], **form)


def states(world: World, *names: str) -> list[str]:
    return [world.values(Expert, world.experts[name])["status"] for name in names]


def test_a_page_asks_first_with_number_and_names(people: World) -> None:
    page = act(people.browser("Penni"), people.experts["Aino"], people.experts["Koulu"])
    assert page.status_code == 200
    assert all(words in page.text for words in ("2 rows:", "Aino", "Koulu", "They get no tasks."))
    assert states(people, "Aino", "Koulu") == ["active", "active"]


def test_all_of_it_is_done(people: World) -> None:
    ids = [people.experts[name] for name in ("Aino", "Koulu")]
    answer = act(people.browser("Penni"), *ids, query="?f.status=active&sort=-name", sure=1)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?f.status=active&sort=-name")
    assert states(people, "Aino", "Koulu") == ["paused", "paused"]


def test_one_refusal_takes_back_the_whole_and_is_named(people: World) -> None:
    ids = [people.experts[name] for name in ("Aino", "Bo 1000", "Koulu")]
    answer = act(people.browser("Penni"), *ids, sure=1)
    assert answer.status_code == 422
    assert "Bo 1000: Has ended." in answer.text
    assert "Nothing was changed." in answer.text
    assert states(people, "Aino", "Bo 1000", "Koulu") == ["active", "ended", "active"]


def test_a_row_one_may_see_and_not_change_is_refused(people: World) -> None:
    answer = act(people.browser("Penni"), people.experts["Aino"], people.experts["Granted"], sure=1)
    assert answer.status_code == 422
    assert "Granted: You may not change this." in answer.text
    assert states(people, "Aino", "Granted") == ["active", "active"]


def test_rows_that_are_not_there_are_not_there(people: World) -> None:
    penni = people.browser("Penni")
    assert act(penni, people.experts["Aino"], people.experts["Sari"], sure=1).status_code == 404
    assert act(penni, 999_999).status_code == 404
    assert act(penni, "abc").status_code == 400
    assert act(penni, *range(1, listing.PAGE + 2)).status_code == 400
    assert act(penni).status_code == 303
    assert penni.post(f"{LIST}act", action="burn", id="1").status_code == 400
    assert people.browser("Maija").post(f"{LIST}act", action="pause", id="1").status_code == 404
    assert states(people, "Aino", "Sari") == ["active", "active"]


def test_the_list_has_a_box_for_each_row(people: World) -> None:
    page = people.browser("Penni").get(LIST)
    assert page.text.count('type="checkbox" name="id"') == 6
    assert 'aria-label="Aino"' in page.text
