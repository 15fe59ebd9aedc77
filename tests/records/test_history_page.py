"""The page of a row's history: who, when, old and new; what the reader may not see is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.log.keys import forget_key
from core.log.services import record_change
from core.records.description import Field, Record
from core.records.errors import Invalid
from core.records.history import PAGE
from core.records.writing import store
from core.scope import unscoped
from core.users.services import add_membership
from tests.records.conftest import World, administrator

pytestmark = pytest.mark.pages

WHY: dict[str, Any] = {"personal": True, "purpose": "to try", "retention": "a day"}
OLD, NEW, HIDDEN = "Vanhakoski", "Uusikoski", "Piilokoski"


def update(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    with writing() as session:
        row = session.get(Expert, expert_id)
        if row is None:
            raise Invalid({"": "Gone."})
        store(session, RECORD, row, values, actor_id=actor_id)


RECORD = Record(
    key="core.expert",
    label="Expert",
    plural="Experts",
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    update=update,
    subject="person_id",
    fields=(
        Field(key="name", label="Name", required=True, **WHY),
        Field(key="municipality", label="Place", read="core.people.manage", **WHY),
        Field(key="status", label="Status", log_values=False, **WHY),
    ),
)


@pytest.fixture
def described() -> Record:
    return RECORD


def change(world: World, **values: Any) -> None:
    with world.app.app_context(), unscoped("a test"):
        update(world.experts["Aino"], values, world.people["Penni"])
        db.session.remove()


def page(world: World, name: str = "Aino", who: str = "Penni", node: str = "laukaa", query: str = "") -> Any:
    return world.browser(who).get(f"/o/{node}/records/core.expert/{world.experts[name]}/history{query}")


def coordinator(world: World) -> None:
    with world.app.app_context():
        from core.users.services import create_account, create_person

        person_id = create_person("Kaisa", language="en", actor_id=None)
        create_account(person_id, "kaisa@example.test", actor_id=None)
        add_membership(person_id, world.laukaa, "coordinator", actor_id=None)
        db.session.remove()
    world.people["Kaisa"] = person_id


def test_it_tells_who_when_and_what(world: World) -> None:
    change(world, name=OLD)
    change(world, name=NEW, status="paused")
    answer = page(world)
    assert answer.status_code == 200
    text = " ".join(answer.text.split())
    assert "Penni" in text
    assert text.index(NEW) < text.index("Status")
    assert OLD in text
    assert "Its values are not kept." in text
    assert "paused" not in text
    detail = world.browser("Penni").get(f"/o/laukaa/records/core.expert/{world.experts['Aino']}/")
    assert "/history" in detail.text


def test_a_field_one_may_not_read_is_not_there(world: World) -> None:
    coordinator(world)
    change(world, municipality=HIDDEN)
    change(world, name=NEW, municipality="Muu")
    assert HIDDEN in page(world).text
    text = page(world, who="Kaisa").text
    assert NEW in text
    assert HIDDEN not in text
    assert "Place" not in text
    assert text.count('class="event"') == 2  # the row was made, and its name changed


def test_who_may_not_read_the_row_sees_when_and_by_whom_alone(world: World) -> None:
    with world.app.app_context():
        person_id = administrator("Auli", world.muurame)
        add_membership(person_id, world.laukaa, "auditor", actor_id=None)
        db.session.remove()
    world.people["Auli"] = person_id
    change(world, name=NEW, status="paused")
    answer = page(world, who="Auli")
    assert answer.status_code == 200
    assert "Penni" not in answer.text  # a change of nothing one may read
    assert "Added" in answer.text
    for hidden in (NEW, "Aino", "Name", "Status", "records/core.expert/1/"):
        assert hidden not in answer.text.replace("/history", "")


def test_what_was_erased_says_so(world: World) -> None:
    change(world, name=OLD)
    change(world, name=NEW)
    with world.app.app_context(), unscoped("a test"):
        person_id = db.session().get_one(Expert, world.experts["Aino"]).person_id
        with writing() as session:
            forget_key(session, person_id)
        db.session.remove()
    text = page(world).text
    assert "The value has been erased." in text
    assert OLD not in text


@pytest.mark.parametrize(
    ("name", "who", "node", "status"),
    [
        ("Aino", "Maija", "muurame", 404),
        ("Granted", "Penni", "laukaa", 404),  # seen by a grant, and no more
        ("Granted", "Maija", "muurame", 200),
        ("Koulu", "Penni", "koulu", 200),
    ],
)
def test_only_for_those_who_may_change_it(world: World, name: str, who: str, node: str, status: int) -> None:
    assert page(world, name, who, node).status_code == status


def test_pages_follow_each_other(world: World) -> None:
    with world.app.app_context(), writing() as session:
        for number in range(PAGE + 5):
            record_change(
                session,
                record="core.expert",
                row_id=world.experts["Aino"],
                action="update",
                actor_id=None,
                person_id=None,
                fields=["name"],
                at=None,
                values={"name": (f"N{number}.", f"N{number + 1}.")},
            )
    first = page(world).text
    assert "N35." in first
    assert "N4." not in first
    older = first.split("history?before=")[1].split('"')[0]
    second = page(world, query=f"?before={older}").text
    assert "N4." in second
    assert "N35." not in second
    assert page(world, query="?before=x").status_code == 400


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        if not sql.startswith("PRAGMA"):
            seen.append(sql)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_number_of_queries_does_not_grow(world: World) -> None:
    change(world, name=OLD)
    page(world)
    with counted(world) as few:
        page(world)
    for number in range(10):
        change(world, name=f"Nimi{number}", municipality=f"Kunta{number}")
    with counted(world) as many:
        page(world)
    assert len(many) == len(few)
