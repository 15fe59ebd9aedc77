"""The settings page: where values come from, setting, inheriting, holding fast, errors, two at once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.api import secret, setting
from core.database.session import writing
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.host import host
from core.modules.models import ModuleSettings
from core.modules.settings.description import Setting
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from core.testing.visitors import Visitor, visitor
from core.users.services import add_membership
from tests.support.payers import Payers, write_payers

pytestmark = pytest.mark.pages

SETTINGS = (
    Setting(key="days", label="Days", type="integer", default=10, min=1, max=60, help="Working days."),
    Setting(key="contact", label="Contact", type="text"),
    Setting(key="taxed", label="Taxed", type="yesno", default=True),
    Setting(key="limit", label="Limit", type="money", by_controller=True),
    Setting(key="password", label="Password", type="secret"),
)


class Page:
    """The settings page of one organisation in one administrator's browser."""

    def __init__(self, world: Payers, who: Visitor, place: str) -> None:
        self.client: FlaskClient = who.client(world.app)
        self.address = f"/o/{place}/modules/fees/settings"
        self.who = who
        self.seen: dict[str, str] = {}

    def open(self, status: int = 200) -> str:
        answer = self.client.get(self.address)
        assert answer.status_code == status
        return self._read(answer.text)

    def send(self, status: int = 303, **typed: str) -> str:
        """Send the form as it was opened, changed by what is typed: `days`, `days__mode`, `days__locked`."""
        form = {**self.seen, **{key.replace("__", "-"): text for key, text in typed.items()}}
        answer = self.client.post(self.address, data={"csrf_token": self.who.csrf, **form})
        assert answer.status_code == status, answer.text
        return self._read(answer.text) if status != 303 else ""

    def _read(self, html: str) -> str:
        """Keep what a browser would send back; give the words."""
        self.seen = {}
        for tag in re.findall(r"<(?:input|select)[^>]*>", html):
            facts = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
            name, kind = facts.get("name", ""), facts.get("type", "text")
            if name in ("", "csrf_token", "language") or (
                kind in ("radio", "checkbox") and " checked" not in tag
            ):
                continue
            self.seen[name] = unescape(facts.get("value", ""))
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch, prepared_database: Prepared[Any]) -> Payers:
    payers = prepared_database.remembered.on(app)
    with app.app_context():
        for fact, value in (("settings", SETTINGS), ("settings_version", 1), ("settings_steps", {})):
            monkeypatch.setattr(type(host().healthy["fees"].plugin), fact, value)
        for name, place in (
            ("penni", "laukaa"),
            ("hilma", "hyvaks"),
            ("lauri", "school"),
            ("aatu", "ward-a"),
        ):
            add_membership(payers.people[name], payers.at[place], "administrator", actor_id=None)
        db.session.remove()
    return payers


def page(world: Payers, name: str, place: str) -> Page:
    return Page(world, visitor(world.app, world.people[name]), place)


def value(world: Payers, place: str, key: str = "days") -> object:
    with world.app.app_context():
        found = setting("fees", key, world.at[place])
        db.session.remove()
    return found


def test_values_are_set_inherited_and_returned_to_inherited(world: Payers) -> None:
    county, ward = page(world, "hilma", "hyvaks"), page(world, "aatu", "ward-a")
    assert "Oletus: 10" in county.open()
    county.send(days="7", days__mode="own", contact="Palkat", contact__mode="own")
    shown = ward.open()
    assert "Peritty: Hyvaks: 7" in shown
    assert "Peritty: Hyvaks: Palkat" in shown
    ward.send(days="3", days__mode="own")
    assert value(world, "ward-a") == 3
    assert "Oma arvo" in ward.open()
    ward.send(days__mode="inherited")
    assert value(world, "ward-a") == 7


def test_what_is_locked_above_is_shown_and_has_no_box(world: Payers) -> None:
    county, ward = page(world, "penni", "laukaa"), page(world, "lauri", "school")
    county.open()
    county.send(days="5", days__mode="own", days__locked="y")
    shown = ward.open()
    assert "5 Lukittu: Laukaa" in shown
    assert "days" not in ward.seen
    county.open()
    assert county.seen["days-locked"] == "y"
    county.seen.pop("days-locked")
    county.send()
    ward.open()
    assert "days" in ward.seen


def test_a_controllers_setting_is_only_read_by_its_units(world: Payers) -> None:
    county, ward = page(world, "penni", "laukaa"), page(world, "lauri", "school")
    county.open()
    county.send(limit="121,40", limit__mode="own")
    assert "121,40 € Peritty: Laukaa" in ward.open()
    assert "limit" not in ward.seen


def test_errors_stand_beside_the_field_and_on_top_and_nothing_typed_is_lost(world: Payers) -> None:
    here = page(world, "penni", "laukaa")
    here.open()
    shown = here.send(
        422, days="61", days__mode="own", limit="abc", limit__mode="own", contact="A", contact__mode="own"
    )
    assert "Korjaa 2 kohtaa" in shown
    assert shown.count("Enintään 60.") == 2, "on top and beside the field"
    assert (here.seen["days"], here.seen["limit"], here.seen["contact"]) == ("61", "abc", "A")
    assert value(world, "laukaa") == 10
    here.send(days="6", limit="35")
    assert (value(world, "laukaa"), value(world, "laukaa", "limit")) == (6, 3500)


def test_a_value_written_beside_inherited_is_not_dropped(world: Payers) -> None:
    here = page(world, "penni", "laukaa")
    here.open()
    assert "Kirjoitit arvon" in here.send(422, days="6")
    assert here.seen["days"] == "6"
    here.send(days__mode="own")
    assert value(world, "laukaa") == 6


def test_yes_and_no(world: Payers) -> None:
    here = page(world, "penni", "laukaa")
    here.open()
    here.send(422, taxed__mode="own")
    here.send(taxed="False", taxed__mode="own")
    assert value(world, "laukaa", "taxed") is False
    assert "Peritty: Laukaa: Ei" in page(world, "lauri", "school").open()


def test_a_secret_is_never_shown_again(world: Payers) -> None:
    here = page(world, "penni", "laukaa")
    here.open()
    here.send(password="hunter2", password__mode="own")
    assert "hunter2" not in here.open()
    assert here.seen["password"] == ""
    here.send(days="6", days__mode="own")
    with world.app.app_context():
        assert secret("fees", "password", world.at["school"]) == "hunter2"
        db.session.remove()
    assert "hunter2" not in here.client.get(here.address).text
    here.open()
    below = page(world, "lauri", "school").open()
    assert "Peritty: Laukaa: Salaisuus on tallennettu." in below
    shown = here.send(422, days="99", password="hunter3")
    assert "hunter" not in shown
    assert "Kirjoita salaisuus uudelleen." in shown


def test_the_later_of_two_is_told_and_sees_both(world: Payers) -> None:
    first, second = page(world, "penni", "laukaa"), page(world, "penni", "laukaa")
    first.open(), second.open()
    first.send(days="5", days__mode="own", contact="Palkat", contact__mode="own")
    shown = second.send(409, days="6", days__mode="own", limit="35", limit__mode="own")
    assert "Toinen pääkäyttäjä muutti tätä juuri. Sivu on päivitetty." in shown
    assert "Nyt: Oma arvo: 5" in shown
    # one's own changes stay typed, the other's stay stored
    assert (second.seen["days"], second.seen["limit"], second.seen["contact"]) == ("6", "35", "Palkat")
    assert (value(world, "laukaa"), value(world, "laukaa", "contact")) == (5, "Palkat")
    second.send()
    found = [value(world, "laukaa", key) for key in ("days", "limit", "contact")]
    assert found == [6, 3500, "Palkat"]


def test_what_was_locked_meanwhile_is_told(world: Payers) -> None:
    above, below = page(world, "penni", "laukaa"), page(world, "lauri", "school")
    above.open(), below.open()
    above.send(days__locked="y")
    assert "Toinen pääkäyttäjä" in below.send(409, days="6", days__mode="own")
    assert "Lukittu: Laukaa" in below.open()


def test_who_may_see_it(world: Payers) -> None:
    page(world, "lauri", "school").open()
    page(world, "lauri", "laukaa").open(404)
    page(world, "penni", "hyvaks").open(404)
    page(world, "hilma", "muurame").open(404)


def stored(world: Payers, **columns: object) -> None:
    with world.app.app_context(), writing() as session:
        session.execute(update(ModuleSettings).values(**columns))
        raise_epoch(session)
    with world.app.app_context():
        db.session.remove()


def test_what_no_longer_holds_is_told_and_never_a_fault_of_the_page(world: Payers) -> None:
    here = page(world, "penni", "laukaa")
    here.open()
    here.send(days="5", days__mode="own")
    stored(world, values={"days": 999, "taxed": "<b>maybe</b>"})
    shown = here.open()
    assert "ei enää kelpaa" in shown
    assert "999" in shown
    stored(world, version=7)
    assert "ei voi lukea" in here.open(503)
