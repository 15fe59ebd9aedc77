"""Who is related to the payee steps aside: they decide no more, and the claim waits for somebody who may."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.outbox.models import Notice
from core.outbox.worker import run_once
from plugins.fees import models as m
from plugins.fees.errors import Conflict, FeeError, NotAllowed
from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_kernel import absent, claim, clean
from plugins.fees.verify import verify
from tests.support.payers import ALWAYS, MONDAY, Payers

LATER = MONDAY + timedelta(days=1)


def join(payers: Payers, name: str, place: str = "school", kind: str = "line_manager") -> None:
    """One more member at a desk."""
    with payers.anywhere() as session:
        session.add(
            m.DeskMember(
                organisation_id=payers.at[place],
                desk_id=payers.desks[place, kind],
                person_id=payers.people[name],
                valid_from=ALWAYS,
            )
        )


def at_lauri(payers: Payers) -> int:
    """A claim at the line manager's desk, in version 2."""
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "approve", "outi")
    return claim_id


def test_the_claim_stays_for_the_others_and_gets_no_more_time(payers: Payers) -> None:
    join(payers, "saku")
    claim_id = at_lauri(payers)
    before = claim(payers, claim_id)
    payers.move(claim_id, 2, "step_aside", "lauri", at=LATER)
    after = claim(payers, claim_id)
    same = ("state", "desk_id", "since", "due_at", "step_no", "total_cents", "revision")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    for action in ("approve", "return", "reject", "step_aside"):
        with pytest.raises(NotAllowed, match="stepped_aside"):
            payers.move(claim_id, 3, action, "lauri", text="because")
    assert payers.move(claim_id, 3, "approve", "saku").state == "in_approval"
    with payers.anywhere() as session:
        event = session.get_one(m.ClaimEvent, (claim_id, 3))
        assert (event.action, event.actor_id, event.at) == ("step_aside", payers.people["lauri"], LATER)
    clean(payers)


def test_without_others_it_goes_to_be_moved_and_never_comes_back(payers: Payers) -> None:
    claim_id = at_lauri(payers)
    moved = payers.move(claim_id, 2, "step_aside", "lauri")
    assert (moved.desk_id, moved.note) == (payers.desks["laukaa", "administrator"], "no_eligible_member")
    clean(payers)
    with pytest.raises(FeeError, match="no_eligible_member"):
        payers.move(claim_id, 3, "move", "penni", desk_id=payers.desks["school", "line_manager"])
    payers.move(claim_id, 3, "move", "penni", desk_id=payers.desks["laukaa", "unit_head"])
    payers.move(claim_id, 4, "approve", "ylva")
    clean(payers)


def test_a_deputy_decides_for_who_stepped_aside(payers: Payers) -> None:
    absent(payers, "school", "line_manager", "lauri", "saku")
    claim_id = at_lauri(payers)
    assert payers.move(claim_id, 2, "step_aside", "lauri").note is None
    payers.move(claim_id, 3, "approve", "saku")
    with payers.anywhere() as session:
        assert session.get_one(m.ClaimEvent, (claim_id, 4)).acting_for_id == payers.people["lauri"]
    clean(payers)


def test_a_deputy_steps_aside_for_themselves_alone(payers: Payers) -> None:
    absent(payers, "school", "line_manager", "lauri", "saku")
    claim_id = at_lauri(payers)
    assert payers.move(claim_id, 2, "step_aside", "saku").note == "no_eligible_member"
    with payers.anywhere() as session:
        assert session.get_one(m.ClaimEvent, (claim_id, 3)).acting_for_id is None
    clean(payers)


def test_a_relation_does_not_end_with_a_new_revision(payers: Payers) -> None:
    join(payers, "saku")
    claim_id = at_lauri(payers)
    payers.move(claim_id, 2, "step_aside", "lauri")
    payers.move(claim_id, 3, "return", "saku", text="Which kilometres?")
    payers.move(claim_id, 4, "resend", "aino", lines=[payers.lesson()])
    payers.move(claim_id, 5, "approve", "outi")
    with pytest.raises(NotAllowed, match="stepped_aside"):
        payers.move(claim_id, 6, "approve", "lauri")
    clean(payers)


def test_only_who_could_decide_steps_aside(payers: Payers) -> None:
    join(payers, "aino")
    claim_id = at_lauri(payers)
    for name, code in (("aino", "own_claim"), ("outi", "approved_before"), ("penni", "not_at_this_desk")):
        with pytest.raises((NotAllowed, LookupError)) as error:
            payers.move(claim_id, 2, "step_aside", name)
        assert code in str(error.value) or isinstance(error.value, LookupError)
    payers.move(claim_id, 2, "approve", "lauri")
    with pytest.raises(Conflict):
        payers.move(claim_id, 2, "step_aside", "lauri")


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
def test_a_decision_by_who_stepped_aside_is_an_invariant_broken(
    payers: Payers, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    join(payers, "saku")
    claim_id = at_lauri(payers)
    payers.move(claim_id, 2, "step_aside", "lauri")
    monkeypatch.setattr("plugins.fees.kernel.situation.stepped_aside", lambda *_: {})
    payers.move(claim_id, 3, action, "lauri", text="because")
    with payers.anywhere() as session:
        assert [(v.number, v.what) for v in verify(session)] == [
            (5, f"claim {claim_id}: decided by somebody who had stepped aside")
        ]


def test_a_claim_left_to_who_stepped_aside_is_an_invariant_broken(payers: Payers) -> None:
    join(payers, "saku")
    claim_id = at_lauri(payers)
    payers.move(claim_id, 2, "step_aside", "lauri")
    with payers.anywhere() as session:
        session.query(m.DeskMember).filter_by(person_id=payers.people["saku"]).delete()
        session.query(m.DeskMember).filter_by(person_id=payers.people["penni"]).delete()
        assert [v.number for v in verify(session)] == [2]


# On the pages


def test_one_button_and_the_form_waits_for_somebody_else(pages: Pages) -> None:
    payers = pages.payers
    join(payers, "saku")
    claim_id = pages.sent()
    pages.approve(claim_id, "outi")
    path, lauri, saku, aino = f"/me/fees/claims/{claim_id}", *(pages.of(n) for n in ("lauri", "saku", "aino"))
    assert "Olen esteellinen" in lauri.get(path)
    assert "Olen esteellinen" not in aino.get(path)
    asked = lauri.get(f"{path}/aside")
    assert "Et voi sen jälkeen päättää tästä lomakkeesta" in asked
    lauri.confirm(f"{path}/aside")
    assert lauri.location.endswith("/me/fees/queue")
    queue = lauri.get("/me/fees/queue")
    assert "Hyväksyttävät (0)" in queue
    assert "Lomakkeen käsittelee joku muu: Saku." in queue
    story = lauri.get(path)
    assert "Olen esteellinen" not in story
    assert "Ilmoitti olevansa esteellinen 12.10. klo 9.00 Lauri" in story
    assert "Nyt käsittelijällä: Saku, 12.10. alkaen." in aino.get(path)
    assert "Hyväksyttävät (1)" in saku.get("/me/fees/queue")
    told = "Olet ilmoittanut olevasi esteellinen. Joku muu päättää tästä lomakkeesta."
    assert told in lauri.post(f"{path}/approve", 403, version=3)
    lauri.get(f"{path}/aside", 404)
    saku.post(f"{path}/approve", version=3)


def test_without_others_the_sender_and_the_administrator_see_where_it_is(pages: Pages) -> None:
    claim_id = pages.sent()
    pages.approve(claim_id, "outi")
    path, lauri = f"/me/fees/claims/{claim_id}", pages.of("lauri")
    lauri.confirm(f"{path}/aside")
    assert "Pääkäyttäjä siirtää lomakkeen toiselle käsittelijälle" in lauri.get("/me/fees/queue")
    assert "Nyt käsittelijällä: pääkäyttäjä, Laukaa (Penni)" in pages.of("aino").get(path)
    page = pages.of("penni").get(f"/o/laukaa/fees/claims/{claim_id}/move")
    assert "Lähiesihenkilö" not in page
    assert "Yksikönjohtaja" in page


def test_the_others_are_told_and_who_stepped_aside_is_not(pages: Pages) -> None:
    payers = pages.payers
    join(payers, "saku")
    claim_id = pages.sent()
    pages.approve(claim_id, "outi")
    pages.of("lauri").confirm(f"/me/fees/claims/{claim_id}/aside")
    while run_once(payers.app):
        pass
    with payers.anywhere() as session:
        told = {n.person_id for n in session.query(Notice) if n.dedupe_key.startswith(f"claim:{claim_id}:3:")}
    assert told == {payers.people["saku"]}
