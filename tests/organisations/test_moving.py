"""Moving an organisation under another parent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from core.database.types import Texts
from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.switching.services import switch_off, switch_on
from core.organisations.models import Closure, Organisation
from core.organisations.moving import move_organisation
from core.organisations.moving_plan import MoveRefused
from core.organisations.services import create_organisation
from core.scope import JobScope, set_scope
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.support.payers import MONDAY, Payers, write_payers


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        with app.app_context():
            set_scope(db.session(), JobScope(world.at["region"]))
            yield world
            db.session.remove()


def pairs() -> set[tuple[int, int, int, bool]]:
    rows = db.session.execute(
        select(Closure.ancestor_id, Closure.descendant_id, Closure.depth, Closure.same_controller)
    )
    return {tuple(row) for row in rows}  # type: ignore[misc]


def expected_pairs() -> set[tuple[int, int, int, bool]]:
    """The closure as the parents say it must be."""
    tree = current_gate().tree
    return {
        (above.id, node.id, depth, above.controller_id == node.controller_id)
        for node in tree.by_id.values()
        for depth, above in enumerate(tree.upwards(node.id))
    }


def send(world: Payers) -> int:
    db.session.remove()
    claim_id = world.send().claim_ids[0]
    set_scope(db.session(), JobScope(world.at["region"]))
    return claim_id


def test_parent_controllers_and_closure_follow(world: Payers) -> None:
    move_organisation(world.at["education"], world.at["hyvaks"])
    tree = current_gate().tree
    assert tree.by_id[world.at["education"]].parent_id == world.at["hyvaks"]
    assert tree.by_id[world.at["school"]].controller_id == world.at["hyvaks"]
    assert pairs() == expected_pairs()
    stored = db.session.get_one(Organisation, world.at["school"])
    assert stored.controller_id == world.at["hyvaks"]
    assert tree.reaches(world.at["hyvaks"], world.at["school"])
    assert not tree.within(world.at["laukaa"], world.at["school"])


def test_a_controller_keeps_its_own_register(world: Payers) -> None:
    move_organisation(world.at["muurame"], world.at["hyvaks"])
    tree = current_gate().tree
    assert tree.by_id[world.at["muurame"]].controller_id == world.at["muurame"]
    assert not tree.reaches(world.at["hyvaks"], world.at["muurame"])
    assert pairs() == expected_pairs()


def test_within_one_controller_open_work_moves_along(world: Payers) -> None:
    send(world)
    move_organisation(world.at["school"], world.at["laukaa"])
    assert current_gate().tree.by_id[world.at["school"]].parent_id == world.at["laukaa"]
    assert pairs() == expected_pairs()


def test_refused_where_the_module_would_go_off(world: Payers) -> None:
    other = create_organisation(Texts(fi="Muu"), "sector", "other", parent_id=world.at["laukaa"])
    switch_off("fees", other, None)
    send(world)
    with pytest.raises(MoveRefused) as caught:
        move_organisation(world.at["school"], other)
    assert (caught.value.code, [loss.module for loss in caught.value.losses]) == ("open", ["fees"])
    assert current_gate().tree.by_id[world.at["school"]].parent_id == world.at["education"]


def test_refused_where_open_work_would_change_hands(world: Payers) -> None:
    send(world)
    with pytest.raises(MoveRefused) as caught:
        move_organisation(world.at["school"], world.at["hyvaks"])
    assert [loss.organisation_id for loss in caught.value.losses] == [world.at["school"]]
    assert pairs() == expected_pairs()


def test_refused_while_a_module_cannot_tell(world: Payers) -> None:
    host().healthy.pop("fees")
    world.app.extensions.pop("kokemussilta.gate", None)
    with pytest.raises(MoveRefused):
        move_organisation(world.at["school"], world.at["muurame"])


def test_never_below_itself(world: Payers) -> None:
    with pytest.raises(MoveRefused) as caught:
        move_organisation(world.at["laukaa"], world.at["school"])
    assert caught.value.code == "circle"


@pytest.mark.parametrize(
    ("moved", "parent"), [("muurame", "laukaa"), ("school", "mental"), ("region", "laukaa")]
)
def test_an_administrator_leaves_controllers_as_they_are(world: Payers, moved: str, parent: str) -> None:
    """Neither a controller nor a root is moved, and nothing gets another controller."""
    with pytest.raises(MoveRefused, match=r"controller|circle"):
        move_organisation(world.at[moved], world.at[parent], within_controller=True)
    assert current_gate().tree.by_id[world.at[moved]].parent_id != world.at[parent]


def test_the_log_and_the_other_processes_know(world: Payers) -> None:
    move_organisation(world.at["muurame"], world.at["laukaa"], actor_id=world.people["aino"])
    row = db.session.execute(select(Change).where(Change.action == "move")).scalar_one()
    assert (row.record, row.row_id, row.fields) == ("core.organisation", world.at["muurame"], ["parent_id"])
    assert current_gate().on("fees", world.at["muurame"])


def test_the_command(world: Payers) -> None:
    switch_on("fees", world.at["education"], None)
    db.session.remove()
    runner = world.app.test_cli_runner()
    assert (
        "now stands under laukaa" in runner.invoke(args=["organisations", "move", "muurame", "laukaa"]).output
    )
    world.send()
    answer = runner.invoke(args=["organisations", "move", "education", "hyvaks"])
    assert answer.exit_code == 1
    assert "education fees:" in answer.output
    assert "121" in answer.output
    assert "undelivered messages: 1" in answer.output
    assert runner.invoke(args=["organisations", "move", "nowhere", "laukaa"]).exit_code == 1
    assert runner.invoke(args=["organisations", "move", "laukaa", "school"]).exit_code == 1
