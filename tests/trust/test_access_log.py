"""Who was shown whose data is written down first; without it nothing is shown."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from core.database.session import writing
from core.extensions import db
from core.log import access
from core.log.models import AccessRow
from tests.trust.conftest import LIST, World

pytestmark = pytest.mark.pages


def test_a_list_logs_each_person_shown_once(world: World) -> None:
    assert "Aino" in world.browser("Kerttu").get(LIST).text
    rows = world.log()
    assert {row.subject_id for row in rows} == {world.people["Aino"], world.people["Veikko"]}
    assert {(row.how, row.record, row.why) for row in rows} == {("list", "core.expert", "core.experts.view")}
    assert {(row.actor_id, row.controller_id) for row in rows} == {(world.people["Kerttu"], world.laukaa)}
    assert len(rows) == 2


@pytest.mark.parametrize("page", ["", "edit"])
def test_a_page_logs_its_subject_once(world: World, page: str) -> None:
    assert world.browser("Kerttu").get(world.page("Aino") + page).status_code == 200
    assert [(row.subject_id, row.how) for row in world.log()] == [(world.people["Aino"], "page")]


def test_an_export_logs_everybody_in_the_file(world: World) -> None:
    assert world.browser("Kerttu").get(f"{LIST}export?format=csv").status_code == 200
    assert sorted((row.subject_id, row.how) for row in world.log()) == sorted(
        (world.people[name], "export") for name in ("Aino", "Veikko")
    )


@pytest.mark.parametrize("address", ["", "{id}/", "export?format=csv"])
def test_without_the_log_nothing_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def full(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(access, "insert", full)
    answer = world.browser("Kerttu").get(LIST + address.format(id=world.experts["Aino"]))
    assert answer.status_code == 503
    assert "Aino" not in answer.text
    assert world.log() == []


@pytest.mark.parametrize("who", ["Outi", "Maija"])
def test_a_guessed_address_is_refused_and_logged(world: World, who: str) -> None:
    """One lacks the permission in her own organisation, the other belongs to another."""
    answer = world.browser(who).get(world.page("Aino"))
    assert answer.status_code in (403, 404)
    assert [(row.actor_id, row.subject_id, row.how) for row in world.log()] == [
        (world.people[who], world.people["Aino"], "refused")
    ]


def test_a_row_outside_ones_scope_is_refused_and_logged(world: World) -> None:
    address = world.page("Aino").replace("laukaa", "muurame")
    assert world.browser("Maija").get(address).status_code == 404
    assert [(row.subject_id, row.how) for row in world.log()] == [(world.people["Aino"], "refused")]


@pytest.mark.parametrize("statement", ["UPDATE access_log SET why = ''", "DELETE FROM access_log"])
def test_the_log_is_only_added_to(world: World, statement: str) -> None:
    world.browser("Kerttu").get(LIST)
    with world.app.app_context():
        with pytest.raises(DatabaseError), writing() as session:
            session.execute(text(statement))
        db.session.remove()
    with world.looking() as session:
        assert len(session.scalars(select(AccessRow)).all()) == 2


def test_a_list_costs_at_most_eight_statements(world: World) -> None:
    """Session, gate, roles, rows and the log included."""
    kerttu = world.browser("Kerttu")
    kerttu.get(LIST)
    asked: list[str] = []

    def note(_conn: object, _cursor: object, sql: str, *_rest: object) -> None:
        asked.append(sql)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        kerttu.get(LIST)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    counted = [sql for sql in asked if not sql.startswith(("PRAGMA", "BEGIN"))]
    assert len(counted) <= 8, "\n".join(counted)


@pytest.mark.parametrize("who", ["Outi", "Maija"])
@pytest.mark.parametrize(
    "address",
    [
        "/o/{org}/experts/{id}/copy.json",
        "/o/{org}/experts/merge?keep={id}&gone={id}",
        "/o/{org}/records/core.expert/?after={id}",
    ],
)
def test_every_guessed_address_is_logged(world: World, who: str, address: str) -> None:
    """By somebody who lacks the permission, and by somebody of another organisation, at their own address."""
    org = {"Outi": "laukaa", "Maija": "muurame"}[who]
    answer = world.browser(who).get(address.format(org=org, id=world.experts["Aino"]))
    assert answer.status_code in (403, 404)
    rows = {(row.actor_id, row.subject_id, row.how) for row in world.log()}
    assert rows == {(world.people[who], world.people["Aino"], "refused")}
