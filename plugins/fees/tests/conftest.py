"""A small world of two payers for the kernel's tests, on each database in turn."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask

from core.extensions import db
from core.scope import unscoped
from core.testing.databases import Prepared
from core.testing.fixtures import rows_for
from core.users.services import add_membership
from plugins.fees.tests.pages import Pages
from tests.support.payers import MONDAY, Payers, write_payers

ROLES = (
    ("paula", "laukaa", "payroll"),
    ("penni", "laukaa", "administrator"),
    ("pirkko", "hyvaks", "payroll"),
    ("hilma", "hyvaks", "administrator"),
)
first_rows = rows_for("payers", write_payers)


@pytest.fixture
def on_monday() -> Iterator[None]:
    """The clock stands at Monday 12.10.2026, so that who stands at a desk is the same every day."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def payers(app: Flask, on_monday: None, prepared_database: Prepared[Any]) -> Payers:
    """Two payers with everything set up."""
    found: Payers = prepared_database.remembered
    return found.on(app)


@pytest.fixture
def pages(payers: Payers) -> Pages:
    """The same two payers, their people with accounts and roles in front of the pages."""
    with payers.app.app_context():
        for name, place, role in ROLES:
            add_membership(payers.people[name], payers.at[place], role, actor_id=None)
        db.session.remove()
    return Pages(payers)


@pytest.fixture
def inside(payers: Payers) -> Iterator[Payers]:
    """The two payers, with a context in which set-up services may write anywhere."""
    with payers.app.app_context(), unscoped("test"):
        yield payers
        db.session.remove()
