"""Guessing is limited over all workers, and nobody is kept out for ever."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.extensions import db
from core.users import passwords
from core.users.errors import UserError
from core.users.models import Attempt
from core.users.signing_in import request_link, sign_in
from core.users.throttle import network
from tests.users.conftest import PASSWORD, Browser, House, address

NOON = datetime(2026, 11, 24, 10, tzinfo=UTC)
OUTI = address("Outi Omenapolku")
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def attempt(email: str, password: str, place: str = "192.0.2.1", at: datetime = NOON) -> str:
    """What signing in answers."""
    try:
        sign_in(email, password, place, at=at)
    except UserError as error:
        return error.code
    return "in"


def ask_link(email: str, place: str = "192.0.2.1", at: datetime = NOON) -> str:
    try:
        request_link(email, place, at=at)
    except UserError as error:
        return error.code
    return "sent"


@pytest.mark.parametrize("email", [OUTI, "nobody@laukaa.example"])
def test_many_at_once_get_ten_tries_and_no_more_hashing(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    hashed: list[str] = []
    real = passwords.verify

    def counting(password: str, stored: str | None) -> bool:
        hashed.append(password)
        return real(password, stored)

    monkeypatch.setattr(passwords, "verify", counting)

    def guess(number: int) -> str:
        with app.app_context():
            try:
                return attempt(email, f"arvaus numero {number}", f"192.0.2.{number}")
            finally:
                db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        answers = Counter(pool.map(guess, range(36)))
    assert answers == {"refused": 10, "throttled": 26}
    assert len(hashed) == 10


@on_sqlite
def test_the_window_moves_on_and_refused_tries_do_not_prolong_it(inside: House) -> None:
    assert [attempt(OUTI, "väärä") for _ in range(12)] == ["refused"] * 10 + ["throttled"] * 2
    late = NOON + timedelta(minutes=14)
    assert attempt(OUTI, PASSWORD, at=late) == "throttled"
    assert attempt(OUTI, PASSWORD, at=NOON + timedelta(minutes=15)) == "in"


@on_sqlite
def test_an_address_gets_fifty(inside: House) -> None:
    guesses = [attempt(f"nobody{n}@laukaa.example", "väärä") for n in range(52)]
    assert guesses == ["refused"] * 50 + ["throttled"] * 2
    assert attempt(OUTI, PASSWORD) == "throttled"
    assert attempt(OUTI, PASSWORD, "192.0.2.2") == "in"


@on_sqlite
def test_an_office_behind_one_address_never_runs_out(inside: House) -> None:
    assert {attempt(OUTI, PASSWORD) for _ in range(60)} == {"in"}


@on_sqlite
def test_a_stranger_cannot_keep_the_owner_out(inside: House) -> None:
    for n in range(20):
        attempt(OUTI, "väärä", f"198.51.100.{n}")
    assert attempt(OUTI, PASSWORD) == "throttled"
    assert ask_link(OUTI) == "sent"


@on_sqlite
@pytest.mark.parametrize("email", [OUTI, "nobody@laukaa.example"])
def test_five_links_an_hour(inside: House, email: str) -> None:
    assert [ask_link(email) for _ in range(6)] == ["sent"] * 5 + ["links_throttled"]
    assert ask_link(email, "192.0.2.2") == "links_throttled"
    assert ask_link(email, at=NOON + timedelta(hours=1)) == "sent"


@on_sqlite
def test_the_page_says_so_in_plain_words(browser: Browser) -> None:
    browser.client.set_cookie("unused", "x")
    for _ in range(10):
        assert browser.sign_in("Outi Omenapolku", "väärä").status_code == 422
    answer = browser.sign_in("Outi Omenapolku")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"


@on_sqlite
def test_what_is_counted_is_kept_for_two_hours_and_hashed(inside: House) -> None:
    attempt(OUTI, "väärä")
    attempt(OUTI, "väärä", at=NOON + timedelta(hours=3))
    kept = db.session.execute(select(Attempt.key, Attempt.at)).all()
    assert {at for _key, at in kept} == {NOON + timedelta(hours=3)}
    assert not any("laukaa" in key or "192.0.2" in key for key, _at in kept)
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::1", True),
        (None, "nonsense", True),
    ],
)
def test_network(one: str | None, other: str | None, same: bool) -> None:
    assert (network(one) == network(other)) is same
