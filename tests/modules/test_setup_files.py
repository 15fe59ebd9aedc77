"""Set-up files: out, in, seen before written, and the same file twice changes nothing."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from core.database.session import writing
from core.extensions import db
from core.log.models import Change
from core.modules.settings.description import Setting
from core.modules.settings.services import Wanted, save_settings
from core.modules.setup.file import BadFile, read, templates
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from core.testing.visitors import CSRF
from core.users.services import add_membership
from plugins.fees.models import ChainStep, ChainVersion, Desk, Rate, RateVersion, WorkType
from tests.modules.test_module_pages import Browser, browser, words
from tests.support.payers import MONDAY, Payers, write_payers

BASE = "/o/{}/modules"
HEAD = "layout = 1\n[modules.fees.setup]\n"
WORK = """[[modules.fees.setup.work_types]]
code = "{}"
name = {{ fi = "A" }}
unit = "hour"
payment_class = "wage"
"""
PRICE = """[[modules.fees.setup.rates]]
unit = "hour"
[[modules.fees.setup.rates.prices]]
valid_from = 2026-01-01
unit_cents = {}
"""


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        with app.app_context():
            for name, place in (("penni", "laukaa"), ("saku", "muurame"), ("veikko", "region")):
                add_membership(world.people[name], world.at[place], "administrator", actor_id=None)
            db.session.remove()
        yield world


def fetched(who: Browser, slug: str) -> str:
    answer = who.client.get(f"/o/{slug}/modules/setup-file")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="asetukset-{slug}.toml"'
    return answer.get_data(as_text=True)


def shown(who: Browser, slug: str, text: str, wanted: int = 200) -> str:
    """The page that says what the file changes."""
    file = (io.BytesIO(text.encode()), "setup.toml")
    answer = who.client.post(f"/o/{slug}/modules/setup-file/read", data={CSRF: who.csrf, "file": file})
    who.raw = answer.get_data(as_text=True)
    page = words(re.sub(r"<textarea.*?</textarea>", "", who.raw, flags=re.DOTALL))
    assert answer.status_code == wanted, page[:600]
    return page


def read_in(who: Browser, slug: str, text: str, wanted: int = 200) -> str:
    mark = re.search(r'name="mark" value="(\w+)"', who.raw)
    assert mark is not None
    return who.press(f"/o/{slug}/modules/setup-file/read-in", wanted, text=text, mark=mark[1])


def rows(world: Payers) -> dict[str, int]:
    """How much there is of everything."""
    with world.anywhere() as session:
        models = (WorkType, Rate, RateVersion, ChainVersion, ChainStep, Desk, Change)
        return {m.__name__: session.scalar(select(func.count()).select_from(m)) or 0 for m in models}


def test_what_one_has_set_up_is_read_in_by_another(world: Payers) -> None:
    text = fetched(browser(world, "penni"), "laukaa").replace('= "lesson"\nunit', '= "LESSON"\nunit')
    text = text.replace('code = "lesson"', 'code = "LESSON"')
    found = tomllib.loads(text)["modules"]["fees"]["setup"]
    assert found["work_types"][0]["code"] == "LESSON"
    assert found["rates"][0]["prices"][0]["unit_cents"] == 3500
    assert [step["desk_kind"] for step in found["chain"]["steps"]] == ["orderer", "line_manager", "unit_head"]
    assert found["desks"] == ["administrator", "payroll", "unit_head"]
    assert "Penni" not in text

    saku, before = browser(world, "saku"), rows(world)
    page = shown(saku, "muurame", text)
    assert "Moduuli otetaan käyttöön" in page
    assert "35,00 €" in page
    assert rows(world) == before
    assert "Ei käytössä" in saku.see(BASE.format("muurame"))

    shown(saku, "muurame", text)
    assert "Asetustiedosto on tuotu." in read_in(saku, "muurame", text)
    assert "Käytössä" in saku.see(BASE.format("muurame"))
    after = rows(world)
    assert after["RateVersion"] == before["RateVersion"] + 1

    page = shown(saku, "muurame", text)
    assert "Mikään ei muutu." in page
    assert "Tee muutokset" not in page
    assert rows(world) == after
    again = tomllib.loads(fetched(saku, "muurame"))["modules"]
    assert again == tomllib.loads(text)["modules"]


def test_a_chain_is_read_in_as_a_draft(world: Payers) -> None:
    saku = browser(world, "saku")
    text = templates()[0].text
    shown(saku, "muurame", text)
    read_in(saku, "muurame", text)
    with world.anywhere() as session:
        version = session.scalars(
            select(ChainVersion).where(ChainVersion.organisation_id == world.at["muurame"])
        ).one()
        assert version.published_at is None
    changed = text.replace('{ desk_kind = "line_manager", due_days = 3 },', "")
    assert "tilaaja (3 päivää) → yksikönjohtaja" in shown(saku, "muurame", changed)
    read_in(saku, "muurame", changed)
    assert "Mikään ei muutu." in shown(saku, "muurame", changed)


def test_start_from_a_ready_set_up(world: Payers) -> None:
    saku = browser(world, "saku")
    page = saku.see(BASE.format("muurame"))
    assert "Yhtään moduulia ei ole käytössä. Aloita valmiista pohjasta." in page
    assert "Laukaan pohja" in page
    saku.press("/o/muurame/modules/setup-file/read", template="laukaa")
    page = read_in(saku, "muurame", templates()[0].text)
    assert "1/4 valmiina" in page


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD + 'desks = ["king"]', "Valitse "),
        (HEAD + 'desk = ["payroll"]', "Tätä avainta ei tunneta."),
        (HEAD + 'desks = "payroll"', "Tässä pitäisi olla luettelo."),
        (HEAD + WORK.format("A B"), "Kirjoita tunnus"),
        (HEAD + PRICE.format("10.5"), "unit_cents"),
        (HEAD + PRICE.format("100001"), "unit_cents"),
        (HEAD + '[[modules.fees.setup.rates]]\nwork_type = "GHOST"\nunit = "hour"\nprices = []', "GHOST"),
        ("layout = 1\n[modules.ghost.setup]\n", "Moduulia ei ole asennettu tänne."),
        ("layout = 1\n[modules.fees.settings]\nghost = 1\n", "Moduulilla ei ole tällaista asetusta."),
    ],
)  # fmt: skip
def test_every_fault_is_shown_and_nothing_written(world: Payers, text: str, fault: str) -> None:
    saku, before = browser(world, "saku"), rows(world)
    page = shown(saku, "muurame", text)
    assert "Tiedostoa ei voi tuoda" in page
    assert fault in page
    assert "Tee muutokset" not in page
    read_in(saku, "muurame", text, wanted=409)
    assert rows(world) == before


@pytest.mark.parametrize(
    "text", ["", "[", "layout = 2", "layout = 1", "a = " + "[" * 5000, "layout = 1\nmodules = 3"]
)
def test_what_is_no_set_up_file(world: Payers, text: str) -> None:
    with world.app.test_request_context(), pytest.raises(BadFile):
        read(text)


def test_no_file_and_a_large_one(world: Payers) -> None:
    saku = browser(world, "saku")
    assert "Valitse ensin tiedosto." in saku.press("/o/muurame/modules/setup-file/read", wanted=422)
    assert "liian suuri" in shown(saku, "muurame", "#" * 300_000, wanted=422)
    saku.press("/o/muurame/modules/setup-file/read", wanted=404, template="../secret")


def test_what_has_changed_since_is_shown_again(world: Payers) -> None:
    saku, text = browser(world, "saku"), templates()[0].text
    shown(saku, "muurame", text)
    with world.app.app_context(), writing():
        from core.modules.switching.services import switch_on

        switch_on("fees", world.at["muurame"], None)
    assert "Toinen pääkäyttäjä muutti tätä juuri." in read_in(saku, "muurame", text, wanted=409)


def test_another_organisations_administrator_reads_nothing_in(world: Payers) -> None:
    saku = browser(world, "saku")
    saku.see("/o/laukaa/modules/setup-file", 404)
    saku.press("/o/laukaa/modules/setup-file/read", wanted=404, template="laukaa")
    saku.press("/o/laukaa/modules/setup-file/read-in", wanted=404, text=templates()[0].text, mark="0")


def test_the_region_pays_nobody_so_nothing_is_set_up_there(world: Payers) -> None:
    page = shown(browser(world, "veikko"), "region", templates()[0].text)
    assert "Tiedostoa ei voi tuoda" in page


@pytest.fixture
def settings(world: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two settings of fees and a secret, set at Laukaa."""
    declared = (
        Setting(key="greeting", label="Tervehdys"),
        Setting(key="days", label="Päiviä", type="integer", default=3, max=60),
        Setting(key="password", label="Salasana", type="secret"),
    )
    plugin = world.app.extensions["kokemussilta.host"].healthy["fees"].plugin
    monkeypatch.setattr(type(plugin), "settings", declared)
    wanted = {
        "greeting": Wanted(own=True, value="Hei"),
        "days": Wanted(own=True, value=5, locked=True),
        "password": Wanted(own=True, value="avain-jota-ei-saa-nähdä"),
    }
    with world.app.app_context():
        save_settings(plugin, world.at["laukaa"], wanted, world.people["aino"])
        db.session.remove()


def test_settings_go_along_and_secrets_do_not(world: Payers, settings: None) -> None:
    text = fetched(browser(world, "penni"), "laukaa")
    part = tomllib.loads(text)["modules"]["fees"]
    assert (part["settings"], part["locked"]) == ({"greeting": "Hei", "days": 5}, ["days"])
    assert "avain" not in text
    saku = browser(world, "saku")
    page = shown(saku, "muurame", text)
    assert "Tervehdys – Hei" in page
    assert "Päiviä – 5, lukittu alempana" in page
    read_in(saku, "muurame", text)
    assert "Mikään ei muutu." in shown(saku, "muurame", text)
    secret = text.replace('greeting = "Hei"', 'password = "x"')
    assert "Moduulilla ei ole tällaista asetusta." in shown(saku, "muurame", secret)
    assert "Päiviä : " in shown(saku, "muurame", text.replace("days = 5", "days = 61"))
