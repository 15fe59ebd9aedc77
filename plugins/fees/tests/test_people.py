"""A person's copy tells of their claims; erasure leaves sums, chain and invariants as they were."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from core.modules.spec.refusals import Refusal
from core.trust.copying import copy_of
from core.trust.erasing import erase, preview
from core.users.models import Person
from core.users.services import create_person
from plugins.fees.models import Claim, ClaimText, Draft, Payee
from plugins.fees.people import YEARS
from plugins.fees.tests.pages import Pages
from plugins.fees.verify import verify


@pytest.fixture
def done(pages: Pages) -> int:
    """A rejected claim of Aino's with the reason written to her, and a form she never sent."""
    claim_id = pages.sent()
    pages.payers.move(claim_id, 1, "reject", "outi", text="Väärä päivä kanariansaarilla")
    pages.draft()
    return claim_id


def totals(pages: Pages) -> int:
    with pages.payers.anywhere() as session:
        return int(session.scalar(select(func.sum(Claim.total_cents))) or 0)


def test_the_copy_tells_of_claims_and_of_nobody_elses(pages: Pages, done: int) -> None:
    aino, outi = pages.payers.people["aino"], pages.payers.people["outi"]
    with pages.payers.app.test_request_context():
        found = {part.key: part for part in copy_of(aino).parts}
        others = {part.key: part for part in copy_of(outi).parts}
    assert [row["number"] for row in found["fees.claim"].raw] == ["LAU-2026-0001"]
    assert sum(row["cents"] for row in found["fees.line"].raw) == totals(pages)
    assert len(found["fees.draft"].raw) == 1
    assert others["fees.claim"].raw == ()  # she decided on it; it is not about her


def test_erasure_leaves_the_vouchers_to_the_cent(pages: Pages, done: int) -> None:
    aino, before = pages.payers.people["aino"], totals(pages)
    actor = _coordinator(pages)
    with pages.payers.app.test_request_context():
        stays = {str(line.label): line for line in preview(aino).stays}
        erase(aino, actor_id=actor, organisation_id=pages.payers.at["laukaa"])
    assert any(line.until and line.until.year == 2026 + YEARS for line in stays.values())
    with pages.payers.anywhere() as session:
        assert verify(session) == []
        assert session.get_one(Person, aino).blanked_at is not None
        assert session.scalars(select(Draft)).all() == []
        assert [(row.text, row.salt) for row in session.scalars(select(ClaimText))] == [(None, None)]
        assert {(row.name != "", row.email, row.phone) for row in session.scalars(select(Payee))} == {
            (True, None, None)
        }
    assert totals(pages) == before


def test_a_claim_on_its_way_is_finished_first(pages: Pages) -> None:
    pages.sent()
    aino, actor = pages.payers.people["aino"], _coordinator(pages)
    with pages.payers.app.test_request_context(), pytest.raises(Refusal):
        erase(aino, actor_id=actor, organisation_id=pages.payers.at["laukaa"])
    with pages.payers.anywhere() as session:
        assert session.get_one(Person, aino).blanked_at is None
        assert verify(session) == []


def _coordinator(pages: Pages) -> int:
    with pages.payers.app.app_context():
        return create_person("Kerttu", actor_id=None)
