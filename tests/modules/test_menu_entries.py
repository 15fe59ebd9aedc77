"""One bad entry or card takes away itself alone: never the page around it, and never its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from core.api import Card, MenuItem, SetupStep
from core.modules.host import host
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.modules.test_module_pages import Browser, browser
from tests.support.payers import MONDAY, Payers, write_payers

pytestmark = pytest.mark.pages


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def aino(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Browser]:
    with time_machine.travel(MONDAY, tick=False):
        world: Payers = prepared_database.remembered.on(app)
        yield browser(world, "aino")


@pytest.mark.parametrize(
    "make",
    [
        lambda: MenuItem("fees.mine", "Mine", order="first"),  # type: ignore[arg-type]
        lambda: MenuItem("fees.mine", "Mine", order=10**30),
        lambda: MenuItem("fees.mine", 7),
        lambda: MenuItem("fees.mine", "Mine", where="there"),  # type: ignore[arg-type]
        lambda: Card("card.html", {}, order=None),  # type: ignore[arg-type]
        lambda: SetupStep(None, False, "fees.mine"),
    ],
)
def test_a_value_of_a_wrong_type_is_never_made(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        make()


def _with(app: Flask, monkeypatch: pytest.MonkeyPatch, item: MenuItem) -> None:
    with app.app_context():
        fees = host().healthy["fees"]
    good = MenuItem("fees.mine", "Hyvä kohta", where="me", order=60)
    monkeypatch.setattr(fees, "menu", [item, good])


def _failing(*_given: object) -> Any:
    raise ZeroDivisionError


def test_a_label_that_cannot_be_translated_loses_its_entry_alone(
    app: Flask, aino: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flask_babel.speaklater import LazyString

    _with(app, monkeypatch, MenuItem("fees.queue", LazyString(_failing), where="me"))
    for _again in range(7):
        assert "Hyvä kohta" in aino.see("/me")
    aino.see("/me/nowhere", 404)


def test_a_count_that_fails_leaves_the_entry_without_a_number(
    app: Flask, aino: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(app, monkeypatch, MenuItem("fees.queue", "Työpöytä kolme", where="me", count=_failing))
    for _again in range(7):
        page = aino.see("/me")
        assert "Työpöytä kolme" in page
        assert "Hyvä kohta" in page
