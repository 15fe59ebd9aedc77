"""A set-up file that would take a process's whole time, or the only write lock, is refused before either."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from core.database import session as writes
from core.extensions import db
from core.modules.setup.file import BadFile, read, templates
from core.modules.spec.refusals import Refusal
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from core.users.services import add_membership
from tests.modules.test_module_pages import browser
from tests.modules.test_setup_files import HEAD, PRICE, shown
from tests.support.payers import MONDAY, Payers, write_payers

pytestmark = pytest.mark.pages

PART = "[modules.x.setup]\n"
TOP = "layout = 1\n"
ONE_PRICE = "[[modules.fees.setup.rates.prices]]\nvalid_from = 2026-01-01\nunit_cents = 100\n"
FULL = "[[modules.x.setup.list{}]]\nitems = [" + "1," * 299 + "]\n"

LONG = {
    "key": PART + ".".join("a" * 60_000) + " = 1",
    "key of spaces and quotes": PART + ' . "b\\"" . \'c\''.join("a" * 10_000) + " = 1",
    "header": "[modules.x." + ".".join("a" * 60_000) + "]",
    "key in a table on one line": PART + "t = {" + ".".join("a" * 60_000) + " = 1}",
    "tables in tables": PART + "t = " + "{a=" * 60 + "1" + "}" * 60,
    "lists in lists": PART + "t = " + "[" * 60 + "]" * 60,
    "list": PART + "t = [" + "1," * 301 + "]",
    "lists together": "".join(FULL.format(n) for n in range(5)),
    "table": PART + "".join(f"k{n} = 1\n" for n in range(301)),
    "number": PART + "n = " + "9" * 5_000,
    "number in another base": PART + "n = 0x" + "f" * 150_000,
    "number beyond the database": PART + f"n = {2**63}",
    "no number": PART + "n = inf",
    "version": "[modules.x]\nsettings_version = " + "9" * 4_000,
}


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        found = prepared_database.remembered.on(app)
        with app.app_context():
            add_membership(found.people["saku"], found.at["muurame"], "administrator", actor_id=None)
            db.session.remove()
        yield found


@pytest.mark.parametrize("which", LONG)
def test_what_is_too_large_is_refused_at_once(app: Flask, which: str) -> None:
    begun = time.perf_counter()
    with app.test_request_context(), pytest.raises(BadFile) as caught:
        read(TOP + LONG[which])
    assert time.perf_counter() - begun < 2
    assert len(str(caught.value)) < 300


def test_what_people_write_is_read(app: Flask) -> None:
    several = "a.b.\"c.d\".'e.f'"
    text = TOP + f'{PART}{several} = "{"1." * 15}"\nlist = [{"1," * 300}]\n'
    with app.test_request_context():
        assert len(read(text)["x"].setup["list"]) == 300  # type: ignore[index]
        assert all(read(template.text) for template in templates())


@pytest.mark.parametrize("version", ["-999999999999", "0", "7"])
def test_settings_of_no_known_version_are_a_fault(world: Payers, version: str) -> None:
    text = f"layout = 1\n[modules.fees]\nsettings_version = {version}\n"
    page = shown(browser(world, "saku"), "muurame", text)
    assert "Asetukset ovat moduulin uudemmasta versiosta." in page


def test_thousands_of_prices_never_reach_the_write_lock(
    world: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    saku = browser(world, "saku")
    monkeypatch.setattr(writes, "writing", lambda: pytest.fail("the lock was asked for"))
    monkeypatch.setattr("core.modules.setup.importing.writing", writes.writing)
    text = HEAD + '[[modules.fees.setup.rates]]\nunit = "hour"\n' + ONE_PRICE * 2_500
    assert "korkeintaan" in shown(saku, "muurame", text, 422)


def test_two_prices_of_one_day_are_a_fault(world: Payers) -> None:
    saku = browser(world, "saku")
    twice = PRICE.format("100") + ONE_PRICE.replace("100", "200")
    assert "Samalla päivällä alkaa kaksi hintaa." in shown(saku, "muurame", HEAD + twice)
    apart = PRICE.format("100") + PRICE.format("200")
    assert "Samalla päivällä alkaa kaksi hintaa." in shown(saku, "muurame", HEAD + apart)


@pytest.mark.parametrize("hook", ["setup_preview", "setup_import"])
def test_a_module_that_refuses_a_file_has_not_failed(
    world: Payers, hook: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(*_given: object, **_named: object) -> None:
        raise Refusal("Not this file.")

    where = {"setup_preview": "preview", "setup_import": "read_in"}[hook]
    monkeypatch.setattr(f"plugins.fees.setup.file_reading.{where}", refuses)
    saku = browser(world, "saku")
    for _again in range(6):
        assert "Not this file." in shown(saku, "muurame", HEAD + PRICE.format("100"))
    assert not [record for record in caplog.records if getattr(record, "hook", "") == hook]


def test_a_rate_has_no_hundreds_of_prices(world: Payers) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 6)]
    prices = "".join(ONE_PRICE.replace("2026-01-01", day) for day in days[:51])
    text = HEAD + '[[modules.fees.setup.rates]]\nunit = "hour"\n' + prices
    assert "korkeintaan 50 hintaa" in shown(browser(world, "saku"), "muurame", text)
