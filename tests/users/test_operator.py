"""The operator's page: what runs, what waits, what was given up; and nothing of it for anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.extensions import db
from core.modules.host import Condition
from core.outbox.mail import send_mail
from core.outbox.models import OutboxRow
from core.outbox.services import enqueue
from core.users import services
from core.users.passwords import hash_password
from tests.users.conftest import PASSWORD, Browser, House, address

pytestmark = pytest.mark.pages

LONG_AGO = datetime(2026, 1, 7, 10, tzinfo=UTC)


@pytest.fixture
def oona(app: Flask, browser: Browser, house: House) -> Browser:
    with app.app_context():
        hashed = hash_password(PASSWORD)
        person_id = services.create_person("Oona Operaattori", language="en")
        services.create_account(
            person_id, address("Oona Operaattori"), password_hash=hashed, is_operator=True, actor_id=None
        )
        db.session.remove()
    assert browser.sign_in("Oona Operaattori").status_code == 303
    return browser


def row(app: Flask, **values: object) -> int:
    """A piece of work in some state."""
    with app.app_context(), writing() as session:
        enqueue(session, "fees.odd", "odd:1", payload={"secret": "x"}, module="fees")
        found = session.scalars(select(OutboxRow).where(OutboxRow.dedupe_key == "odd:1")).one()
        for key, value in values.items():
            setattr(found, key, value)
        return found.id


def state(app: Flask, row_id: int) -> str:
    with app.app_context():
        return db.session.get_one(OutboxRow, row_id).state


@pytest.mark.parametrize("name", ["Penni Puronvarsi", "Outi Omenapolku"])
def test_nobody_else_finds_it(app: Flask, browser: Browser, house: House, name: str) -> None:
    row_id = row(app, state="failed")
    browser.sign_in(name)
    assert browser.get("/operator").status_code == 404
    assert browser.post(f"/operator/outbox/{row_id}/retry", "/me/account").status_code == 404
    assert "/operator" not in browser.get("/me").text
    assert state(app, row_id) == "failed"


def test_a_stranger_is_asked_to_sign_in(browser: Browser) -> None:
    assert browser.get("/operator").status_code == 302


def test_the_menu_leads_there(oona: Browser) -> None:
    assert 'href="/operator"' in oona.get("/me").text
    assert 'href="/operator" aria-current="page"' in oona.get("/operator").text


def test_modules_and_their_state(app: Flask, oona: Browser) -> None:
    host = app.extensions["kokemussilta.host"]
    host.at_start["odd"] = Condition("odd", "failed", "ImportError: no such thing", "Traceback with secrets")
    page = oona.get("/operator").text
    assert host.healthy["fees"].plugin.version in page
    assert "ImportError: no such thing" in page
    assert "Traceback" not in page


def test_what_was_given_up_can_be_tried_again(app: Flask, oona: Browser) -> None:
    assert "No work waits." in oona.get("/operator").text
    row_id = row(app, state="failed", attempts=12, last_error="Undelivered 451", created_at=LONG_AGO)
    page = oona.get("/operator").text
    for told in ("fees.odd", "12", "Undelivered 451"):
        assert told in page
    assert "secret" not in page
    assert oona.post(f"/operator/outbox/{row_id}/retry", "/operator").status_code == 303
    assert state(app, row_id) == "pending"
    assert oona.post("/operator/outbox/999999/retry", "/operator").status_code == 404


def test_what_was_given_up_can_be_put_aside(app: Flask, oona: Browser) -> None:
    row_id = row(app, state="failed", attempts=12, last_error="Undelivered 451", created_at=LONG_AGO)
    assert f"/operator/outbox/{row_id}/drop" in oona.get("/operator").text
    assert oona.post(f"/operator/outbox/{row_id}/drop", "/operator").status_code == 303
    assert state(app, row_id) == "dropped"
    assert oona.post(f"/operator/outbox/{row_id}/drop", "/operator").status_code == 404


def test_since_when_work_waits(app: Flask, oona: Browser) -> None:
    row(app, attempts=1, created_at=LONG_AGO)
    assert 'datetime="2026-01-07' in oona.get("/operator").text


def test_mail_that_is_kept_shows_no_text(app: Flask, oona: Browser) -> None:
    with app.app_context(), writing() as session:
        send_mail(session, dedupe_key="x", recipient="outi@laukaa.example", subject="A letter", body="Body.")
    page = oona.get("/operator").text.replace("<wbr>", "")
    assert "outi@laukaa.example" in page
    assert "A letter" in page
    assert "Body." not in page


def test_the_demonstration_shows_the_texts_with_their_links(app: Flask, oona: Browser) -> None:
    """Nobody gets its mail, and invitations are tried by their links."""
    with app.app_context(), writing() as session:
        send_mail(
            session, dedupe_key="x", recipient="outi@laukaa.example", subject="A", body="<b>.", path="/link/x"
        )
    assert "/link/x" not in oona.get("/operator").text
    app.config["KOKEMUSSILTA"] = replace(app.config["KOKEMUSSILTA"], demo=True)
    page = oona.get("/operator").text
    assert '<a href="http://127.0.0.1:5000/link/x"' in page
    assert "&lt;b&gt;." in page
