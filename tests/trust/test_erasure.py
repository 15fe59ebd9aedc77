"""Erasure takes what is not kept by law out of the whole database, and says what stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from core.database.session import writing
from core.database.types import now
from core.experts.models import Expert
from core.log.models import PersonKey
from core.modules.calling import calls
from core.outbox.models import Mail
from core.trust import erasing
from core.trust.models import Consent, Erasure
from core.users.models import Account, Person
from core.users.services import add_membership, update_contact
from tests.trust.conftest import LIST, World

CANARIES = ("Kanarialintu", "kanaria@example.test", "0409998887")


def address(world: World, name: str = "Aino") -> str:
    return f"/o/laukaa/experts/{world.experts[name]}/erase"


def dump(world: World) -> str:
    """Every value of every table, as the database holds it."""
    with world.looking() as session:
        connection, tables = session.connection(), MetaData()
        tables.reflect(connection)
        rows = [
            (table.name, *map(repr, row))
            for table in tables.sorted_tables
            for row in connection.execute(select(table))
        ]
    return "\n".join(map(str, rows))


@pytest.fixture
def canary(world: World) -> World:
    """Aino under a name, address and number that stand nowhere else, and a change of each."""
    name, email, phone = CANARIES
    with world.app.app_context():
        values = {"name": name, "email": email, "phone": phone}
        update_contact(world.people["Aino"], values, actor_id=world.people["Kerttu"])
        with writing() as session:
            session.add(
                Mail(dedupe_key="k", recipient=email, subject="Hello", body=f"Dear {name}", created_at=now())
            )
    assert all(each in dump(world) for each in CANARIES)
    return world


def test_no_word_of_the_person_is_left(canary: World) -> None:
    penni, kerttu = canary.browser("Penni"), canary.browser("Kerttu")
    assert penni.post(address(canary)).status_code == 303
    found = dump(canary)
    assert [each for each in (*CANARIES, "aino@example.test") if each in found] == []
    with canary.looking() as session:
        person_id = canary.people["Aino"]
        assert session.get_one(Person, person_id).blanked_at is not None
        assert session.get(PersonKey, person_id) is None
        assert session.scalar(select(Account).where(Account.person_id == person_id)) is None
        live = select(func.count()).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        assert session.scalar(live) == 0
        assert session.get_one(Expert, canary.experts["Aino"]).status == "ended"
    assert "Poistettu" not in kerttu.get(LIST).text
    assert "Veikko" in kerttu.get(LIST).text


def test_the_receipt_says_what_stays_and_nobodys_name(world: World) -> None:
    penni = world.browser("Penni")
    answer = penni.post(address(world))
    with world.looking() as session:
        row = session.scalars(select(Erasure)).one()
    page = penni.get(answer.headers["Location"]).text
    assert row.number in page
    assert "Aino" not in page
    with world.app.app_context():
        add_membership(world.people["Maija"], world.muurame, "administrator", actor_id=None)
    assert world.browser("Maija").get(f"/o/muurame/erasures/{row.id}").status_code == 404


def test_looking_at_it_changes_nothing(world: World) -> None:
    page = world.browser("Penni").get(address(world))
    assert page.status_code == 200
    assert "906/2019" in page.text
    with world.looking() as session:
        assert session.get_one(Person, world.people["Aino"]).blanked_at is None


def test_the_same_person_is_not_erased_twice(world: World) -> None:
    penni = world.browser("Penni")
    penni.post(address(world))
    assert penni.post(address(world)).status_code == 422
    with world.looking() as session:
        assert len(session.scalars(select(Erasure)).all()) == 1


def test_whoever_still_has_a_role_is_not_erased(world: World) -> None:
    with world.app.app_context():
        add_membership(world.people["Aino"], world.laukaa, "orderer", actor_id=None)
    assert world.browser("Penni").post(address(world)).status_code == 422


def test_a_module_that_cannot_be_asked_stops_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **values: Any) -> list[calls.Answer]:
        return [calls.Answer(a.plugin, None, known=False) for a in calls.ask(*args, **values)]

    monkeypatch.setattr(erasing, "ask", broken)
    answer = world.browser("Penni").post(address(world))
    assert answer.status_code == 422
    with world.looking() as session:
        assert session.get_one(Person, world.people["Aino"]).blanked_at is None


def test_nothing_is_erased_when_the_last_step_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_receipt", lambda *_args: 1 / 0)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert world.browser("Penni").post(address(world)).status_code == 500
    with world.looking() as session, writing():
        assert session.get_one(Person, world.people["Aino"]).blanked_at is None
