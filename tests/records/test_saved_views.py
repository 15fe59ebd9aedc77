"""Saved views: whose they are, who sees them, and that they show nobody more than they may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database.session import writing
from core.database.types import today
from core.extensions import db
from core.log.models import Change
from core.organisations.services import delegate
from core.records.description import Record
from core.records.errors import Invalid
from core.records.saved.models import SavedView
from core.records.saved.services import MOST, change_view
from core.users.models import Membership
from core.users.services import add_membership
from tests.records.conftest import Browser, World
from tests.records.described import LISTED
from tests.records.test_filters import people
from tests.records.test_pages import names

pytestmark = pytest.mark.pages

__all__ = ["people"]
LIST = "/o/laukaa/records/core.expert/"
VIEWS = f"{LIST}views"


@pytest.fixture
def described() -> Record:
    return LISTED


def save(who: Browser, name: str = "Mine", role: str = "", **args: str) -> Any:
    return who.post(VIEWS, do="save", name=name, role=role, **args)


def stored(world: World) -> list[tuple[Any, ...]]:
    with world.app.app_context():
        found = db.session.execute(select(SavedView.id, SavedView.name, SavedView.shared_role)).all()
        db.session.remove()
    return [tuple(row) for row in found]


def test_a_view_shows_what_was_asked(people: World) -> None:
    penni = people.browser("Penni")
    page = penni.get(f"{VIEWS}?f.status=paused&col=name&sort=-name")
    assert all(words in page.text for words in ("On a break", "Columns", "Save this view"))
    answer = save(penni, **{"f.status": "paused", "col": "name", "sort": "-name"})
    assert answer.status_code == 303
    page = penni.get(answer.location)
    assert names(page) == ["Bo 100%"]
    assert "Municipality</th>" not in page.text
    assert ">Mine</a>" in page.text
    assert 'aria-current="page">Mine' in page.text


def test_a_view_is_its_owners_alone_until_it_is_shared(people: World) -> None:
    penni, kalle = people.browser("Penni"), people.browser("Kalle")
    address = save(penni, **{"f.status": "paused"}).location
    assert kalle.get(address).status_code == 404
    view_id = stored(people)[0][0]
    assert penni.post(VIEWS, do="change", view=view_id, name="Ours", role="coordinator").status_code == 303
    assert names(kalle.get(address)) == ["Bo 100%"]
    assert ">Ours</a>" in kalle.get(LIST).text
    assert people.browser("Maija").get(address).status_code == 404


def test_a_shared_view_leaves_out_what_one_may_not_see_and_says_so(people: World) -> None:
    penni, kalle = people.browser("Penni"), people.browser("Kalle")
    args = {"f.status": "paused", "f.email": "nobody", "col": "email"}
    address = save(penni, role="coordinator", **args).location
    assert names(penni.get(address)) == []
    page = kalle.get(address)
    assert names(page) == ["Bo 100%"]
    assert "Some of this view is left out" in page.text
    assert "E-mail" not in page.text
    assert "nobody" not in page.text


def test_a_view_is_seen_where_it_was_saved_and_below(people: World) -> None:
    penni = people.browser("Penni")
    save(penni)
    view_id = stored(people)[0][0]
    for place, status in (("laukaa", 200), ("koulu", 200), ("maakunta", 404), ("muurame", 404)):
        assert penni.get(f"/o/{place}/records/core.expert/?view={view_id}").status_code == status, place


def test_only_the_owner_changes_a_view(people: World) -> None:
    penni, kalle = people.browser("Penni"), people.browser("Kalle")
    save(penni)
    view_id = stored(people)[0][0]
    assert kalle.post(VIEWS, do="change", view=view_id, name="Stolen").status_code in (404, 422)
    assert kalle.post(VIEWS, do="remove", view=view_id, sure=1).status_code == 404
    assert stored(people) == [(view_id, "Mine", None)]


def test_whoever_left_the_organisation_changes_no_view_there(people: World) -> None:
    """Penni goes on in Muurame: what was saved in Laukaa is neither renamed nor shared otherwise."""
    penni = people.browser("Penni")
    save(penni, role="coordinator")
    view_id, person_id = stored(people)[0][0], people.people["Penni"]
    with people.app.app_context():
        with writing() as session:
            held = session.scalars(select(Membership).where(Membership.person_id == person_id)).all()
            for membership in held:
                membership.valid_to = today() - timedelta(days=1)
        add_membership(person_id, people.muurame, "administrator", actor_id=None)
        db.session.remove()
    there = "/o/muurame/records/core.expert/views"
    for form in ({"name": "Stolen", "role": "coordinator"}, {"name": "Mine", "role": ""}):
        assert penni.post(there, do="change", view=view_id, **form).status_code == 404
    with people.app.app_context(), pytest.raises(Invalid):
        change_view(view_id, "Stolen", "coordinator", person_id)
    assert stored(people) == [(view_id, "Mine", "coordinator")]


def test_whoever_is_there_by_delegation_changes_their_view(people: World) -> None:
    with people.app.app_context():
        delegate(people.laukaa, people.muurame, ["core.experts.view", "core.experts.manage"])
        db.session.remove()
    maija = people.browser("Maija")
    assert save(maija).status_code == 303
    view_id = stored(people)[0][0]
    assert maija.post(VIEWS, do="change", view=view_id, name="Ours").status_code == 303
    assert stored(people) == [(view_id, "Ours", None)]


def test_removing_asks_first(people: World) -> None:
    penni = people.browser("Penni")
    save(penni)
    view_id = stored(people)[0][0]
    assert penni.post(VIEWS, do="remove", view=view_id).status_code == 200
    assert len(stored(people)) == 1
    assert penni.post(VIEWS, do="remove", view=view_id, sure=1).status_code == 303
    assert stored(people) == []
    with people.app.app_context():
        logged = db.session.scalars(select(Change.action).where(Change.record == "core.view")).all()
        db.session.remove()
    assert list(logged) == ["create", "remove"]


@pytest.mark.parametrize(
    ("name", "role", "message"),
    [
        ("", "", "Give the view a name."),
        ("a" * 81, "", "At most 80 characters."),
        ("Mine", "", "You have a view of this name already."),
        ("Other", "nobody", "You may not share this view."),
    ],
)
def test_what_is_refused_is_told(people: World, name: str, role: str, message: str) -> None:
    penni = people.browser("Penni")
    save(penni)
    answer = save(penni, name=name, role=role, sort="name")
    assert answer.status_code == 422
    assert message in answer.text
    assert len(stored(people)) == 1


def test_views_are_not_without_number(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.records.saved import services

    assert MOST == 50
    monkeypatch.setattr(services, "MOST", 1)
    penni = people.browser("Penni")
    save(penni)
    assert save(penni, name="Second").status_code == 422


def test_a_view_cannot_keep_what_one_may_not_ask(people: World) -> None:
    assert save(people.browser("Kalle"), **{"f.email": "x"}).status_code == 400
    assert save(people.browser("Kalle"), **{"f.status": "nothing"}).status_code == 400
    assert stored(people) == []


@pytest.mark.parametrize("number", ["abc", "-1", "999999", "9" * 20, ""])
def test_a_view_that_is_not_there(people: World, number: str) -> None:
    assert people.browser("Penni").get(f"{LIST}?view={number}").status_code == 404


def test_another_deed_is_refused(people: World) -> None:
    penni = people.browser("Penni")
    assert penni.post(VIEWS, do="burn").status_code == 400
    assert penni.post(VIEWS, do="change", view="abc", name="x").status_code == 400
