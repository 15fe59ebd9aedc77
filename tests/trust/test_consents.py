"""A consent counts at the next query, both ways; one's own page tells who sees one and who has looked."""

from __future__ import annotations

import pytest

from core.trust import consents
from tests.trust.conftest import LIST, World

MUURAME = "/o/muurame/records/core.expert/"


def test_given_it_shows_and_withdrawn_it_hides(world: World) -> None:
    aino, maija = world.browser("Aino"), world.browser("Maija")
    assert "Aino" not in maija.get(MUURAME).text
    assert aino.post("/me/consents/matching/give", organisation=world.muurame).status_code == 303
    assert "Aino" in maija.get(MUURAME).text
    assert "Muurame" in aino.get("/me/consents").text
    assert aino.post("/me/consents/matching/withdraw").status_code == 303
    assert "Aino" not in maija.get(MUURAME).text
    assert maija.get(f"{MUURAME}{world.experts['Aino']}/").status_code == 404
    assert "Aino" in world.browser("Kerttu").get(LIST).text


def test_a_new_consent_does_not_bring_back_those_it_was_not_given_for(world: World) -> None:
    aino = world.browser("Aino")
    aino.post("/me/consents/matching/give", organisation=world.muurame)
    aino.post("/me/consents/matching/withdraw")
    aino.post("/me/consents/matching/give")
    assert "Aino" not in world.browser("Maija").get(MUURAME).text


def test_one_organisation_may_be_hidden_from(world: World) -> None:
    aino = world.browser("Aino")
    aino.post("/me/consents/matching/give", organisation=world.muurame)
    with world.looking() as session:
        [grant] = consents.grants_of(session, world.people["Aino"])
    assert world.browser("Veikko").post(f"/me/consents/grants/{grant.id}/end").status_code == 404
    assert "Aino" in world.browser("Maija").get(MUURAME).text
    assert aino.post(f"/me/consents/grants/{grant.id}/end").status_code == 303
    assert "Aino" not in world.browser("Maija").get(MUURAME).text


def test_without_the_consent_to_be_in_the_register_nobody_sees_one(world: World) -> None:
    aino, kerttu = world.browser("Aino"), world.browser("Kerttu")
    aino.post("/me/consents/register/withdraw")
    assert "Aino" not in kerttu.get(LIST).text
    assert kerttu.get(world.page("Aino")).status_code == 404
    assert "Aino" not in kerttu.get(f"{LIST}export?format=csv").text
    aino.post("/me/consents/register/give")
    assert "Aino" in kerttu.get(LIST).text


def test_pressing_twice_changes_nothing(world: World) -> None:
    aino = world.browser("Aino")
    for _time in range(2):
        aino.post("/me/consents/publicity/give", organisation=[])
    with world.looking() as session:
        found = consents.consents_of(session, world.people["Aino"])
    assert [each.purpose for each in found] == ["publicity", "register"]
    assert (found[0].wording, found[0].channel, found[0].recorded_by) == (1, "self", world.people["Aino"])


@pytest.mark.parametrize("purpose", ["anything", "publicity"])
def test_what_is_not_offered_is_not_stored(world: World, purpose: str) -> None:
    answer = world.browser("Aino").post(f"/me/consents/{purpose}/give", organisation=world.muurame)
    assert answer.status_code == 400
    with world.looking() as session:
        assert [each.purpose for each in consents.consents_of(session, world.people["Aino"])] == ["register"]


def test_one_sees_who_has_looked(world: World) -> None:
    assert "Kerttu" not in world.browser("Aino").get("/me/seen").text
    world.browser("Kerttu").get(LIST)
    world.browser("Outi").get(world.page("Aino"))
    page = world.browser("Aino").get("/me/seen").text
    assert "Kerttu" in page
    assert "Laukaa" in page
    assert "Outi" not in page


def test_staff_have_no_consents(world: World) -> None:
    kerttu = world.browser("Kerttu")
    assert kerttu.get("/me/consents").status_code == 200
    assert kerttu.post("/me/consents/register/give").status_code == 404
