"""Payees are blanked when the law's last day has passed; sums and invariants stay."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from core.api import JobScope, db, set_scope, writing
from core.modules.calling.calls import ask, decide
from plugins.fees.models import Claim, Payee
from plugins.fees.people import YEARS
from plugins.fees.tests.pages import Pages
from plugins.fees.verify import verify


@pytest.fixture
def paid_year(pages: Pages) -> int:
    """The year of a claim that is finished."""
    claim_id = pages.sent()
    pages.payers.move(claim_id, 1, "reject", "outi", text="Väärä päivä")
    with pages.payers.anywhere() as session:
        return int(session.get_one(Claim, claim_id).created_at.year)


def run(pages: Pages, day: date) -> int:
    """Ask and remove as a run does; how many payees it told of."""
    at = pages.payers.at["laukaa"]
    with pages.payers.app.test_request_context():
        set_scope(db.session(), JobScope(at))
        found = ask("expired", modules=("fees",), organisation_id=at, day=day)[0].value
        with writing():
            decide("remove_expired", modules=("fees",), organisation_id=at, day=day)
        return int(found[0].count)


def names(pages: Pages) -> set[str]:
    with pages.payers.anywhere() as session:
        return set(session.scalars(select(Payee.name)))


def test_a_payee_stays_to_the_last_day_and_then_goes_once(pages: Pages, paid_year: int) -> None:
    before = names(pages)
    assert run(pages, date(paid_year + YEARS, 12, 31)) == 0
    assert names(pages) == before
    assert run(pages, date(paid_year + YEARS + 1, 1, 1)) == 1
    assert names(pages) == {"Poistettu henkilö"}
    assert run(pages, date(paid_year + YEARS + 1, 1, 1)) == 0
    with pages.payers.anywhere() as session:
        assert verify(session) == []
        assert (session.scalar(select(func.sum(Claim.total_cents))) or 0) > 0


def test_a_claim_on_its_way_keeps_its_payee(pages: Pages) -> None:
    pages.sent()
    assert run(pages, date(2099, 1, 1)) == 0
