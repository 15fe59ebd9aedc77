"""A module that cannot tell whether somebody has rows of it: their pages are away for now, not gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleState
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.modules.test_module_pages import browser
from tests.support.payers import MONDAY, Payers, write_payers

pytestmark = pytest.mark.pages


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        yield prepared_database.remembered.on(app)


def test_rows_that_cannot_be_told_are_stored_and_unavailable(
    world: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.anywhere() as session:
        for row in session.scalars(select(ModuleState).where(ModuleState.module == "fees")):
            session.delete(row)
        raise_epoch(session)
    aino = browser(world, "aino")
    aino.see("/me/fees/claims/4711/return", 404)
    monkeypatch.setattr("plugins.fees.lifecycle.holds_rows", lambda _person: 1 / 0)
    page = aino.see("/me/fees/claims/4711/return", 503)
    assert "4711" in page
