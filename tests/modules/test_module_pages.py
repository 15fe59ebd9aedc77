"""The module page, as an organisation's administrator sees it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.extensions import db
from core.modules.host import Condition
from core.modules.models import ModuleState
from core.modules.spec.values import SetupStep
from core.modules.switching.from_above import decide_below
from core.modules.switching.instance import disable
from core.modules.switching.services import switch_on
from core.outbox.models import OutboxRow
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from core.testing.visitors import CSRF, Visitor, visitor
from core.users.models import Account
from core.users.services import add_membership
from tests.modules.test_from_above import install_plus
from tests.support.payers import MONDAY, Payers, write_payers

pytestmark = pytest.mark.pages

PAGE = "/o/{}/modules"


class Browser:
    """Somebody's browser."""

    def __init__(self, app: Flask, who: Visitor) -> None:
        self.client, self.csrf = who.client(app), who.csrf

    def see(self, path: str, wanted: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == wanted
        self.raw = answer.get_data(as_text=True)
        return words(self.raw)

    def press(self, path: str, wanted: int = 200, **form: str) -> str:
        """Send a form, and read where it leads."""
        answer = self.client.post(path, data={CSRF: self.csrf, **form}, follow_redirects=True)
        assert answer.status_code == wanted, words(answer.get_data(as_text=True))[:500]
        self.raw = answer.get_data(as_text=True)
        return words(self.raw)

    def seen(self) -> str:
        """The mark that goes along with the button of the page."""
        found = re.search(r'name="seen" value="([^"]*)"', self.raw)
        assert found is not None
        return html.unescape(found[1])


def words(page: str) -> str:
    """The visible words of a page, with plain spaces."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(text))


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        with app.app_context():
            install_plus()
            for name, place in (("penni", "laukaa"), ("veikko", "region"), ("saku", "muurame")):
                add_membership(world.people[name], world.at[place], "administrator", actor_id=None)
            db.session.remove()
        yield world


def browser(world: Payers, name: str) -> Browser:
    return Browser(world.app, visitor(world.app, world.people[name]))


def test_switching_on_tells_what_is_needed_and_the_checklist_stays(world: Payers) -> None:
    saku = browser(world, "saku")
    assert "Yhtään moduulia ei ole käytössä" in saku.see(PAGE.format("muurame"))
    asked = saku.see("/o/muurame/modules/fees/on")
    steps = ("Palkkioperusteet", "Hyväksymisketju", "Käsittelijät ja sijaiset", "Palkanlaskennan tiedot")
    assert all(step in asked for step in steps)
    page = saku.press("/o/muurame/modules/fees/on", seen=saku.seen())
    assert "Palkkiot on nyt käytössä." in page
    assert "0/4 valmiina" in page
    assert "Voimassa: Muurame 12.10.2026, Saku" in page


def test_what_is_done_is_counted(world: Payers) -> None:
    page = browser(world, "penni").see(PAGE.format("laukaa"))
    assert "valmiina" not in page  # everything is
    assert "Voimassa: Laukaa 12.10.2026" in page


def test_below_it_is_inherited(world: Payers) -> None:
    assert "Peritty: Laukaa" in browser(world, "penni").see(PAGE.format("school"))


def test_needed_first(world: Payers) -> None:
    saku = browser(world, "saku")
    assert "Plus tarvitsee Palkkiot-moduulin. Ota se ensin käyttöön." in saku.see(
        "/o/muurame/modules/plus/on"
    )
    assert "Plus tarvitsee Palkkiot-moduulin." in saku.press("/o/muurame/modules/plus/on")
    assert "Tarvitsee: Palkkiot" in saku.see(PAGE.format("muurame"))


def test_two_administrators_at_once(world: Payers) -> None:
    saku = browser(world, "saku")
    saku.see("/o/muurame/modules/fees/on")
    seen = saku.seen()
    saku.press("/o/muurame/modules/fees/on", seen=seen)
    page = saku.press("/o/muurame/modules/fees/on", seen=seen)
    assert "Toinen pääkäyttäjä muutti tätä juuri. Sivu on päivitetty." in page


def test_blocked_above_and_whom_to_ask(world: Payers) -> None:
    with world.app.app_context():
        decide_below("fees", world.at["muurame"], "block", None)
        db.session.remove()
    veikko = browser(world, "veikko")
    page = veikko.see("/o/region/modules/fees/below/block")
    assert "Kesken on" not in page
    veikko.press("/o/region/modules/fees/below/block", seen=veikko.seen())
    page = browser(world, "penni").see(PAGE.format("laukaa"))
    assert "Region on estänyt tämän moduulin. Kysy: Veikko" in page
    assert "Vaatii huomiota" in page
    page = veikko.press("/o/region/modules/fees/below/unblock")
    assert "Palkkiot ei ole enää estetty." in page


def test_open_work_below_is_named_without_foreign_sums(world: Payers) -> None:
    world.send()
    veikko = browser(world, "veikko")
    page = veikko.see("/o/region/modules/fees/below/block")
    assert "Laukaa : Työtä on kesken." in page
    assert "121,40" not in page
    assert '<button class="button button--primary"' not in veikko.raw
    assert "/o/region/modules/fees/off" not in veikko.raw
    assert "Aloita ensin päättäminen." in veikko.press("/o/region/modules/fees/below/block", wanted=409)
    page = browser(world, "penni").see("/o/laukaa/modules/fees/off")
    assert "121,40" in page


def test_required_from_above(world: Payers) -> None:
    veikko, penni = browser(world, "veikko"), browser(world, "penni")
    veikko.press("/o/region/modules/fees/below/require")
    page = penni.see(PAGE.format("laukaa"))
    assert "Region vaatii tämän moduulin." in page
    assert "/o/laukaa/modules/fees/off" not in penni.raw
    assert "Region vaatii tämän moduulin." in penni.press("/o/laukaa/modules/fees/off")
    assert "Poista vaatimus" in veikko.see(PAGE.format("region"))
    assert "ei ole enää vaadittu" in veikko.press("/o/region/modules/fees/below/unrequire")


def test_an_unknown_decision_or_module_is_not_there(world: Payers) -> None:
    veikko = browser(world, "veikko")
    veikko.see("/o/region/modules/fees/below/forbid", 404)
    veikko.see("/o/region/modules/ghost/on", 404)
    veikko.press("/o/region/modules/ghost/below/block", wanted=404)


def test_a_module_that_is_off_in_the_whole_instance_says_so(world: Payers) -> None:
    with world.app.app_context():
        disable("fees", world.people["aino"])
        db.session.remove()
    page = browser(world, "penni").see(PAGE.format("laukaa"))
    assert "Palvelun ylläpito on toistaiseksi poistanut tämän moduulin käytöstä." in page
    assert "Vaatii huomiota" in page
    assert "/modules/fees/off" not in browser(world, "penni").see(PAGE.format("laukaa"))


def test_a_fault_has_a_reference(world: Payers) -> None:
    found = world.app.extensions["kokemussilta.host"]
    found.healthy.pop("fees")
    found.at_start["fees"] = Condition("fees", "failed", "ImportError: no")
    world.app.extensions.pop("kokemussilta.gate", None)
    page = browser(world, "penni").see(PAGE.format("laukaa"))
    assert "Moduulissa on vika, eikä sitä voi käyttää nyt. Muu palvelu toimii. Viite " in page
    reference = found.at_start["fees"].reference
    assert reference in page
    with world.app.app_context(), writing() as session:
        account = session.scalars(select(Account).where(Account.person_id == world.people["aino"])).one()
        account.is_operator = True
    assert reference in browser(world, "aino").see("/operator")


def test_a_step_that_leads_nowhere_is_no_error(world: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.fees.setup import steps

    wrong = SetupStep("Ensimmäinen", False, "fees.nowhere")
    monkeypatch.setattr(steps, "setup_steps", lambda _organisation_id: (wrong,))
    assert "0/1 valmiina" in browser(world, "penni").see(PAGE.format("laukaa"))


def test_steps_that_nobody_can_tell_are_unknown(world: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.fees.setup import steps

    def failing(_organisation_id: int) -> None:
        raise RuntimeError

    unknown, penni = "Moduuli ei pysty juuri nyt kertomaan", browser(world, "penni")
    assert unknown not in penni.see(PAGE.format("laukaa"))
    monkeypatch.setattr(steps, "setup_steps", failing)
    assert unknown in penni.see(PAGE.format("laukaa"))


def test_closing_shows_what_is_open(world: Payers) -> None:
    world.send()
    penni = browser(world, "penni")
    page = penni.press("/o/laukaa/modules/fees/off")
    assert "Päättymässä" in page
    assert "Katso, mitä on kesken" in page
    page = penni.see("/o/laukaa/modules/fees/off")
    assert "121,40" in page
    assert "Aloita päättäminen" not in page


def test_what_was_given_up_is_named_as_what_holds_the_module(world: Payers) -> None:
    world.send()
    with world.anywhere() as session:
        for row in session.scalars(select(OutboxRow)):
            row.state = "failed"
    page = browser(world, "penni").see("/o/laukaa/modules/fees/off")
    assert "1 moduulin viestiä ei saatu perille. Pyydä järjestelmän ylläpitäjää yrittämään uudelleen." in page
    assert "matkalla" not in page


def test_what_is_open_with_another_controller_is_not_told(world: Payers) -> None:
    """Where the region's word rules, whose work is open below is told, not how much."""
    world.send()
    with world.anywhere() as session:
        for row in session.scalars(select(ModuleState).where(ModuleState.module == "fees")):
            session.delete(row)
        session.flush()
        switch_on("fees", world.at["region"], None)
    veikko = browser(world, "veikko")
    page = veikko.see("/o/region/modules/fees/off")
    assert "Laukaa : Työtä on kesken." in page
    assert "121,40" not in page
    assert not re.search(r"\d+ (lomake|ilmoitus|palkkio|viesti)", page)
    assert "Aloita päättäminen" in page
