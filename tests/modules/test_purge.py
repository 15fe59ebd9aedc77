"""`flask modules purge`, `orphans`: what goes, what stays, and what is refused."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from core.database.session import writing
from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import current_gate
from core.modules.models import InstalledModule, ModuleState
from core.modules.removal import orphans
from core.modules.spec.plugin import Plugin, Retained
from core.modules.switching.services import switch_off
from core.outbox.models import OutboxRow
from core.scope import JobScope, set_scope
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.support.payers import MONDAY, Payers, write_payers

TABLE = "fees_claim"


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        keep_nothing(world)
        monkeypatch.setattr(type(plugin_of(world)), "retained", ())
        yield world


def plugin_of(world: Payers) -> Plugin:
    """Fees, as the application knows it."""
    found: Plugin = world.app.extensions["kokemussilta.host"].healthy["fees"].plugin
    return found


def keep_nothing(world: Payers) -> None:
    """What fees itself must keep would stand in the way of most tests."""
    with world.app.app_context(), writing() as session:
        session.get_one(InstalledModule, "fees").retained = []


def run(world: Payers, *words: str, typed: str = "") -> Result:
    """A command of its own: it sees what is committed, and nothing of this process's memory of the gate."""
    world.app.extensions.pop("kokemussilta.gate", None)
    return world.app.test_cli_runner().invoke(args=["modules", *words], input=typed)


def tables(world: Payers) -> set[str]:
    engine = create_engine(world.app.config["KOKEMUSSILTA"].owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        return {name for name in inspect(connection).get_table_names() if "fees" in name}


def off_everywhere(world: Payers) -> None:
    """A claim that is finished and told, and the module off."""
    claim_id = world.send().claim_ids[0]
    world.move(claim_id, 1, "withdraw", "aino")
    with world.anywhere() as session:
        for row in session.query(OutboxRow):
            row.state = "done"
    for slug in ("laukaa", "hyvaks"):
        with world.app.app_context():
            set_scope(db.session(), JobScope(world.at[slug]))
            assert switch_off("fees", world.at[slug], None) == "off"
            db.session.remove()


@pytest.fixture
def package_gone(world: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody offers the module any more."""
    monkeypatch.setattr(orphans, "entry_points", lambda **_group: [])
    host = world.app.extensions["kokemussilta.host"]
    host.healthy.pop("fees")
    host.at_start.pop("fees")


def test_refused_while_on_or_open(world: Payers, tmp_path: Path) -> None:
    world.send()
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert answer.exit_code == 1
    assert "it is on or closing at hyvaks, laukaa" in answer.output
    assert "open: " in answer.output
    assert "fees_claim: school 1" in answer.output
    assert TABLE in tables(world)
    assert not (tmp_path / "out").exists()


def test_everything_is_written_and_dropped(world: Payers, tmp_path: Path) -> None:
    off_everywhere(world)
    folder = tmp_path / "out"
    answer = run(world, "purge", "fees", "--to", str(folder), typed="fees\n")
    assert answer.exit_code == 0, answer.output
    assert tables(world) == set()
    claims = [json.loads(line) for line in (folder / "fees_claim.jsonl").read_text().splitlines()]
    assert [claim["total_cents"] for claim in claims] == [12140]
    assert stat.S_IMODE((folder / "fees_claim.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    about = json.loads((folder / "about.json").read_text())
    assert about["rows"]["fees_claim"] == 1
    with world.app.app_context():
        assert db.session.scalar(select(InstalledModule).where(InstalledModule.name == "fees")) is None
        assert db.session.scalar(select(ModuleState).where(ModuleState.module == "fees")) is None
        assert db.session.scalar(select(OutboxRow).where(OutboxRow.module == "fees")) is None
        actions = {row.action for row in db.session.scalars(select(Change)) if "fees" in row.record}
        assert "purge" in actions
        assert current_gate().tree.by_slug["laukaa"].id == world.at["laukaa"]
        db.session.remove()


def test_after_a_purge_the_module_can_come_back(world: Payers, tmp_path: Path) -> None:
    off_everywhere(world)
    run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    answer = run(world, "upgrade", "fees")
    assert answer.exit_code == 0, answer.output
    assert TABLE in tables(world)


@pytest.mark.parametrize("words", [("--yes", "fee"), ()])
def test_nothing_without_the_name(world: Payers, tmp_path: Path, words: tuple[str, ...]) -> None:
    off_everywhere(world)
    answer = run(world, "purge", "fees", "--to", str(tmp_path / "out"), *words, typed="yes\n")
    assert answer.exit_code == 1
    assert TABLE in tables(world)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_already_is_not_written_into(world: Payers, tmp_path: Path) -> None:
    off_everywhere(world)
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path))
    assert answer.exit_code == 1
    assert "is there already" in answer.output
    assert TABLE in tables(world)


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        (Retained(table=TABLE, since="created_at", years=6, why="vouchers"), "until 2032-10-12: vouchers"),
        (Retained(table=TABLE, since="due_at", years=6, why="vouchers"), "until later: vouchers"),
        (Retained(table=TABLE, since="ghost", years=6, why="vouchers"), "has no ghost"),
    ],
)
def test_what_must_be_kept_is_kept(
    world: Payers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fact: Retained, kept: str
) -> None:
    off_everywhere(world)
    monkeypatch.setattr(type(plugin_of(world)), "retained", (fact,))
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert answer.exit_code == 1
    assert kept in answer.output
    assert TABLE in tables(world)


def test_years_that_are_over_keep_nothing(
    world: Payers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    off_everywhere(world)
    fact = Retained(table=TABLE, since="created_at", years=6, why="vouchers")
    monkeypatch.setattr(type(plugin_of(world)), "retained", (fact,))
    with time_machine.travel("2032-10-14T12:00:00Z", tick=False):
        answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert answer.exit_code == 0, answer.output


def test_works_when_the_package_is_gone(world: Payers, tmp_path: Path, package_gone: None) -> None:
    answer = run(world, "orphans")
    assert "fees " in answer.output
    assert TABLE in answer.output
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert answer.exit_code == 0, answer.output
    assert tables(world) == set()
    assert "fees" not in run(world, "orphans").output


def test_what_must_be_kept_is_remembered_without_the_package(
    world: Payers, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world.send()
    request.getfixturevalue("package_gone")
    fact = {"table": TABLE, "since": "created_at", "years": 6, "why": "vouchers"}
    with world.app.app_context(), writing() as session:
        session.get_one(InstalledModule, "fees").retained = [fact]
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert "1 rows of fees_claim are kept until 2032-10-12: vouchers" in answer.output
    assert answer.exit_code == 1


def test_refused_where_nobody_knows_what_must_be_kept(
    world: Payers, tmp_path: Path, package_gone: None
) -> None:
    with world.app.app_context(), writing() as session:
        session.delete(session.get_one(InstalledModule, "fees"))
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert "what must be kept is not known" in answer.output
    assert TABLE in tables(world)


def test_refused_while_another_owners_table_refers_to_it(world: Payers, tmp_path: Path) -> None:
    off_everywhere(world)
    engine = create_engine(world.app.config["KOKEMUSSILTA"].owner_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE other_thing (claim_id INTEGER REFERENCES fees_claim (id))"))
    answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert "the table other_thing refers to fees_claim" in answer.output
    assert "nobody's table: other_thing" in run(world, "orphans").output
    assert TABLE in tables(world)


def test_nothing_is_nothing(world: Payers) -> None:
    answer = run(world, "purge", "ghost", "--yes", "ghost")
    assert answer.exit_code == 1
    assert "there is nothing of ghost" in answer.output


def test_fees_keep_their_vouchers(app: Flask, prepared_database: Prepared[Any], tmp_path: Path) -> None:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        off_everywhere(world)
        answer = run(world, "purge", "fees", "--yes", "fees", "--to", str(tmp_path / "out"))
    assert answer.exit_code == 1
    assert "1 rows of fees_claim are kept until 2033-10-12: vouchers of payments" in answer.output
