"""A small town with sectors, units and people, for the pages of the tree."""

from __future__ import annotations

import pytest
from flask import Flask

from core.database.types import Texts
from core.organisations.services import create_organisation
from core.testing.applications import application
from core.testing.databases import DatabaseUrls, Prepared
from core.testing.fixtures import rows_for
from core.users.passwords import hash_password
from tests.users.conftest import PASSWORD, Browser, House


class Town(House):
    """Laukaa with two sectors, a school in the first, and a centre below it that keeps its own register."""

    def __init__(self) -> None:
        super().__init__()
        self.culture = self._below("Sivistys", "sector", "sivistys", self.laukaa)
        self.health = self._below("Hyvinvointi", "sector", "hyvinvointi", self.laukaa)
        self.library = self._below("Kirjasto", "library", "kirjasto", self.culture)
        self.centre = create_organisation(
            Texts(fi="Keskus"), "unit", "keskus", parent_id=self.laukaa, is_controller=True, code="KTK"
        )
        hashed = hash_password(PASSWORD)
        self.kerttu = self._person("Kerttu Kuusikello", hashed, "coordinator", self.centre)
        self.lauri = self._person("Lauri Lumikontio", hashed, "verifier", self.culture)
        self.saara = self._person("Saara Sote", hashed, "verifier", self.health)

    def _below(self, name: str, kind: str, slug: str, parent_id: int) -> int:
        return create_organisation(Texts(fi=name), kind, slug, parent_id=parent_id)


def write_town(urls: DatabaseUrls) -> Town:
    with application(urls) as app, app.app_context():
        return Town()


first_rows = rows_for("town", write_town)


@pytest.fixture
def town(prepared_database: Prepared[Town]) -> Town:
    return prepared_database.remembered


@pytest.fixture
def penni(app: Flask, town: Town) -> Browser:  # the town must stand
    """The administrator of Laukaa, signed in."""
    return signed_in(app, "Penni Puronvarsi")


def signed_in(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser
