"""One-time links: once, in time, for the right account, and always of our own address."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.outbox.models import Mail
from core.users import invitations, links, services
from core.users.errors import UserError
from core.users.models import Account, OneTimeLink, Person
from core.users.signing_in import use_link
from tests.users.conftest import Browser, House, address

NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
GOOD = "neljä muuta outoa sanaa"
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def issue(app: Flask, person_id: int, purpose: str, at: datetime | None = None) -> str:
    with app.app_context(), writing() as session:
        account_id = session.scalar(select(Account.id).where(Account.person_id == person_id))
        assert account_id is not None
        return links.issue(session, account_id, purpose, at or now())


def mails(app: Flask) -> list[Mail]:
    with app.app_context():
        return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def test_looking_does_not_use_it_up_and_pressing_does(app: Flask, browser: Browser, house: House) -> None:
    path = links.path(issue(app, house.outi, links.SIGN_IN))
    for _ in range(3):
        assert browser.get(path).status_code == 200
        assert browser.client.head(path).status_code == 200
    answer = browser.post(path, path)
    assert (answer.status_code, answer.location) == (303, "/me")
    assert browser.is_signed_in
    assert Browser(app).get(path).status_code == 404
    assert Browser(app).post(path).status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    ("purpose", "age", "status"),
    [
        (links.SIGN_IN, timedelta(minutes=14, seconds=59), 200),
        (links.SIGN_IN, timedelta(minutes=15), 404),
        (links.INVITATION, timedelta(days=7) - timedelta(seconds=1), 200),
        (links.INVITATION, timedelta(days=7), 404),
    ],
)
def test_expiry(
    app: Flask, browser: Browser, house: House, purpose: str, age: timedelta, status: int
) -> None:
    path = links.path(issue(app, house.outi, purpose, NOON))
    with time_machine.travel(NOON + age, tick=False):
        assert browser.get(path).status_code == status


def test_of_many_at_once_one_gets_in(app: Flask, house: House) -> None:
    token = issue(app, house.outi, links.SIGN_IN)

    def press(_number: int) -> bool:
        with app.app_context():
            try:
                use_link(token)
            except UserError:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1


@on_sqlite
@pytest.mark.parametrize("token", ["x", "a" * 3000, "..%2f..", "ä€"])
def test_a_made_up_link_is_no_page(browser: Browser, token: str) -> None:
    assert browser.get(f"/link/{token}").status_code == 404


@on_sqlite
def test_only_a_hash_is_stored(app: Flask, house: House) -> None:
    token = issue(app, house.outi, links.SIGN_IN)
    with app.app_context():
        stored = db.session.scalar(select(OneTimeLink.token_hash))
    assert stored == links.token_hash(token)
    assert len(token) >= 32


@on_sqlite
def test_asking_for_a_link(app: Flask, browser: Browser) -> None:
    answer = browser.post("/sign-in/link", email=" Outi.Omenapolku@LAUKAA.example ")
    assert (answer.status_code, answer.location) == (303, "/sign-in/link-sent")
    (mail,) = mails(app)
    assert mail.recipient == address("Outi Omenapolku")
    found = re.search(r"http://127\.0\.0\.1:5000(/link/\S+)", mail.body)
    assert found
    assert browser.post(found[1], found[1]).status_code == 303
    assert browser.is_signed_in


@on_sqlite
@pytest.mark.parametrize("email", ["nobody@laukaa.example", "no address", "a@b\r\nBcc: c@d", "\x01"])
def test_an_unknown_address_gets_the_same_answer_and_no_mail(app: Flask, house: House, email: str) -> None:
    known, unknown = Browser(app), Browser(app)
    one = known.post("/sign-in/link", email=address("Outi Omenapolku"))
    other = unknown.post("/sign-in/link", email=email)
    assert (one.status_code, one.location) == (other.status_code, other.location)
    assert [m.recipient for m in mails(app)] == [address("Outi Omenapolku")]


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}],
)
def test_a_foreign_host_header_changes_no_link(app: Flask, browser: Browser, headers: dict[str, str]) -> None:
    page = browser.get("/sign-in/link").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token[1], "email": address("Outi Omenapolku")}
    answer = browser.client.post("/sign-in/link", data=data, headers=headers)
    assert answer.status_code == (400 if "Host" in headers else 303)
    assert all("evil" not in m.body and "http://127.0.0.1:5000/link/" in m.body for m in mails(app))


@on_sqlite
def test_an_invitation_sets_a_password(app: Flask, browser: Browser, house: House) -> None:
    with app.app_context():
        invitations.invite("Uusi Uljas", "uusi@laukaa.example", house.school, "orderer", actor_id=house.penni)
    (mail,) = mails(app)
    path = re.search(r"/link/\S+", mail.body)
    assert path
    assert browser.post(path[0], path[0], password="lyhyt").status_code == 422
    assert browser.post(path[0], path[0], password="Salasana2026!").status_code == 422
    assert browser.get(path[0]).status_code == 200
    assert browser.post(path[0], path[0], password=GOOD).status_code == 303
    assert browser.is_signed_in
    again = Browser(app)
    assert again.post("/sign-in", email="uusi@laukaa.example", password=GOOD).status_code == 303


@on_sqlite
def test_an_invitation_without_a_password(app: Flask, browser: Browser, house: House) -> None:
    path = links.path(issue(app, house.outi, links.INVITATION))
    assert browser.post(path, path, without_password="1").status_code == 303
    assert browser.is_signed_in


@on_sqlite
def test_a_sign_in_link_sets_no_password(app: Flask, house: House) -> None:
    token = issue(app, house.outi, links.SIGN_IN)
    with app.app_context(), pytest.raises(UserError):
        use_link(token, password=GOOD)


@on_sqlite
def test_links_end_with_the_account_and_with_a_new_password(
    app: Flask, browser: Browser, house: House
) -> None:
    for_outi = links.path(issue(app, house.outi, links.SIGN_IN))
    with app.app_context():
        services.disable_account(house.outi, actor_id=None)
        services.enable_account(house.outi, actor_id=None)
    assert browser.get(for_outi).status_code == 404
    old, new = issue(app, house.mauno, links.SIGN_IN), issue(app, house.mauno, links.INVITATION)
    with app.app_context():
        use_link(new, password=GOOD)
    assert browser.get(links.path(old)).status_code == 404


@on_sqlite
def test_no_default_account_and_the_operators_first_link(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 0
    runner = app.test_cli_runner()
    result = runner.invoke(args=["operator", "invite", "Oona Operaattori", "oona@example.fi"])
    assert result.exit_code == 0, result.output
    path = re.fullmatch(r"http://127\.0\.0\.1:5000(/link/\S+)\n", result.output)
    assert path
    browser = Browser(app)
    assert browser.post(path[1], path[1], password=GOOD).status_code == 303
    again = runner.invoke(args=["operator", "invite", "Oona Operaattori", "oona@example.fi"])
    assert again.exit_code == 0
    with app.app_context():
        found = db.session.execute(select(Account.is_operator, Person.name).join(Person)).all()
    assert found == [(True, "Oona Operaattori")]


@on_sqlite
def test_the_operators_address_must_be_one(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["operator", "invite", "Oona", "not an address"])
    assert result.exit_code == 1
