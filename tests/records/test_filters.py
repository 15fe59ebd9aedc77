"""A list is narrowed by what its address says, and by nothing one may not see."""

from __future__ import annotations

from typing import Any

import pytest

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.records import listing
from core.records.conditions import All, AnyOf, Condition, Where, compiled, holds
from core.records.description import Record
from core.scope import unscoped
from core.users.services import add_membership, create_account, create_person
from tests.records.conftest import World, expert
from tests.records.described import LISTED
from tests.records.test_pages import counted, names, read_on

LIST = "/o/laukaa/records/core.expert/"


@pytest.fixture
def described() -> Record:
    return LISTED


@pytest.fixture
def people(world: World) -> World:
    """Experts to find, and a coordinator who may see no e-mail addresses."""
    found = (
        ("Åke Öberg", "Äänekoski", "active"),
        ("Bo 100%", "Laukaa", "paused"),
        ("Bo 1000", "", "ended"),
    )
    with world.app.app_context():
        kalle = create_person("Kalle", language="en", actor_id=None)
        create_account(kalle, "kalle@example.test", actor_id=None)
        add_membership(kalle, world.laukaa, "coordinator", actor_id=None)
        world.people["Kalle"] = kalle
        with unscoped("a test's experts"):
            for name, municipality, status in found:
                world.experts[name] = expert(name, world.laukaa)
                with writing() as session:
                    row = session.get_one(Expert, world.experts[name])
                    row.municipality, row.status = municipality, status
        db.session.remove()
    return world


def shown(world: World, query: str, who: str = "Penni") -> list[str]:
    page = world.browser(who).get(f"{LIST}?{query}")
    assert page.status_code == 200, query
    return names(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("f.status=paused", ["Bo 100%"]),
        ("f.status=", ["Aino", "Bo 100%", "Bo 1000", "Granted", "Koulu", "Åke Öberg"]),
        ("f.name=ö", ["Åke Öberg"]),
        ("f.name=ÖBERG", ["Åke Öberg"]),
        ("f.name=100%25", ["Bo 100%"]),
        ("f.name=%25", ["Bo 100%"]),
        ("f.name=_", []),
        ("f.municipality=ÄÄN", ["Åke Öberg"]),
        ("f.municipality=laukaa&f.status=paused", ["Bo 100%"]),
        ("f.municipality=laukaa&f.status=active", []),
        ("f.status=active&sort=-name", ["Åke Öberg", "Koulu", "Granted", "Aino"]),
    ],
)
def test_filters(people: World, query: str, expected: list[str]) -> None:
    assert shown(people, query) == expected


def test_an_organisation_means_those_below_it(people: World) -> None:
    assert shown(people, f"f.organisation_id={people.school}") == ["Koulu"]
    assert len(shown(people, f"f.organisation_id={people.laukaa}")) == 5


def test_a_range_has_two_ends(people: World) -> None:
    number = people.values(Expert, people.experts["Bo 100%"])["person_id"]
    assert shown(people, f"f.person_id.from={number}&f.person_id.to={number}") == ["Bo 100%"]
    assert shown(people, f"f.person_id.from={number}") == ["Bo 100%", "Bo 1000"]


def test_a_child_list_has_filters_too(people: World) -> None:
    penni = people.browser("Penni")
    address = f"{LIST}{people.experts['Granted']}/grant/"
    assert names(penni.get(f"{address}?f.valid_from.to=1.1.2020")) == ["x"]
    assert names(penni.get(f"{address}?f.valid_from.from=2.1.2020")) == []


@pytest.mark.parametrize(
    "query", ["f.status=nothing", "f.person_id.from=x", "f.name=%E2%80%AE", "f.name=" + "a" * 201]
)
def test_a_bad_value_is_told_beside_its_filter(people: World, query: str) -> None:
    page = people.browser("Penni").get(f"{LIST}?{query}")
    assert page.status_code == 422
    assert 'class="field__error"' in page.text
    assert names(page) == []


def test_filters_that_are_on_are_counted_and_can_be_cleared(people: World) -> None:
    page = people.browser("Penni").get(f"{LIST}?f.status=paused&f.name=bo&sort=-name&f.municipality=")
    assert "2 filters are on." in page.text
    assert f'href="{LIST}?sort=-name">Clear the filters</a>' in page.text


@pytest.mark.parametrize(
    "query",
    ["f.nothing=1", "f.title=x", "f.name.from=x", "f.person_id=1", "col=nothing", "col=title", "sort=email"],
)
def test_what_there_is_not_is_refused(people: World, query: str) -> None:
    assert people.browser("Penni").get(f"{LIST}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["f.email=penni", "col=email", "sort=email", "col=name&col=email"])
@pytest.mark.parametrize("page", ["", "export"])
def test_what_one_may_not_see_is_as_unknown_as_what_never_was(people: World, query: str, page: str) -> None:
    kalle = people.browser("Kalle")
    assert kalle.get(f"{LIST}{page}?{query}").status_code == 400
    assert kalle.get(f"{LIST}{page}?{query.replace('email', 'nothing')}").status_code == 400
    assert "E-mail" in people.browser("Penni").get(LIST).text
    assert "E-mail" not in kalle.get(LIST).text


def test_a_value_elsewhere_is_found_by_its_criterion(people: World) -> None:
    assert shown(people, "f.email=nobody") == []


def test_chosen_columns_stand_in_the_order_of_the_description(people: World) -> None:
    page = people.browser("Penni").get(f"{LIST}?col=person_id&col=name&f.status=paused")
    heads = page.text.partition("<thead>")[2].partition("</thead>")[0]
    assert [part.split("<")[0] for part in heads.split('">')[1:] if part[:1].isalpha()][-2:] == [
        "Name",
        "Number",
    ]
    assert "col=name&amp;col=person_id" in page.text


def test_pages_keep_the_filters(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = listing.read_page
    monkeypatch.setattr(listing, "read_page", lambda *a, **k: real(*a, **{**k, "size": 2}))
    penni = people.browser("Penni")
    assert read_on(penni, f"{LIST}?f.status=active") == [["Aino", "Granted"], ["Koulu", "Åke Öberg"]]


def queries(statements: list[str]) -> int:
    """Who asks, their roles, saved views, rows, names and the log of who looked; begin and end left out."""
    return sum(each.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "WITH")) for each in statements)


def test_a_list_with_filters_takes_the_same_few_statements_at_any_size(people: World) -> None:
    penni = people.browser("Penni")
    query = f"{LIST}?f.status=active&f.name=e&f.organisation_id={people.laukaa}&f.email=&sort=-name"
    penni.get(query)
    with counted(people) as few:
        penni.get(query)
    with people.app.app_context(), unscoped("many experts"):
        for number in range(60):
            expert(f"Expert {number:03d}", people.laukaa)
        db.session.remove()
    penni.get(query)
    with counted(people) as many:
        assert len(names(penni.get(query))) == listing.PAGE
    assert queries(few) == queries(many) <= 8


CONDITIONS: list[Condition] = [
    Where("municipality", "is", "Laukaa"),
    Where("municipality", "is_not", "Laukaa"),
    Where("municipality", "empty"),
    Where("municipality", "filled"),
    Where("municipality", "contains", "ÄÄNE"),
    Where("municipality", "one_of", ("Laukaa", "Somewhere")),
    Where("name", "contains", "bo 1"),
    Where("person_id", "at_least", 5),
    Where("person_id", "at_most", 5),
    All(),
    AnyOf(),
    AnyOf(Where("status", "is", "ended"), All(Where("name", "contains", "a"), Where("person_id", "filled"))),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_condition_says_the_same_of_rows_and_of_values(people: World, condition: Condition) -> None:
    keys = ("name", "municipality", "status", "person_id")
    with people.app.app_context(), unscoped("all experts"):
        rows = db.session.scalars(db.select(Expert)).all()
        by_value = {r.id for r in rows if holds(condition, {key: getattr(r, key) for key in keys})}
        query: Any = db.select(Expert.id).where(compiled(condition, LISTED))
        by_sql = set(db.session.scalars(query))
        db.session.remove()
    assert by_sql == by_value
