"""`flask modules list`, `check`, `enable`, `disable`, `upgrade`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import current_gate
from core.modules.host import Condition
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.support.payers import MONDAY, Payers, write_payers


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        yield prepared_database.remembered.on(app)


def run(world: Payers, *words: str) -> Result:
    return world.app.test_cli_runner().invoke(args=["modules", *words])


def state(world: Payers, slug: str) -> str:
    with world.app.app_context():
        found = current_gate().effective("fees", world.at[slug]).state
        db.session.remove()
    return found


def test_list_tells_version_condition_and_where(world: Payers) -> None:
    answer = run(world, "list")
    assert answer.output.startswith("fees 0.1.0 ok; on: hyvaks on, laukaa on")


def test_check_names_what_is_not_ok(world: Payers) -> None:
    assert run(world, "check", "--strict").output == "ok\n"
    host = world.app.extensions["kokemussilta.host"]
    host.at_start["bad"] = Condition("bad", "failed", "ImportError: no")
    answer = run(world, "check")
    assert (answer.exit_code, answer.output) == (1, "bad: failed (ImportError: no)\n")


def test_what_somebody_decided_to_do_without_counts_only_strictly(world: Payers) -> None:
    assert run(world, "disable", "fees").exit_code == 0
    assert run(world, "check").exit_code == 0
    answer = run(world, "check", "--strict")
    assert answer.exit_code == 1
    assert "fees: disabled" in answer.output


def test_the_whole_instance(world: Payers) -> None:
    assert "fees is disabled" in run(world, "disable", "fees").output
    assert state(world, "laukaa") == "broken"
    assert "fees 0.1.0 disabled" in run(world, "list").output
    assert "fees is enabled" in run(world, "enable", "fees").output
    assert state(world, "laukaa") == "on"
    with world.app.app_context():
        rows = db.session.scalars(select(Change.action).where(Change.record == "core.module.fees")).all()
        assert list(rows) == ["disable", "enable"]
        db.session.remove()


def test_one_organisation(world: Payers) -> None:
    assert "fees is on at muurame" in run(world, "enable", "fees", "--organisation", "muurame").output
    assert "fees is off at muurame" in run(world, "disable", "fees", "--organisation", "muurame").output
    world.send()
    answer = run(world, "disable", "fees", "--organisation", "laukaa")
    assert "fees is closing at laukaa" in answer.output
    assert "open: " in answer.output
    assert state(world, "laukaa") == "closing"


@pytest.mark.parametrize(
    "words",
    [
        ("enable", "ghost"),
        ("disable", "ghost"),
        ("enable", "fees", "--organisation", "nowhere"),
        ("upgrade", "ghost"),
    ],
)
def test_what_is_not_there(world: Payers, words: tuple[str, ...]) -> None:
    assert run(world, *words).exit_code == 1


def test_a_refusal_says_why(world: Payers) -> None:
    from core.modules.switching.from_above import decide_below

    with world.app.app_context():
        decide_below("fees", world.at["muurame"], "block", None)
        db.session.remove()
    answer = run(world, "enable", "fees", "--organisation", "muurame")
    assert answer.exit_code == 1
    assert "fees: blocked muurame" in answer.output


def test_upgrade_of_one_and_of_all(world: Payers) -> None:
    assert run(world, "upgrade", "fees").output.endswith("at the newest\n")
    assert run(world, "upgrade").output.endswith("at the newest\n")
