"""Switching the module off while a claim is on its way in."""

from __future__ import annotations

import threading

import pytest

from core.database.session import writing
from core.extensions import db
from core.modules.gating import gate
from core.modules.gating.gate import current_gate
from core.modules.switching import states as said
from core.modules.switching.services import finish_all, switch_off
from core.scope import NodeScope, PersonScope, set_scope
from plugins.fees.kernel.submit import submit
from tests.support.payers import MONDAY, Payers


def send_slowly(payers: Payers, stored: threading.Event, commit: threading.Event) -> None:
    """Send a claim, and let it be stored only when told."""
    with payers.app.app_context():
        set_scope(db.session(), PersonScope(payers.people["aino"]))
        with writing():
            submit(payers.people["aino"], "slow", [payers.lesson()], MONDAY)
            stored.set()
            commit.wait(20)
        db.session.remove()


def switch(payers: Payers, states: list[str]) -> None:
    """Switch the module off at Laukaa, as its administrator."""
    with payers.app.app_context():
        top = payers.at["laukaa"]
        set_scope(db.session(), NodeScope(top, payers.people["aino"], "core.modules.manage", (top,)))
        states.append(switch_off("fees", top, payers.people["aino"]))
        db.session.remove()


def test_off_waits_for_a_claim_that_is_being_stored(payers: Payers) -> None:
    stored, commit, states = threading.Event(), threading.Event(), list[str]()
    sender = threading.Thread(target=send_slowly, args=(payers, stored, commit))
    switcher = threading.Thread(target=switch, args=(payers, states))
    sender.start()
    assert stored.wait(20)
    switcher.start()
    switcher.join(0.5)
    assert states == []  # it waits
    commit.set()
    sender.join(20)
    switcher.join(20)
    assert states == ["closing"]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_without_the_held_epoch_the_claim_would_be_left_behind(
    payers: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_EPOCH_HELD", gate._EPOCH)
    monkeypatch.setattr(said, "raise_epoch", lambda _session: None)
    stored, commit, states = threading.Event(), threading.Event(), list[str]()
    sender = threading.Thread(target=send_slowly, args=(payers, stored, commit))
    sender.start()
    assert stored.wait(20)
    switch(payers, states)
    commit.set()
    sender.join(20)
    assert states == ["off"]


def test_closing_ends_by_itself_when_all_is_paid_and_told(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    states: list[str] = []
    switch(payers, states)
    assert states == ["closing"]
    assert finish_all(payers.app) == 0
    payers.move(claim_id, 1, "withdraw", "aino")
    assert finish_all(payers.app) == 0  # its messages are still on their way
    with payers.anywhere() as session:
        from core.outbox.models import OutboxRow

        for row in session.query(OutboxRow):
            row.state = "done"
    assert finish_all(payers.app) == 1
    with payers.app.app_context():
        assert current_gate().effective("fees", payers.at["school"]).state == "off"
        db.session.remove()


def test_a_unit_that_says_on_for_itself_does_not_keep_its_parent_closing(payers: Payers) -> None:
    with payers.app.app_context():
        from core.modules.switching.services import switch_on

        switch_on("fees", payers.at["school"], payers.people["aino"])
        db.session.remove()
    payers.send()
    states: list[str] = []
    switch(payers, states)
    assert states == ["off"]
    with payers.app.app_context():
        assert current_gate().on("fees", payers.at["school"], start=True)
        db.session.remove()
