"""The sign-in page gives nothing away, and leads only to pages of ours."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from argon2 import extract_parameters
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from core.users import passwords, services
from core.users.paths import safe_path
from tests.users.conftest import PASSWORD, Browser, House, address

on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
ODD = st.sampled_from("/\\.:@?#%\t\r\n \x00a\u2028\u200bevil.example")
CHANGING = re.compile(r'(name="csrf_token" value=")[^"]+|(\?v=)\w+')


def plain(text: str, email: str) -> str:
    return CHANGING.sub(r"\1\2", text).replace(email, "EMAIL")


@on_sqlite
@pytest.mark.parametrize("case", ["wrong password", "unknown", "disabled", "links only"])
def test_every_refusal_looks_and_costs_the_same(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    with app.app_context():
        services.disable_account(house.mauno, actor_id=None)
        linked = services.create_person("Liisa Linkki")
        services.create_account(linked, "liisa@laukaa.example", actor_id=None)
    emails = {
        "wrong password": address("Outi Omenapolku"),
        "unknown": "nobody@laukaa.example",
        "disabled": address("Mauno Muuramelainen"),
        "links only": "liisa@laukaa.example",
    }
    costs: list[object] = []
    real = passwords.PasswordHasher.verify

    def noting(self: passwords.PasswordHasher, stored: str, password: bytes) -> bool:
        costs.append(extract_parameters(stored))
        return real(self, stored, password)

    monkeypatch.setattr(passwords.PasswordHasher, "verify", noting)
    answers = []
    for email in (address("Outi Omenapolku"), emails[case]):
        answer = Browser(app).post("/sign-in", email=email, password="ihan väärä salasana")
        answers.append((answer.status_code, plain(answer.text, email)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert costs[0] == costs[1]
    assert len(costs) == 2


@on_sqlite
def test_the_password_is_never_sent_back(browser: Browser) -> None:
    assert "salainen-väärä" not in browser.sign_in("Outi Omenapolku", "salainen-väärä").text


@on_sqlite
def test_a_form_without_its_token_does_nothing(browser: Browser) -> None:
    data = {"email": address("Outi Omenapolku"), "password": PASSWORD}
    assert browser.client.post("/sign-in", data=data).status_code == 400
    assert not browser.is_signed_in


@on_sqlite
@pytest.mark.parametrize("wanted", ["/me/sessions", "/me/account?x=1"])
def test_one_gets_where_one_was_going(browser: Browser, wanted: str) -> None:
    assert browser.get(wanted).location == "/sign-in"
    assert browser.sign_in("Outi Omenapolku").location == wanted
    assert browser.get("/sign-in").location == "/me"


@on_sqlite
@pytest.mark.parametrize("wanted", ["/o//evil.example", "/o/%5cevil.example", "/o/%09/evil.example"])
def test_an_odd_address_leads_to_ones_own_page(browser: Browser, wanted: str) -> None:
    browser.get(wanted)
    assert browser.sign_in("Outi Omenapolku").location == "/me"


@given(st.text(alphabet=ODD, max_size=20) | st.text())
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("/a//evil.example")
@example("https://evil.example")
@example("/me?next=//evil.example")
def test_next_stays_with_us(text: str) -> None:
    path = safe_path(text)
    if path is None:
        return
    base = "https://ours.example/sign-in"
    # What a browser makes of it: it drops tabs and line breaks, and reads \ as /.
    read = re.sub(r"[\t\r\n]", "", path).replace("\\", "/").strip()
    assert urlsplit(urljoin(base, read)).netloc == "ours.example"
    assert urlsplit(urljoin(base, read)).scheme == "https"


@pytest.mark.parametrize("path", ["/", "/me", "/o/laukaa/people?after=7", "/o/äänekoski/#kohta"])
def test_our_own_paths_are_kept(path: str) -> None:
    assert safe_path(path) == path


@on_sqlite
@pytest.mark.parametrize("accepted", ["sv-FI,sv;q=0.9,en;q=0.5", "de,sv;q=0.4"])
def test_language_of_the_browser_the_cookie_the_person(browser: Browser, accepted: str) -> None:
    def language() -> str:
        found = re.search(r'<html lang="(\w+)"', browser.get("/me", follow_redirects=True, headers=asks).text)
        assert found
        return found[1]

    asks = {"Accept-Language": accepted}
    assert language() == "sv"
    answer = browser.post("/language", language="en", next="/sign-in/link")
    assert (answer.status_code, answer.location) == (303, "/sign-in/link")
    assert language() == "en"
    browser.sign_in("Outi Omenapolku")
    assert language() == "fi"
    browser.post("/language", "/me/account", language="sv")
    assert language() == "sv"


@on_sqlite
def test_no_other_language_and_no_other_place(browser: Browser) -> None:
    assert browser.post("/language", language="xx").status_code == 400
    answer = browser.post("/language", language="fi", next="//evil.example")
    assert answer.location == "/"


@on_sqlite
def test_ones_own_name_and_language(browser: Browser) -> None:
    browser.sign_in("Outi Omenapolku")
    form = {"name": "  Outi   Omena ", "language": "en"}
    assert browser.post("/me/account", "/me/account", **form).status_code == 303
    page = browser.get("/me/account").text
    assert 'value="Outi Omena"' in page
    assert '<html lang="en"' in page
    for bad in ("", "Outi\u202eOmena", "Outi\r\nOmena", "x" * 201):
        answer = browser.post("/me/account", "/me/account", name=bad, language="en")
        assert answer.status_code == 422, bad


@on_sqlite
def test_changing_the_password_asks_for_the_current_one(browser: Browser) -> None:
    browser.sign_in("Outi Omenapolku")
    for form in (
        {"current": "", "new": "kokonaan uusi lause"},
        {"current": "väärä", "new": "kokonaan uusi lause"},
        {"current": PASSWORD, "new": "omenapolku12"},
    ):
        assert browser.post("/me/password", "/me/account", **form).status_code == 422
    assert Browser(browser.app).sign_in("Outi Omenapolku").status_code == 303
