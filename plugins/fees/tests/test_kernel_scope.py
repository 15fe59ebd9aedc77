"""No row of a claim is read around the claim's own scope."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.api import NodeScope, Scoped, db, set_scope
from plugins.fees import models as m
from plugins.fees.lifecycle import holds_rows, open_work
from tests.support.payers import Payers

ROWS = (m.Claim, m.Sheet, m.Receipt, m.Payee, m.ClaimLine, m.ClaimStep, m.ClaimEvent, m.ClaimText, m.Approval)


def counts(session: object) -> dict[str, int]:
    return {
        row.__name__: session.scalar(select(func.count()).select_from(row))  # type: ignore[attr-defined]  # a session
        for row in ROWS
    }


@pytest.fixture
def claim_id(payers: Payers) -> int:
    """A claim of the school that its orderer has confirmed."""
    sent = payers.send(payers.lesson(message="Room 12"))
    payers.move(sent.claim_ids[0], 1, "approve", "outi")
    return sent.claim_ids[0]


@pytest.mark.parametrize("name", ["aino", "outi", "lauri"])
def test_its_own_people_see_all_of_it(payers: Payers, claim_id: int, name: str) -> None:
    with payers.by(name) as session:
        assert all(counts(session).values())


@pytest.mark.parametrize("name", ["veikko", "ylva", "aatu", "pirkko"])
def test_others_see_none_of_it(payers: Payers, claim_id: int, name: str) -> None:
    with payers.by(name) as session:
        assert not any(counts(session).values())


@pytest.mark.parametrize(
    ("place", "seen"), [("school", True), ("laukaa", True), ("hyvaks", False), ("ward-a", False)]
)
def test_where_the_organisations_people_stand(payers: Payers, claim_id: int, place: str, seen: bool) -> None:
    with payers.app.app_context():
        top = payers.at[place]
        set_scope(db.session(), NodeScope(top, payers.people["penni"], "fees.claims.view", (top,)))
        assert all(counts(db.session()).values()) is seen
        assert any(counts(db.session()).values()) is seen
        db.session.remove()


def test_every_table_of_a_claim_is_scoped() -> None:
    unscoped = {m.YearlyTable}
    tables = {getattr(m, name) for name in m.__all__}
    assert {table for table in tables if not issubclass(table, Scoped)} == unscoped


def test_open_work_is_counted(payers: Payers, claim_id: int) -> None:
    with payers.app.app_context():
        assert open_work({payers.at["laukaa"], payers.at["school"]}) == (1, 12140)
        assert open_work({payers.at["hyvaks"], payers.at["ward-a"]}) == (0, 0)
        held = {name: holds_rows(payers.people[name]) for name in ("aino", "outi", "veikko")}
        assert held == {"aino": True, "outi": True, "veikko": False}
        db.session.remove()
