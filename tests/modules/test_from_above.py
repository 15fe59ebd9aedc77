"""Required and blocked from above, and what off means for those below: open work is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import current_gate
from core.modules.host import Condition, Registered, host
from core.modules.spec.plugin import Plugin
from core.modules.switching.from_above import decide_below, open_below
from core.modules.switching.services import finish_closing, switch_off, switch_on
from core.modules.switching.states import ModuleError, seen_now
from core.scope import JobScope, set_scope
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.support.payers import MONDAY, Payers, write_payers


class Plus(Plugin):
    """A module that is of no use without fees."""

    name, version, label, description, requires = "plus", "1", "Plus", "Needs fees.", ("fees",)


def install_plus() -> None:
    """As start-up would have found it."""
    plus = Plus()
    host().pm.register(plus, "plus")
    host().healthy["plus"] = Registered(plus)
    host().at_start["plus"] = Condition("plus", "ok", label="Plus")


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        with app.app_context():
            install_plus()
            app.extensions.pop("kokemussilta.gate", None)
            set_scope(db.session(), JobScope(world.at["region"]))
            yield world
            db.session.remove()


def state(world: Payers, slug: str, module: str = "fees") -> str:
    return current_gate().effective(module, world.at[slug]).state


def refused(code: str, *names: str) -> pytest.RaisesExc[ModuleError]:
    return pytest.RaisesExc(ModuleError, check=lambda e: (e.code, e.names) == (code, names))


def send(world: Payers) -> int:
    """A claim at the school, sent in a session of its own."""
    db.session.remove()
    claim_id = world.send().claim_ids[0]
    set_scope(db.session(), JobScope(world.at["region"]))
    return claim_id


def deliver(world: Payers) -> None:
    """Nothing waits undelivered."""
    from core.outbox.models import OutboxRow

    db.session.remove()
    with world.anywhere() as session:
        for row in session.query(OutboxRow):
            row.state = "done"
    set_scope(db.session(), JobScope(world.at["region"]))


def test_required_is_on_below_until_it_is_withdrawn(world: Payers) -> None:
    decide_below("fees", world.at["region"], "require", None)
    assert state(world, "muurame") == "on"
    assert current_gate().required_by("fees", world.at["school"]) == world.at["region"]
    with refused("required", "fees"):
        switch_off("fees", world.at["laukaa"], None)
    decide_below("fees", world.at["region"], "unrequire", None)
    assert (state(world, "muurame"), state(world, "laukaa")) == ("off", "on")


def test_a_withdrawn_requirement_leaves_open_work_closing(world: Payers) -> None:
    decide_below("fees", world.at["region"], "require", None)
    switch_word(world, "laukaa", "off")
    send(world)
    decide_below("fees", world.at["region"], "unrequire", None)
    assert (state(world, "laukaa"), state(world, "muurame")) == ("closing", "off")


def switch_word(world: Payers, slug: str, word: str) -> None:
    """An organisation said so before the requirement came."""
    from core.database.session import writing
    from core.modules.switching.states import write_word

    with writing() as session:
        write_word(session, "fees", world.at[slug], word, None, state=word)


def test_blocking_is_refused_with_what_is_open_and_where(world: Payers) -> None:
    claim_id = send(world)
    with pytest.raises(ModuleError) as caught:
        decide_below("fees", world.at["region"], "block", None)
    assert caught.value.code == "open"
    assert [loss.organisation_id for loss in caught.value.losses] == [world.at["laukaa"]]
    assert caught.value.losses[0].work.blockers[0].count == 1
    assert state(world, "laukaa") == "on"

    db.session.remove()
    world.move(claim_id, 1, "withdraw", "aino")
    deliver(world)
    assert open_below("fees", world.at["region"], "block") == []
    decide_below("fees", world.at["region"], "block", None)
    assert [state(world, slug) for slug in ("region", "laukaa", "school")] == ["blocked"] * 3
    with refused("blocked", "fees"):
        switch_on("fees", world.at["laukaa"], None)
    with refused("blocked", "fees"):
        decide_below("fees", world.at["laukaa"], "require", None)
    decide_below("fees", world.at["region"], "unblock", None)
    assert state(world, "school") == "on"


def test_a_module_that_cannot_tell_is_not_blocked(world: Payers) -> None:
    host().healthy.pop("fees")
    world.app.extensions.pop("kokemussilta.gate", None)
    with refused("open", "fees"):
        decide_below("fees", world.at["region"], "block", None)


def test_what_needs_the_module_below_keeps_it(world: Payers) -> None:
    switch_on("plus", world.at["school"], None)
    with refused("needed", "plus"):
        switch_off("fees", world.at["laukaa"], None)
    switch_off("plus", world.at["school"], None)
    assert switch_off("fees", world.at["laukaa"], None) == "off"


def test_what_is_closing_is_not_leaned_on(world: Payers) -> None:
    send(world)
    assert switch_off("fees", world.at["laukaa"], None) == "closing"
    with refused("needs", "fees"):
        switch_on("plus", world.at["school"], None)
    assert not finish_closing("fees", world.at["laukaa"])


def test_requiring_needs_what_the_module_needs(world: Payers) -> None:
    with refused("needs", "fees"):
        decide_below("plus", world.at["region"], "require", None)


def test_who_looked_at_something_older_is_told(world: Payers) -> None:
    place = world.at["muurame"]
    seen = seen_now(db.session(), "fees", place)
    switch_on("fees", place, None, seen=seen)
    with refused("changed", "fees"):
        switch_on("fees", place, None, seen=seen)
    with refused("changed", "fees"):
        switch_off("fees", place, None, seen=seen)
    with refused("changed", "fees"):
        decide_below("fees", place, "block", None, seen=seen)
    assert switch_off("fees", place, None, seen=seen_now(db.session(), "fees", place)) == "off"


def test_each_decision_stands_in_the_change_log(world: Payers) -> None:
    for decision in ("require", "unrequire", "block", "unblock"):
        decide_below("fees", world.at["muurame"], decision, world.people["aino"])
    rows = db.session.execute(
        select(Change.action, Change.fields, Change.actor_id).where(
            Change.record == "core.module_state", Change.organisation_id == world.at["muurame"]
        )
    ).all()
    assert [(r.action, r.fields) for r in rows] == [
        ("require", ["required"]),
        ("unrequire", ["required"]),
        ("block", ["blocked"]),
        ("unblock", ["blocked"]),
    ]
    assert {r.actor_id for r in rows} == {world.people["aino"]}
