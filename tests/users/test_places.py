"""Ways between one's own desk, an organisation and the operator's page."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.database.session import writing
from core.extensions import db
from core.modules.switching.services import switch_on
from core.users.models import Account
from tests.users.conftest import Browser, House

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def menu(browser: Browser, path: str) -> list[str]:
    """Where the entries of the menu lead."""
    found = re.search(r'<nav class="menu".*?</nav>', browser.get(path).text, re.DOTALL)
    assert found is not None
    return re.findall(r'href="([^"]+)"', found[0])


def test_an_organisation_has_a_way_back_to_ones_own_page(penni: Browser) -> None:
    for path in ("/o/laukaa/", "/o/koulu/people"):
        assert menu(penni, path)[0] == "/me"


def test_a_unit_with_nothing_to_show_leads_up(penni: Browser) -> None:
    page = penni.get("/o/koulu/").text
    assert "ei ole vielä mitään näytettävää" in page
    assert re.search(r'<a class="button" href="/o/laukaa/">', page)
    assert "ei ole vielä mitään näytettävää" not in penni.get("/o/laukaa/").text


def test_the_operators_menu_is_that_of_their_own_page(app: Flask, browser: Browser, house: House) -> None:
    with app.app_context():
        switch_on("fees", house.laukaa, house.penni)
        with writing() as session:
            session.query(Account).filter_by(person_id=house.penni).one().is_operator = True
        db.session.remove()
    browser.sign_in("Penni Puronvarsi")
    own = menu(browser, "/me")
    assert any("fees" in path for path in own)
    assert menu(browser, "/operator") == own
