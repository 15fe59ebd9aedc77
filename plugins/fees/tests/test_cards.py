"""Cards on the pages of an organisation and of an expert."""

from __future__ import annotations

import pytest

from core.experts.models import Expert, ExpertGrant
from core.extensions import db
from core.modules.switching.services import switch_off
from core.organisations.services import delegate
from core.trust.consents import give
from core.users.services import add_membership
from plugins.fees.tests.pages import Pages
from tests.support.payers import MONDAY

pytestmark = pytest.mark.pages


@pytest.fixture
def expert(pages: Pages) -> int:
    """Aino's record, kept in Laukaa."""
    with pages.payers.anywhere() as session:
        row = Expert(
            person_id=pages.payers.people["aino"],
            organisation_id=pages.payers.at["laukaa"],
            name="Aino",
            sort_key="aino",
        )
        session.add(row)
        session.flush()
        return row.id


def test_what_is_open_stands_on_the_front_page(pages: Pages) -> None:
    assert "Yhtään lomaketta ei ole kesken." in pages.of("penni").get("/o/laukaa/")
    claim_id = pages.sent()
    page = pages.of("penni").get("/o/laukaa/")
    assert "Kesken on 1 lomake, yhteensä 121,40 €." in page
    assert "Pisimpään odottanut: LAU-2026-0001 , Aino." in page
    assert f"/o/laukaa/fees/claims/{claim_id}" in pages.of("penni").raw


def test_only_what_one_may_see_is_counted(pages: Pages) -> None:
    """Lauri and Ylva see Laukaa as approvers, and Lauri the school's claims as its administrator."""
    payers = pages.payers
    with payers.app.app_context():
        add_membership(payers.people["lauri"], payers.at["school"], "administrator", actor_id=None)
        add_membership(payers.people["lauri"], payers.at["laukaa"], "approver", actor_id=None)
        db.session.remove()
    pages.sent()
    assert "Kesken on 1 lomake" in pages.of("lauri").get("/o/laukaa/")
    pages.sent("veikko", **pages.lesson(unit=str(payers.at["education"])))
    assert "Kesken on 1 lomake" in pages.of("lauri").get("/o/laukaa/")
    assert "Kesken on 2 lomaketta" in pages.of("penni").get("/o/laukaa/")
    assert "lomake" not in pages.of("ylva").get("/o/laukaa/")


def test_off_has_no_card(pages: Pages) -> None:
    with pages.payers.app.app_context():
        switch_off("fees", pages.payers.at["laukaa"], None)
        db.session.remove()
    assert "Palkkiolomakkeet" not in pages.of("penni").get("/o/laukaa/")


def test_a_failing_card_says_so(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.fees.views import org_cards

    def fail(_node_id: int) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(org_cards, "node_cards", fail)
    page = pages.of("penni").get("/o/laukaa/")
    assert "Tämä osa ei ole juuri nyt käytettävissä" in page
    assert "Education" in page


def test_an_experts_open_claims(pages: Pages, expert: int) -> None:
    address = f"/o/laukaa/records/core.expert/{expert}/"
    assert "Yhtään lomaketta ei ole kesken." in pages.of("penni").get(address)
    pages.sent()
    page = pages.of("penni").get(address)
    assert "Kesken on 1 lomake, yhteensä 121,40 €." in page
    assert "LAU-2026-0001" in page


def test_claims_are_seen_by_their_own_permission(pages: Pages, expert: int) -> None:
    """Saku coordinates at Muurame, which Laukaa lets see its claims but whose experts are elsewhere."""
    payers = pages.payers
    with payers.app.app_context():
        add_membership(payers.people["saku"], payers.at["muurame"], "coordinator", actor_id=None)
        delegate(payers.at["laukaa"], payers.at["muurame"], ["fees.claims.view", "core.organisations.view"])
        db.session.remove()
    with payers.anywhere() as session:
        person_id = session.get_one(Expert, expert).person_id
        consent_id = give(person_id, "matching", actor_id=None)
        here = {"expert_id": expert, "organisation_id": payers.at["muurame"], "purpose": "task"}
        session.add(ExpertGrant(**here, valid_from=MONDAY.date(), consent_id=consent_id))
    pages.sent()
    assert "Kesken on 1 lomake" in pages.of("saku").get("/o/region/")
    assert "Kesken on 1 lomake" in pages.of("saku").get(f"/o/region/records/core.expert/{expert}/")
    address = f"/o/muurame/records/core.expert/{expert}/"
    assert "lomake" not in pages.of("saku").get(address)
