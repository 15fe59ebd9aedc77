"""A small region with people who can sign in, and a browser that carries form tokens by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.database.types import Texts
from core.extensions import db
from core.organisations.services import create_organisation
from core.testing.applications import application
from core.testing.databases import DatabaseUrls, Prepared
from core.testing.fixtures import rows_for
from core.users.passwords import hash_password
from core.users.services import add_membership, create_account, create_person

PASSWORD = "neljä outoa sanaa peräkkäin"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class House:
    """Two municipalities that are their own controllers, a unit below one, and people of both."""

    def __init__(self) -> None:
        hashed = hash_password(PASSWORD)
        self.region = create_organisation(Texts(fi="Keski-Suomi"), "region", "keski-suomi")
        self.laukaa = self._municipality("laukaa")
        self.muurame = self._municipality("muurame")
        self.school = create_organisation(Texts(fi="Koulu"), "unit", "koulu", parent_id=self.laukaa)
        self.penni = self._person("Penni Puronvarsi", hashed, "administrator", self.laukaa)
        self.pauli = self._person("Pauli Purjeketo", hashed, "administrator", self.school)
        self.outi = self._person("Outi Omenapolku", hashed, "orderer", self.school)
        self.mauno = self._person("Mauno Muuramelainen", hashed, "orderer", self.muurame)

    def _municipality(self, slug: str) -> int:
        return create_organisation(
            Texts(fi=slug.title()), "municipality", slug, parent_id=self.region, is_controller=True
        )

    def _person(self, name: str, hashed: str, role: str, organisation_id: int) -> int:
        person_id = create_person(name)
        create_account(person_id, address(name), password_hash=hashed, actor_id=None)
        add_membership(person_id, organisation_id, role, actor_id=None)
        return person_id


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@laukaa.example"


def write_house(urls: DatabaseUrls) -> House:
    with application(urls) as app, app.app_context():
        return House()


first_rows = rows_for("house", write_house)


@pytest.fixture
def house(prepared_database: Prepared[House]) -> House:
    return prepared_database.remembered


class Browser:
    """A test client that fetches the form token before each POST, as a person does by loading the page."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, form_page: str = "/sign-in/link-sent", **form: str) -> TestResponse:
        found = TOKEN.search(self.get(form_page).text)
        assert found, form_page
        return self.client.post(path, data={"csrf_token": found[1], **form})

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", email=address(name), password=password)

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found is not None
        return found.value

    def with_cookie(self, cookie: str) -> Browser:
        """Another browser that somebody copied the cookie into."""
        other = Browser(self.app)
        other.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie)
        return other

    @property
    def is_signed_in(self) -> bool:
        answer = self.get("/me/account")
        assert answer.status_code in (200, 302)
        return answer.status_code == 200


@pytest.fixture
def browser(app: Flask, house: House) -> Browser:
    return Browser(app)


@pytest.fixture
def penni(browser: Browser) -> Browser:
    """The administrator of Laukaa, signed in."""
    assert browser.sign_in("Penni Puronvarsi").status_code == 303
    return browser


@pytest.fixture
def inside(app: Flask, house: House) -> Iterator[House]:
    """The house, within an application context."""
    with app.app_context():
        yield house
        db.session.remove()
