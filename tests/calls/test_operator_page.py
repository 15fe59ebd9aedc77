"""The operator's page names module, call and error, and its buttons do what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.health.breaker import Failure, record
from core.modules.host import Condition
from core.modules.models import HookHealth
from core.testing.visitors import CSRF, Visitor, visitor
from core.users.services import create_account, create_person
from tests.calls.probing import Probed

pytestmark = pytest.mark.pages


@pytest.fixture
def oona(probed: Probed) -> Visitor:
    with probed.app.app_context():
        person_id = create_person("Oona Operaattori", language="en")
        create_account(person_id, "oona@laukaa.example", actor_id=None, is_operator=True)
        db.session.remove()
    return visitor(probed.app, person_id)


@pytest.fixture
def client(probed: Probed, oona: Visitor) -> FlaskClient:
    return oona.client(probed.app)


def fail(app: Flask, hook: str = "probe_may", times: int = 3) -> int:
    """Failures of a call; the id of its row."""
    with app.app_context():
        with writing() as session:
            one = Failure(("probe", hook), now(), "ValueError at probe.py:7", "ab12cd34")
            record(session, [one] * times, {})
        return db.session.scalars(select(HookHealth.id).where(HookHealth.hook == hook)).one()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_it_names_module_call_error_and_reference(probed: Probed, client: FlaskClient) -> None:
    fail(probed.app)
    page = words(client.get("/operator").text)
    for part in ("probe probe_may", "ValueError at probe.py:7", "ab12cd34", "3 times", "Not called before"):
        assert part in page


def test_a_call_is_made_again(probed: Probed, client: FlaskClient, oona: Visitor) -> None:
    row_id = fail(probed.app)
    answer = client.post(f"/operator/calls/{row_id}/retry", data={CSRF: oona.csrf})
    assert answer.status_code == 303
    page = words(client.get("/operator").text)
    assert "It is called again from now on." in page
    assert "Not called before" not in page
    assert client.post("/operator/calls/9999/retry", data={CSRF: oona.csrf}).status_code == 404
    with probed.app.app_context():
        assert current_gate().breakers == {}


def test_off_everywhere_asks_first_and_comes_back(probed: Probed, client: FlaskClient, oona: Visitor) -> None:
    question = client.get("/operator/modules/probe/disable").text
    assert "Nothing is deleted" in question
    for action, state in (("disable", "broken"), ("enable", "on")):
        answer = client.post(f"/operator/modules/probe/{action}", data={CSRF: oona.csrf})
        assert answer.status_code == 303
        with probed.app.app_context():
            assert current_gate().effective("probe", probed.here).state == state
        if action == "disable":
            page = words(client.get("/operator").text)
            assert "Off everywhere" in page
            assert "Switch on again : probe" in page


def test_the_page_of_a_module_shows_where_it_failed(probed: Probed, client: FlaskClient) -> None:
    host = probed.app.extensions["kokemussilta.host"]
    trace = "Traceback (most recent call last):\n  <script>alert(1)</script>"
    host.at_start["odd"] = Condition("odd", "failed", "ImportError: no such thing", trace)
    assert "Traceback" not in client.get("/operator").text
    page = client.get("/operator/modules/odd").text
    assert "ImportError: no such thing" in page
    assert "Traceback (most recent call last)" in page
    assert "<script>alert" not in page
    assert client.get("/operator/modules/odd/disable").status_code == 404
    assert client.get("/operator/modules/unknown").status_code == 404


def test_nobody_else_may(probed: Probed) -> None:
    row_id = fail(probed.app)
    with probed.app.app_context():
        person_id = create_person("Penni Puronvarsi")
        create_account(person_id, "penni@laukaa.example", actor_id=None)
        db.session.remove()
    penni = visitor(probed.app, person_id)
    client = penni.client(probed.app)
    assert client.get("/operator/modules/probe").status_code == 404
    for path in (f"calls/{row_id}/retry", "modules/probe/disable", "modules/probe/enable"):
        assert client.post(f"/operator/{path}", data={CSRF: penni.csrf}).status_code == 404
    with probed.app.app_context():
        assert ("probe", "probe_may") in current_gate().breakers


@pytest.fixture
def statements(probed: Probed) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if not sql.startswith(("PRAGMA", "BEGIN", "SELECT set_config")):
            seen.append(sql)

    with probed.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        yield seen
        event.remove(db.engine, "before_cursor_execute", note)


def test_many_troubles_cost_no_more_statements(
    probed: Probed, client: FlaskClient, statements: list[str]
) -> None:
    fail(probed.app, "probe_0")
    client.get("/operator")
    statements.clear()
    client.get("/operator")
    few = len(statements)
    for number in range(30):
        fail(probed.app, f"probe_{number}", times=1)
    client.get("/operator")
    statements.clear()
    client.get("/operator")
    assert len(statements) == few
    assert few <= 12
