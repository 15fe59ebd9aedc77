"""Staff record consents for those without e-mail, restrict, and make the copy."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from core.trust import consents
from core.trust.models import Consent
from core.users.services import add_membership
from tests.trust.conftest import LIST, World

MUURAME = "/o/muurame/records/core.expert/"


def data(world: World, name: str, page: str = "data") -> str:
    return f"/o/laukaa/experts/{world.experts[name]}/{page}"


def test_a_consent_by_phone_says_who_wrote_it_down(world: World) -> None:
    kerttu = world.browser("Kerttu")
    answer = kerttu.post(data(world, "Aino", "consents/publicity"), do="give", channel="phone")
    assert answer.status_code == 303
    with world.looking() as session:
        found = session.scalars(select(Consent).where(Consent.purpose == "publicity")).one()
    assert (found.channel, found.recorded_by) == ("phone", world.people["Kerttu"])
    kerttu.post(data(world, "Aino", "consents/publicity"), do="withdraw", channel="paper")
    with world.looking() as session:
        found = session.scalars(select(Consent).where(Consent.purpose == "publicity")).one()
    assert (found.withdrawn_channel, found.withdrawn_by) == ("paper", world.people["Kerttu"])


def test_nobody_says_of_somebody_else_that_it_was_their_own_page(world: World) -> None:
    answer = world.browser("Kerttu").post(data(world, "Aino", "consents/publicity"), channel="self")
    assert answer.status_code == 400


def test_whose_consent_is_withdrawn_is_still_reached_to_honour_it(world: World) -> None:
    world.browser("Aino").post("/me/consents/register/withdraw")
    kerttu = world.browser("Kerttu")
    assert kerttu.get(data(world, "Aino")).status_code == 200
    kerttu.post(data(world, "Aino", "consents/register"), do="give", channel="paper")
    assert "Aino" in kerttu.get(LIST).text


@pytest.mark.parametrize("page", ["data", "copy", "copy.json", "erase"])
def test_another_controllers_staff_get_nothing_and_it_is_logged(world: World, page: str) -> None:
    with world.app.app_context():
        consents.give(world.people["Aino"], "matching", actor_id=None, organisation_ids=[world.muurame])
        add_membership(world.people["Maija"], world.muurame, "administrator", actor_id=None)
    address = data(world, "Aino", page).replace("laukaa", "muurame")
    assert world.browser("Maija").get(address).status_code == 404
    assert [(row.subject_id, row.how) for row in world.log()] == [(world.people["Aino"], "refused")]


def test_restricted_others_do_not_see_one_and_the_responsible_organisation_does(world: World) -> None:
    world.browser("Aino").post("/me/consents/matching/give", organisation=world.muurame)
    kerttu, maija = world.browser("Kerttu"), world.browser("Maija")
    assert "Aino" in maija.get(MUURAME).text
    kerttu.post(data(world, "Aino", "restriction"), restricted="yes")
    assert "Aino" not in maija.get(MUURAME).text
    assert "Aino" in kerttu.get(LIST).text
    kerttu.post(data(world, "Aino", "restriction"), restricted="no")
    assert "Aino" in maija.get(MUURAME).text


def test_staff_make_the_copy_and_it_is_logged(world: World) -> None:
    found = json.loads(world.browser("Kerttu").get(data(world, "Aino", "copy.json")).text)
    assert found["name"] == "Aino Aamutähti"
    assert [(row.subject_id, row.how) for row in world.log()] == [(world.people["Aino"], "export")]
    assert "Aino" in world.browser("Kerttu").get(data(world, "Aino", "copy")).text


def test_by_phone_somebody_lets_another_organisation_see_them(world: World) -> None:
    kerttu = world.browser("Kerttu")
    kerttu.post(data(world, "Aino", "consents/matching"), channel="phone", organisation=world.muurame)
    assert "Aino" in world.browser("Maija").get(MUURAME).text
    with world.looking() as session:
        found = session.scalars(select(Consent).where(Consent.purpose == "matching")).one()
    assert found.channel == "phone"
