"""What is refused on confirming a file tells nobody's presence without a line in the log."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.extensions import db
from core.log.models import AccessRow
from core.records.description import Record
from core.scope import unscoped
from tests.records.conftest import World
from tests.records.importable import IMPORTED
from tests.records.test_importing import PAGE, send


@pytest.fixture
def described() -> Record:
    return IMPORTED


def test_refusals_of_what_was_confirmed_name_nobody_without_a_line(world: World) -> None:
    browser = world.browser("Penni")
    send(browser, "Name;Title;State\nGranted;trained;Ended\n")
    answer = browser.post(f"{PAGE}/look", new="0", changed="1")
    assert "you may not change it" in answer.text
    with world.app.app_context(), unscoped("the log of a test"):
        assert len(db.session.scalars(select(AccessRow.id).where(AccessRow.how == "search")).all()) == 1
        db.session.remove()
