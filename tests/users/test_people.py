"""The people of an organisation, as its administrator sees them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core.extensions import db
from core.users.models import Membership
from core.users.services import add_membership, create_person, disable_account
from tests.users.conftest import Browser, House

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PEOPLE = "/o/laukaa/people"


def role_of(app: Flask, person_id: int) -> int:
    with app.app_context():
        found = db.session.scalar(select(Membership.id).where(Membership.person_id == person_id))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "place", "status"),
    [
        ("Penni Puronvarsi", "laukaa", 200),
        ("Penni Puronvarsi", "koulu", 200),
        ("Penni Puronvarsi", "keski-suomi", 200),
        ("Penni Puronvarsi", "muurame", 404),
        ("Penni Puronvarsi", "nowhere", 404),
        ("Pauli Purjeketo", "koulu", 200),
        ("Outi Omenapolku", "koulu", 403),
        ("Mauno Muuramelainen", "laukaa", 404),
    ],
)
def test_who_sees_the_list(browser: Browser, name: str, place: str, status: int) -> None:
    browser.sign_in(name)
    for page in ("people", "people/invite"):
        assert browser.get(f"/o/{place}/{page}").status_code == status


def test_the_list_ends_where_the_reach_does(penni: Browser) -> None:
    for place in ("laukaa", "keski-suomi"):
        page = penni.get(f"/o/{place}/people").text
        assert "Outi Omenapolku" in page
        assert "Mauno" not in page
    assert "Penni Puronvarsi</th>" not in penni.get("/o/koulu/people").text


def test_fifty_at_a_time(app: Flask, penni: Browser, house: House) -> None:
    with app.app_context():
        for n in range(60):
            add_membership(create_person(f"Henkilö {n:02}"), house.school, "expert", actor_id=None)
    path, names = PEOPLE, []
    while path:
        page = penni.get(path).text
        names += re.findall(r'<th scope="row">([^<]+)', page)
        more = page.split('rel="next" href="')
        path = more[1].split('"')[0] if len(more) > 1 else ""
    assert names == sorted(names)
    assert len(names) == 63
    for odd in ("0", "-1", "x", "9" * 30, "²", str(role_of(app, house.mauno))):
        assert penni.get(f"{PEOPLE}?after={odd}").status_code == 404


def test_inviting(app: Flask, penni: Browser, house: House) -> None:
    form = {
        "name": "Uusi Uljas",
        "email": "uusi@laukaa.example",
        "organisation": str(house.school),
        "role": "orderer",
        "language": "sv",
    }
    path = f"{PEOPLE}/invite"
    foreign = str(house.muurame)
    for change in ({"organisation": foreign}, {"organisation": "x"}, {"role": "king"}, {"email": "x"}):
        assert penni.post(path, path, **{**form, **change}).status_code == 422
    assert penni.post(path, path, **form).status_code == 303
    assert penni.post(path, path, **form).status_code == 422
    assert penni.get(PEOPLE).text.count('<th scope="row">uusi@<wbr>laukaa<wbr>.example ') == 1


def test_foreign_and_missing_rows_are_alike(app: Flask, penni: Browser, house: House) -> None:
    for membership_id in (role_of(app, house.mauno), 10**6, 10**30):
        path = f"{PEOPLE}/roles/{membership_id}/end"
        assert penni.post(path, PEOPLE).status_code == 404
        assert penni.get(path).status_code == 404


def test_ending_a_role_asks_first(app: Flask, penni: Browser, house: House) -> None:
    outi = Browser(app)
    outi.sign_in("Outi Omenapolku")
    path = f"{PEOPLE}/roles/{role_of(app, house.outi)}/end"
    assert penni.get(path).status_code == 200
    assert penni.client.head(path).status_code == 200
    assert outi.is_signed_in
    assert penni.post(path, path).status_code == 303
    assert not outi.is_signed_in
    assert "Outi" not in penni.get(PEOPLE).text
    assert penni.get(path).status_code == 404


def test_an_administrator_disables_nobody(app: Flask, penni: Browser, house: House) -> None:
    outi = Browser(app)
    outi.sign_in("Outi Omenapolku")
    for do in ("disable", "enable"):
        assert penni.get(f"{PEOPLE}/{house.outi}/{do}").status_code == 404
        assert penni.post(f"{PEOPLE}/{house.outi}/{do}", PEOPLE).status_code == 404
    assert "disable" not in penni.get(PEOPLE).text
    assert outi.is_signed_in
    with app.app_context():
        disable_account(house.outi, actor_id=None)
    assert penni.get(PEOPLE).text.count("chip--warn") == 1
