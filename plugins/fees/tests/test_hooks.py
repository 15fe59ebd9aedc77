"""Other modules and fees: work they offer to the form, their say in a move, and hearing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from core.api import Refusal, hookimpl
from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.host import Condition, Registered
from core.modules.models import ModuleState
from core.modules.spec.plugin import Plugin
from core.outbox.models import OutboxRow
from core.outbox.worker import run_once
from core.scope import unscoped
from plugins.fees.hooks import ClaimMove, WorkOffer
from plugins.fees.kernel.transition import transition
from plugins.fees.models import Claim
from plugins.fees.tests.pages import Pages
from tests.support.payers import Payers


class Orders(Plugin):
    """Another module; each hook does what the test says."""

    name = "orders"
    version = "1"
    label = description = "Orders"

    def __init__(self) -> None:
        super().__init__()
        self.offers: Callable[[int], Any] = lambda _person_id: ()
        self.says: Callable[[ClaimMove], Any] = lambda _move: None
        self.heard: list[tuple[Any, ...]] = []

    @hookimpl(optionalhook=True)
    def fees_claimable_work(self, person_id: int) -> Sequence[WorkOffer]:
        return self.offers(person_id)

    @hookimpl(optionalhook=True)
    def fees_may_move(self, move: ClaimMove) -> None:
        return self.says(move)

    @hookimpl(optionalhook=True)
    def fees_claim_moved(self, claim_id: int, organisation_id: int, seq: int, action: str) -> None:
        self.heard.append((claim_id, organisation_id, seq, action))


@pytest.fixture
def orders(payers: Payers) -> Orders:
    """The other module, on at Laukaa alone."""
    found, host = Orders(), payers.app.extensions["kokemussilta.host"]
    host.pm.register(found, "orders")
    host.healthy["orders"], host.at_start["orders"] = Registered(found), Condition("orders", "ok")
    with payers.app.app_context(), writing() as session:
        row = ModuleState(module="orders", organisation_id=payers.at["laukaa"], required=False, blocked=False)
        row.state, row.changed_at = "on", now()
        session.add(row)
        raise_epoch(session)
    return found


def offer(payers: Payers, **values: Any) -> WorkOffer:
    given = {
        "organisation_id": payers.at["school"], "work_type": "lesson", "day": date(2026, 10, 6),
        "start": time(10), "end": time(11, 40), "lessons": 2, "label": "Oppitunti 8B", "source_id": "17",
        "source_module": "orders", **values,
    }  # fmt: skip
    return WorkOffer(**given)


def claims(payers: Payers) -> list[tuple[str, int]]:
    """State and version of every claim."""
    with payers.app.app_context(), unscoped("test"):
        return [tuple(row) for row in db.session.execute(select(Claim.state, Claim.version))]


def test_the_form_is_as_it_was_when_nobody_offers(pages: Pages, orders: Orders) -> None:
    assert "Valmiina tehdystä työstä" not in pages.of("aino").get("/me/fees/new")


def test_work_done_begins_a_form(pages: Pages, payers: Payers, orders: Orders) -> None:
    asked: list[int] = []
    orders.offers = lambda person_id: asked.append(person_id) or [offer(payers)]
    aino = pages.of("aino")
    page = aino.get("/me/fees/new")
    assert "Valmiina tehdystä työstä" in page
    assert "Oppitunti 8B" in page
    assert asked == [payers.people["aino"]]
    aino.get("/me/fees/new?work=orders:17")
    for part in (
        'value="6.10.2026"',
        'value="10.00"',
        'value="11.40"',
        'value="2"',
        'selected value="lesson"',
    ):
        assert part in aino.raw
    aino.get("/me/fees/new?work=orders:99")
    assert 'value="6.10.2026"' not in aino.raw


@pytest.mark.parametrize(
    "wrong", [{"work_type": "nothing"}, {"source_module": "fees"}, {"organisation_id": 9999}]
)
def test_what_cannot_be_claimed_is_not_offered(
    pages: Pages, payers: Payers, orders: Orders, wrong: dict[str, Any]
) -> None:
    orders.offers = lambda _person_id: [offer(payers, **wrong)]
    assert "Oppitunti 8B" not in pages.of("aino").get("/me/fees/new")


def test_nor_where_the_other_module_is_off(pages: Pages, payers: Payers, orders: Orders) -> None:
    orders.offers = lambda _person_id: [offer(payers, organisation_id=payers.at["ward-a"], work_type="hour")]
    assert "Oppitunti 8B" not in pages.of("aino").get("/me/fees/new")


def test_a_module_that_does_not_answer_is_named(pages: Pages, payers: Payers, orders: Orders) -> None:
    orders.offers = lambda _person_id: [offer(payers, day="6.10.2026")]
    page = pages.of("aino").get("/me/fees/new")
    assert "Orders ei vastannut juuri nyt" in page
    assert "Mikä tehtävä" in page or "tehtävä" in page


def test_a_module_hears_of_moves_and_may_look_at_them(payers: Payers, orders: Orders) -> None:
    seen: list[ClaimMove] = []
    orders.says = seen.append
    (claim_id,) = payers.send().claim_ids
    with payers.by("outi"):
        transition(claim_id, 1, "approve", payers.people["outi"])
    who = [("submit", payers.people["aino"]), ("approve", payers.people["outi"])]
    assert [(m.action, m.actor_id) for m in seen] == who
    assert {(m.claim_id, m.organisation_id, m.cents) for m in seen} == {
        (claim_id, payers.at["school"], 12140)
    }
    assert orders.heard == []
    run_once(payers.app)
    assert orders.heard == [
        (claim_id, payers.at["school"], 1, "submit"),
        (claim_id, payers.at["school"], 2, "approve"),
    ]


def test_who_fails_refuses_the_move_with_a_reference(pages: Pages, payers: Payers, orders: Orders) -> None:
    draft = pages.draft()
    orders.says = lambda _move: 1 / 0
    aino = pages.of("aino")
    page = aino.post(f"{draft}/send", 503)
    assert "Tätä ei voitu tehdä juuri nyt" in page
    assert "Viite" in page
    assert claims(payers) == []
    orders.says = lambda _move: None
    aino.post(f"{draft}/send")
    (claim_id,) = (row.id for row in _all(payers))
    orders.says = lambda _move: "wrong"
    pages.of("outi").post(f"/me/fees/claims/{claim_id}/approve", 503, version=1)
    assert claims(payers) == [("submitted", 1)]


def _all(payers: Payers) -> list[Claim]:
    with payers.app.app_context(), unscoped("test"):
        found = list(db.session.scalars(select(Claim)))
        for each in found:
            db.session.expunge(each)
        return found


def test_who_refuses_on_purpose_says_why(pages: Pages, payers: Payers, orders: Orders) -> None:
    def no(_move: ClaimMove) -> None:
        raise Refusal("Vuoden määräraha on käytetty.")

    draft = pages.draft()
    orders.says = no
    assert "Vuoden määräraha on käytetty." in pages.of("aino").post(f"{draft}/send", 422)
    assert claims(payers) == []
    with payers.app.app_context():
        assert db.session.scalars(select(OutboxRow.kind)).all() == []


def test_a_payer_without_the_module_is_not_held_up(payers: Payers, orders: Orders) -> None:
    orders.says = lambda _move: 1 / 0
    payers.send(payers.task("ward-a", "hour"))
    assert [state for state, _version in claims(payers)] == ["submitted"]


@pytest.mark.parametrize("wrong", [{"day": "x"}, {"lessons": True}, {"label": None}, {"start": "10"}])
def test_an_offer_of_wrong_types_cannot_be_made(payers: Payers, wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        offer(payers, **wrong)
