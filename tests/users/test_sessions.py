"""A session ends when it should, everywhere and at once; a copied cookie is worth nothing afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from core.extensions import db
from core.users import services, sessions
from core.users.models import Account, Membership, UserSession
from core.users.sessions import token_hash
from tests.users.conftest import PASSWORD, Browser, House

NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
NEW = "kokonaan toinen pitkä lause"
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def sign_out(browser: Browser, house: House) -> None:
    browser.post("/sign-out", "/me/account")


def disable(browser: Browser, house: House) -> None:
    with browser.app.app_context():
        services.disable_account(house.penni, actor_id=None)


def lose_a_role(browser: Browser, house: House) -> None:
    with browser.app.app_context():
        held = db.session.scalar(select(Membership.id).where(Membership.person_id == house.penni))
        assert held is not None
        services.end_membership(held, actor_id=None)


def change_password(browser: Browser, house: House) -> None:
    answer = browser.post("/me/password", "/me/account", current=PASSWORD, new=NEW)
    assert answer.status_code == 303


def end_from_another_browser(browser: Browser, house: House) -> None:
    other = Browser(browser.app)
    other.sign_in("Penni Puronvarsi")
    other.post("/me/sessions/end-others", "/me/sessions")
    assert other.is_signed_in


ENDS = [sign_out, disable, lose_a_role, change_password, end_from_another_browser]


@pytest.mark.parametrize("end", ENDS)
def test_a_replayed_cookie_is_anonymous(
    penni: Browser, house: House, end: Callable[[Browser, House], None]
) -> None:
    copied = penni.cookie
    assert penni.with_cookie(copied).is_signed_in
    end(penni, house)
    assert not penni.with_cookie(copied).is_signed_in


@on_sqlite
def test_the_browser_that_changed_the_password_stays_signed_in(penni: Browser, house: House) -> None:
    change_password(penni, house)
    assert penni.is_signed_in
    assert Browser(penni.app).sign_in("Penni Puronvarsi").status_code == 422
    assert Browser(penni.app).sign_in("Penni Puronvarsi", NEW).status_code == 303


@on_sqlite
@pytest.mark.parametrize(("minutes", "holds"), [(29, True), (30, False), (31, False)])
def test_idle(app: Flask, browser: Browser, minutes: int, holds: bool) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser.sign_in("Penni Puronvarsi")
        clock.shift(timedelta(minutes=minutes))
        assert browser.is_signed_in is holds


@on_sqlite
def test_twelve_hours_of_work_and_no_more(browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser.sign_in("Penni Puronvarsi")
        for _ in range(47):
            clock.shift(timedelta(minutes=15))
            assert browser.is_signed_in
        clock.shift(timedelta(minutes=15))
        assert not browser.is_signed_in


@on_sqlite
def test_use_is_noted_every_five_minutes(app: Flask, browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser.sign_in("Penni Puronvarsi")
        seen = []
        for minutes in (4, 1, 4, 1):
            clock.shift(timedelta(minutes=minutes))
            assert browser.is_signed_in
            with app.app_context():
                seen.append(db.session.scalar(select(UserSession.seen_at)))
    assert seen == [NOON, *[NOON + timedelta(minutes=5)] * 2, NOON + timedelta(minutes=10)]


@on_sqlite
def test_each_sign_in_has_its_own_token_and_form_token(browser: Browser) -> None:
    browser.get("/sign-in")
    anonymous = browser.cookie
    browser.sign_in("Penni Puronvarsi")
    first = browser.cookie
    assert browser.sign_in("Penni Puronvarsi").status_code == 303
    assert len({anonymous, first, browser.cookie}) == 3
    assert not browser.with_cookie(anonymous).is_signed_in
    assert not browser.with_cookie(first).is_signed_in
    assert browser.is_signed_in


@on_sqlite
def test_only_a_hash_of_the_token_is_stored(app: Flask, penni: Browser) -> None:
    with penni.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) >= 22
    with app.app_context():
        assert db.session.scalars(select(UserSession.token_hash)).all() == [token_hash(token)]


@on_sqlite
def test_one_query_knows_who_it_is_and_the_gates_epoch(app: Flask, penni: Browser) -> None:
    penni.get("/me/account")
    seen: list[str] = []

    def note(_conn: object, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        penni.get("/me/account")
        event.remove(db.engine, "before_cursor_execute", note)
    asked = [sql for sql in seen if "epoch" in sql]
    assert len(asked) == 1
    assert all(table in asked[0] for table in ("user_session", "account", "person", "epoch"))


@on_sqlite
def test_signing_out_clears_the_browser(penni: Browser) -> None:
    answer = penni.post("/sign-out", "/me/account")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert '"cookies"' in answer.headers["Clear-Site-Data"]


@on_sqlite
def test_a_person_ends_one_other_session_and_nobody_elses(app: Flask, penni: Browser, house: House) -> None:
    phone, outi = Browser(app), Browser(app)
    phone.sign_in("Penni Puronvarsi")
    outi.sign_in("Outi Omenapolku")
    assert penni.get("/me/sessions").text.count('/end"') == 1
    keys = {}
    for name, one in (("phone", phone), ("outi", outi)):
        with one.client.session_transaction() as cookie:
            keys[name] = token_hash(cookie["_user_id"])
    for key, status in ((keys["outi"], 404), ("x", 404), (keys["phone"], 303), (keys["phone"], 404)):
        assert penni.post(f"/me/sessions/{key}/end", "/me/sessions").status_code == status
    assert outi.is_signed_in
    assert penni.is_signed_in
    assert not phone.is_signed_in


@on_sqlite
def test_a_disabled_account_does_not_sign_in(app: Flask, browser: Browser, house: House) -> None:
    disable(browser, house)
    assert browser.sign_in("Penni Puronvarsi").status_code == 422
    with app.app_context():
        services.enable_account(house.penni, actor_id=None)
        assert db.session.scalar(select(Account.active).where(Account.person_id == house.penni))
    assert browser.sign_in("Penni Puronvarsi").status_code == 303


@on_sqlite
def test_a_database_that_does_not_answer_is_told_in_plain_words(
    penni: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("SELECT", {}, Exception("disk"))

    monkeypatch.setattr(sessions, "load", fail)
    answer = penni.get("/me/account")
    assert answer.status_code == 503
    assert "Kokemussilta" in answer.text
    assert "Penni" not in answer.text
