"""The register and the people behind it: one name, one way to write it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.experts.models import Expert
from core.experts.services import create_expert, update_expert
from core.extensions import db
from core.log.models import Change
from core.records.errors import Invalid
from core.scope import unscoped
from core.search.models import SearchWord
from core.users import services
from core.users.models import Person
from tests.records.conftest import World

pytestmark = pytest.mark.pages

LIST = "/o/laukaa/records/core.expert/"
WHOLE = {"name": "Uusi", "municipality": "410", "title": "trained", "status": "active"}


def both(world: World, expert_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The expert and the person behind, as they are stored."""
    row = world.values(Expert, expert_id)
    return row, world.values(Person, row["person_id"])


def test_a_new_expert_is_a_person_like_any_other(world: World) -> None:
    typed = {**WHOLE, "name": " A\N{COMBINING DIAERESIS}ssä   Uusi ", "email": "Uusi@Laukaa.Example"}
    with world.app.app_context(), unscoped("a new expert"):
        expert_id = create_expert({**typed, "phone": "040 1"}, world.laukaa, world.people["Penni"])
        logged = db.session.scalars(select(Change.record).order_by(Change.id.desc()).limit(2)).all()
        db.session.remove()
    row, person = both(world, expert_id)
    assert (row["name"], row["sort_key"]) == (person["name"], person["sort_key"])
    assert (person["name"], person["email"], person["phone"]) == (
        "Ässä Uusi",
        "uusi@laukaa.example",
        "040 1",
    )
    assert sorted(logged) == ["core.expert", "core.person"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "A\u202eb"), ("name", " "), ("email", "ä@b.fi"), ("email", "a b@c.fi"), ("phone", "1\n2")],
)
def test_what_is_no_name_or_address_is_refused_beside_its_field(world: World, field: str, value: str) -> None:
    with world.app.app_context(), unscoped("a bad expert"):
        for write in (
            lambda: create_expert({**WHOLE, field: value}, world.laukaa, world.people["Penni"]),
            lambda: update_expert(world.experts["Aino"], {**WHOLE, field: value}, world.people["Penni"]),
        ):
            with pytest.raises(Invalid) as refused:
                write()
            assert list(refused.value.errors) == [field]
        assert db.session.scalar(select(Expert.id).where(Expert.name == "Uusi")) is None
        db.session.remove()


def test_a_refused_address_stands_beside_its_field_on_the_page(world: World) -> None:
    answer = world.browser("Penni").post(
        f"{LIST}new", **{**WHOLE, "email": "ä@b.fi"}, organisation=world.laukaa
    )
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


def test_characters_that_cannot_be_seen_are_refused(world: World) -> None:
    answer = world.browser("Penni").post(
        f"{LIST}new", **{**WHOLE, "municipality": "Lau\u202ekaa"}, organisation=world.laukaa
    )
    assert answer.status_code == 422
    assert 'id="municipality-error"' in answer.text


def test_the_register_follows_a_new_name(world: World) -> None:
    expert_id = world.experts["Aino"]
    person_id = world.values(Expert, expert_id)["person_id"]
    with world.app.app_context():
        services.create_account(person_id, "aino@example.test", actor_id=None)
        services.update_person(person_id, name="Zoë Åberg", language="sv", actor_id=None)
        db.session.remove()
    row, person = both(world, expert_id)
    assert (row["name"], row["sort_key"]) == ("Zoë Åberg", person["sort_key"])
    world.people["Aino"] = person_id
    answer = world.browser("Aino").post("/me/account", name="Aino Uusi", language="fi")
    assert answer.status_code == 303
    row, person = both(world, expert_id)
    assert (row["name"], row["sort_key"]) == ("Aino Uusi", person["sort_key"]) == ("Aino Uusi", "aino uusi")


def test_a_name_changed_in_the_register_is_the_persons(world: World) -> None:
    changed = {**WHOLE, "name": "Aino Toinen", "email": "a@b.fi", "phone": None}
    with world.app.app_context(), unscoped("a change"):
        update_expert(world.experts["Aino"], changed, world.people["Penni"])
        db.session.remove()
    row, person = both(world, world.experts["Aino"])
    assert (person["name"], person["email"], row["municipality"]) == ("Aino Toinen", "a@b.fi", "410")
    assert (row["name"], row["sort_key"]) == (person["name"], person["sort_key"])


def test_an_expert_is_found_by_name_municipality_and_the_newest_contact(world: World) -> None:
    typed = {**WHOLE, "name": "Uuno Uusi", "municipality": "410", "email": "uuno@old.example"}
    with world.app.app_context(), unscoped("a new expert"):
        expert_id = create_expert(typed, world.laukaa, world.people["Penni"])
        update_expert(expert_id, {"email": "uuno@new.example"}, world.people["Penni"])
        words = select(SearchWord.word).where(SearchWord.row_id == expert_id)
        kept = set(db.session.scalars(words))
        db.session.remove()
    assert {"uuno", "uusi", "laukaa", "new"} <= kept
    assert not {"old", "410", "active", "trained"} & kept
