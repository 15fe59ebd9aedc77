"""Switching the module off while a claim is on its way in."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database.session import writing
from core.extensions import db
from core.modules.gating import gate
from core.modules.gating.gate import current_gate
from core.modules.switching import states as said
from core.modules.switching.open_work import open_work
from core.modules.switching.services import finish_all, switch_off, switch_on
from core.outbox.models import OutboxRow
from core.outbox.services import drop
from core.scope import JobScope, NodeScope, PersonScope, set_scope
from plugins.fees.errors import FeeError
from plugins.fees.kernel.submit import submit
from plugins.fees.verify import undelivered
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
        for row in session.query(OutboxRow):
            row.state = "done"
    assert finish_all(payers.app) == 1
    with payers.app.app_context():
        assert current_gate().effective("fees", payers.at["school"]).state == "off"
        db.session.remove()


def test_what_was_given_up_holds_until_it_is_put_aside(payers: Payers) -> None:
    claim_id, states = payers.send().claim_ids[0], list[str]()
    switch(payers, states)
    payers.move(claim_id, 1, "withdraw", "aino")
    with payers.anywhere() as session:
        rows = list(session.scalars(select(OutboxRow)))
        for row in rows:
            row.state = "failed"
        numbers = [row.id for row in rows]
    assert finish_all(payers.app) == 0
    with payers.app.app_context():
        set_scope(db.session(), JobScope(payers.at["laukaa"]))
        work = open_work("fees", payers.at["laukaa"])
        assert (work.undelivered, work.given_up, bool(work)) == (len(numbers), len(numbers), True)
        db.session.remove()
        assert all(drop(number) for number in numbers)
        db.session.remove()
    assert finish_all(payers.app) == 1
    with payers.anywhere() as session:
        assert undelivered(session, MONDAY + timedelta(days=9)) == 0


def say_on_at_school(payers: Payers) -> None:
    """A unit of Laukaa switches the module on for itself."""
    with payers.app.app_context():
        switch_on("fees", payers.at["school"], payers.people["aino"])
        db.session.remove()


def test_what_the_payer_owes_keeps_it_closing_though_the_unit_says_on_for_itself(payers: Payers) -> None:
    say_on_at_school(payers)
    payers.send()
    states: list[str] = []
    switch(payers, states)
    assert states == ["closing"]


@pytest.mark.parametrize("open_claim", [True, False], ids=["closing", "off"])
def test_a_unit_takes_no_new_claim_while_its_payer_does_not(payers: Payers, open_claim: bool) -> None:
    say_on_at_school(payers)
    if open_claim:
        payers.send()
    states: list[str] = []
    switch(payers, states)
    with pytest.raises(FeeError, match="module_off"):
        payers.send(key="k2")


def test_a_returned_claim_is_sent_again_while_its_payer_closes(payers: Payers) -> None:
    say_on_at_school(payers)
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "return", "outi", text="Which class?")
    states: list[str] = []
    switch(payers, states)
    lines = [payers.lesson(day=payers.day_of("k1"))]
    assert payers.move(claim_id, 2, "resend", "aino", lines=lines).state == "submitted"
