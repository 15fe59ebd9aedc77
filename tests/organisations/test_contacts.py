"""Contact persons with dates, on the organisation's page and its front page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from core.database.types import today
from core.extensions import db
from core.users.services import add_membership, create_person
from tests.organisations.conftest import Town, signed_in
from tests.organisations.test_delegations import written
from tests.users.conftest import Browser

pytestmark = pytest.mark.pages


def page_of(town: Town) -> str:
    return f"/o/kirjasto/records/core.organisation/{town.library}/"


def add(browser: Browser, town: Town, **form: str) -> int:
    new = f"{page_of(town)}contact/new"
    return browser.post(new, new, **{"valid_from": written(today()), **form}).status_code


def test_a_person_or_a_name_is_shown_on_its_days(app: Flask, town: Town, penni: Browser) -> None:
    tomorrow, yesterday = today() + timedelta(days=1), today() - timedelta(days=1)
    assert add(penni, town, person_id=str(town.outi), task="Tilaukset", phone="014 123 456") == 303
    assert add(penni, town, name="Kesäsijainen", valid_from=written(tomorrow)) == 303
    assert add(penni, town, name="Edeltäjä", valid_from="1.1.2020", valid_to=written(yesterday)) == 303
    front = signed_in(app, "Lauri Lumikontio").get("/o/kirjasto/").text
    assert ("Outi Omenapolku" in front, "014 123 456" in front) == (True, True)
    assert ("Kesäsijainen" in front, "Edeltäjä" in front) == (False, False)
    detail = penni.get(page_of(town)).text
    assert all(name in detail for name in ("Outi Omenapolku", "Kesäsijainen", "Edeltäjä"))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "name"),
        ({"name": "Joku", "valid_from": ""}, "valid_from"),
        ({"name": "Joku", "valid_to": "1.1.2020"}, "valid_to"),
        ({"name": "Joku", "email": "ei osoite"}, "email"),
    ],
)
def test_wrong_ones_are_told(town: Town, penni: Browser, form: dict[str, str], field: str) -> None:
    new = f"{page_of(town)}contact/new"
    answer = penni.post(new, new, **{"valid_from": written(today()), **form})
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


def test_only_who_manages_changes_them(app: Flask, town: Town, penni: Browser) -> None:
    assert add(penni, town, name="Joku") == 303
    lauri = signed_in(app, "Lauri Lumikontio")
    assert lauri.get(page_of(town)).status_code == 200
    assert lauri.get(f"{page_of(town)}contact/new").status_code == 403
    assert signed_in(app, "Mauno Muuramelainen").get(page_of(town)).status_code == 404


def test_who_is_there_only_as_an_expert_is_not_offered(app: Flask, town: Town, penni: Browser) -> None:
    """That somebody is one tells of their health."""
    with app.app_context():
        person_id = create_person("Eeva Ekspertti", actor_id=None)
        add_membership(person_id, town.library, "expert", actor_id=None)
        db.session.remove()
    form = penni.get(f"{page_of(town)}contact/new").text
    assert ("Outi Omenapolku" in form, "Eeva Ekspertti" in form) == (True, False)
    assert add(penni, town, person_id=str(person_id)) == 422
