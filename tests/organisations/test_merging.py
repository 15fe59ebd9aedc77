"""Merging with claims open: they stay where they were sent and run to their end; nothing is re-homed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from core.database.types import Texts
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.merging import merge_organisations
from core.organisations.moving_plan import MoveRefused
from core.organisations.services import close_organisation, create_organisation
from core.records.errors import Invalid
from core.scope import JobScope, set_scope
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from plugins.fees.errors import FeeError
from plugins.fees.models import Claim
from tests.organisations.test_moving import expected_pairs, pairs
from tests.support.payers import MONDAY, Payers, write_payers

NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    with time_machine.travel(MONDAY, tick=False):
        world = prepared_database.remembered.on(app)
        with app.app_context():
            world.at["other"] = create_organisation(
                Texts(fi="Toinen koulu"), "school", "other", parent_id=world.at["education"]
            )
            db.session.remove()
        yield world


def merge(world: Payers, old: str, successor: str, day: date = NEW_YEAR, *, mine: bool = False) -> None:
    with world.app.app_context():
        set_scope(db.session(), JobScope(world.at["region"]))
        try:
            merge_organisations(world.at[old], world.at[successor], day, within_controller=mine)
        finally:
            db.session.remove()


def test_an_open_claim_stays_and_runs_to_its_end(world: Payers) -> None:
    claim_id = world.send().claim_ids[0]
    merge(world, "school", "other")
    for version, name in enumerate(("outi", "lauri", "ylva"), 1):
        world.move(claim_id, version, "approve", name)
    with world.anywhere() as session:
        claim = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        assert (claim.organisation_id, claim.state) == (world.at["school"], "approved")


def test_what_was_sent_back_is_answered_there(world: Payers) -> None:
    claim_id = world.send().claim_ids[0]
    world.move(claim_id, 1, "return", "outi", text="Paljonko?")
    merge(world, "school", "other")
    world.move(claim_id, 2, "resend", "aino", lines=[world.lesson(day=world.day_of("k1"))])
    with world.anywhere() as session:
        claim = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        assert (claim.organisation_id, claim.state, claim.revision) == (world.at["school"], "submitted", 2)


def test_nothing_new_starts_at_the_old_one(world: Payers) -> None:
    merge(world, "school", "other")
    with pytest.raises(FeeError, match="unit_unknown"):
        world.send()
    with world.app.app_context():
        gate = current_gate()
        assert gate.on("fees", world.at["school"])
        assert not gate.on("fees", world.at["school"], start=True)
        assert gate.on("fees", world.at["other"], start=True)
        assert pairs() == expected_pairs()
        db.session.remove()


def test_a_keeper_of_a_register_keeps_it(world: Payers) -> None:
    """KSSHP under Hyvaks: closed, its old claims stay its own; an administrator cannot do that."""
    with pytest.raises(MoveRefused, match="controller"):
        merge(world, "muurame", "hyvaks", mine=True)
    merge(world, "muurame", "hyvaks")
    with world.app.app_context():
        old = current_gate().tree.by_id[world.at["muurame"]]
        assert (old.parent_id, old.controller_id) == (world.at["hyvaks"], world.at["muurame"])
        assert (old.ended, old.succeeded_on) == (date(2025, 12, 31), NEW_YEAR)
        assert not current_gate().tree.reaches(world.at["hyvaks"], old.id)
        assert pairs() == expected_pairs()
        db.session.remove()


def test_nor_what_stands_under_its_successor_already(world: Payers) -> None:
    """Nothing would be moved then, and a register would still be closed."""
    with world.app.app_context():
        more = {"parent_id": world.at["laukaa"], "is_controller": True, "code": "KTK"}
        world.at["centre"] = create_organisation(Texts(fi="Keskus"), "unit", "centre", **more)
        db.session.remove()
    with pytest.raises(MoveRefused, match="controller"):
        merge(world, "centre", "laukaa", mine=True)


def test_open_work_that_would_change_its_keeper_is_in_the_way(world: Payers) -> None:
    world.send()
    with pytest.raises(MoveRefused, match="open"):
        merge(world, "school", "ward-a")


@pytest.mark.parametrize(("old", "successor"), [("school", "school"), ("education", "school")])
def test_never_into_itself(world: Payers, old: str, successor: str) -> None:
    with pytest.raises(MoveRefused, match="circle"):
        merge(world, old, successor)


def test_only_once_and_not_before_its_day(world: Payers) -> None:
    with pytest.raises(Invalid):
        merge(world, "school", "other", date(2026, 10, 13))
    merge(world, "school", "other")
    with pytest.raises(MoveRefused, match="merged"):
        merge(world, "school", "education")


def test_the_last_day_is_a_day_of_use(world: Payers) -> None:
    """In use that day, not the next, without anybody telling the processes."""
    with world.app.app_context():
        close_organisation(world.at["other"], date(2026, 10, 12), None)
        db.session.remove()
        assert current_gate().on("fees", world.at["other"], start=True)
        db.session.remove()
    with time_machine.travel("2026-10-12T21:30:00+00:00", tick=False), world.app.app_context():
        assert not current_gate().on("fees", world.at["other"], start=True)  # past midnight in Finland
        db.session.remove()
