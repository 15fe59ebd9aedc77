"""What staff may do for somebody: by roles of the controller that keeps the record, the person is told."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import Texts
from core.experts.details.models import ExperienceArea
from core.experts.details.services import add_area, add_training
from core.experts.models import Expert, ExpertGrant
from core.experts.services import update_expert
from core.organisations.services import create_organisation, delegate
from core.outbox.models import Mail, Notice
from core.records.errors import Invalid
from core.scope import unscoped
from core.trust import consents
from core.trust.models import Consent
from core.trust.restricting import restrict
from core.users.models import Person
from tests.trust.conftest import LIST, World
from tests.trust.test_restriction import MUURAME, data

pytestmark = pytest.mark.pages

AREA = "Kanarianalue"


def with_area(world: World) -> None:
    """Aino agreed to have experience areas kept, and has one."""
    with world.app.test_request_context(), unscoped("a test"):
        consents.give(world.people["Aino"], "areas", actor_id=world.people["Aino"])
        with writing() as session:
            area = ExperienceArea(code="canary", name=Texts(fi=AREA), sort=1)
            session.add(area)
            session.flush()
            area_id = area.id
        values = {"expert_id": world.experts["Aino"], "area_id": area_id, "viewpoint": "own", "main": True}
        add_area(values, world.laukaa, world.people["Kerttu"])


def delegated(world: World, *permissions: str) -> None:
    """Laukaa lets Muurame use permissions of its own."""
    days = {"valid_from": date(2020, 1, 1), "valid_to": date(2040, 1, 1)}
    with world.app.app_context():
        delegate(world.laukaa, world.muurame, permissions, actor_id=None, **days)


def copied(world: World, who: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(world.browser(who).get(data(world, "Aino", "copy.json")).text)
    return found


def test_a_copy_holds_areas_for_those_who_may_read_them(world: World) -> None:
    with_area(world)
    pages = {name: world.browser(name).get(data(world, "Aino", "copy")).text for name in ("Kerttu", "Penni")}
    assert AREA in pages["Kerttu"]
    assert AREA not in pages["Penni"]
    assert "Kokemusalueet" in pages["Penni"]
    parts = {name: {part["key"] for part in copied(world, name)["parts"]} for name in pages}
    assert parts["Kerttu"] - parts["Penni"] == {"core.area"}


def test_what_is_withheld_does_not_tell_whether_there_is_any(world: World) -> None:
    before = copied(world, "Penni")["given_to_the_person_only"]
    with_area(world)
    assert copied(world, "Penni")["given_to_the_person_only"] == before
    assert "Kokemusalueet" in before


def test_a_copy_by_staff_names_no_staff_and_no_other_controllers_looks(world: World) -> None:
    world.browser("Aino").post("/me/consents/matching/give", organisation=world.muurame)
    world.browser("Maija").get(MUURAME)
    world.browser("Kerttu").get(LIST)
    found = json.dumps(copied(world, "Penni"))
    assert "Kerttu" not in found
    assert "Maija" not in found
    own = world.browser("Aino").get("/me/export.json").text
    assert "Kerttu" in own
    assert "Maija" in own


def test_a_copy_by_staff_leaves_out_drafts_and_says_so(world: World) -> None:
    found = copied(world, "Kerttu")
    assert "fees.draft" not in [part["key"] for part in found["parts"]]
    assert "fees.claim" in [part["key"] for part in found["parts"]]
    assert found["complete"] is False


@pytest.mark.parametrize("page", ["copy", "copy.json", "erase"])
def test_delegated_rights_neither_copy_nor_erase(world: World, page: str) -> None:
    delegated(world, "core.experts.manage", "core.subjects.copy", "core.subjects.erase")
    assert world.browser("Maija").get(data(world, "Aino", page)).status_code == 404


@pytest.mark.parametrize("page", ["consents/matching", "restriction", "erase"])
def test_delegated_rights_say_nothing_for_somebody(world: World, page: str) -> None:
    delegated(world, "core.experts.manage", "core.subjects.erase")
    maija = world.browser("Maija")
    form = {"channel": "phone", "organisation": world.muurame, "restricted": "yes"}
    assert maija.post(data(world, "Aino", page), **form).status_code == 404
    assert "<form" not in maija.get(data(world, "Aino")).text.split("<main")[1]
    with world.looking() as session:
        assert session.scalar(select(func.count()).select_from(ExpertGrant)) == 0
        assert session.get_one(Expert, world.experts["Aino"]).restricted_at is None
        assert session.get_one(Person, world.people["Aino"]).blanked_at is None


def test_a_coordinator_does_not_erase(world: World) -> None:
    kerttu = world.browser("Kerttu")
    assert kerttu.post(data(world, "Aino", "erase")).status_code in (403, 404)
    assert "/erase" not in kerttu.get(data(world, "Aino")).text
    assert "/erase" in world.browser("Penni").get(data(world, "Aino")).text


def test_only_what_forms_offer_is_let_see(world: World) -> None:
    with world.app.app_context():
        root = create_organisation(Texts(fi="Verkosto"), "region", "verkosto", is_controller=False)
        unit = create_organisation(Texts(fi="Yksikkö"), "unit", "yksikko", parent_id=world.muurame)
    kerttu = world.browser("Kerttu")
    for place in (root, unit):
        answer = kerttu.post(data(world, "Aino", "consents/matching"), channel="paper", organisation=place)
        assert answer.status_code == 422
    with world.looking() as session:
        assert session.scalar(select(func.count()).select_from(ExpertGrant)) == 0


def test_a_grant_reaches_no_controller_below(world: World) -> None:
    """One to the region is not one to the municipalities under it, which keep registers of their own."""
    world.browser("Aino").post("/me/consents/matching/give", organisation=world.region)
    assert "Aino" not in world.browser("Maija").get(MUURAME).text
    with world.looking() as session:
        assert session.scalar(select(func.count()).select_from(ExpertGrant)) == 1


def test_the_person_is_told_of_what_staff_write_down(world: World) -> None:
    world.browser("Aino").post("/me/consents/matching/give")
    kerttu = world.browser("Kerttu")
    kerttu.post(data(world, "Aino", "consents/publicity"), channel="phone")
    kerttu.post(data(world, "Aino", "consents/matching"), channel="phone", organisation=world.muurame)
    with world.looking() as session:
        notices = session.scalars(select(Notice).where(Notice.person_id == world.people["Aino"])).all()
        assert session.scalar(select(func.count()).select_from(Mail)) == 2
    assert [each.link for each in notices] == ["/me/consents"] * 2


def test_what_one_says_oneself_is_not_told(world: World) -> None:
    world.browser("Aino").post("/me/consents/matching/give", organisation=world.muurame)
    with world.looking() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_who_left_by_themselves_does_not_come_back_by_a_call(world: World) -> None:
    world.browser("Aino").post("/me/consents/register/withdraw")
    kerttu, address = world.browser("Kerttu"), data(world, "Aino", "consents/register")
    answer = kerttu.post(address, channel="phone")
    assert answer.status_code == 422
    assert "paperilla" in answer.text.split('role="alert"')[1].split("</div>")[0]
    assert "Aino" not in kerttu.get(LIST).text
    assert kerttu.post(address, channel="paper").status_code == 303
    assert "Aino" in kerttu.get(LIST).text


def test_a_consent_staff_widen_says_who_and_how(world: World) -> None:
    aino = world.browser("Aino")
    aino.post("/me/consents/matching/give")
    kerttu = world.browser("Kerttu")
    kerttu.post(data(world, "Aino", "consents/matching"), channel="phone", organisation=world.muurame)
    with world.looking() as session:
        grant = session.scalars(select(ExpertGrant)).one()
    assert (grant.recorded_by, grant.channel) == (world.people["Kerttu"], "phone")
    lines = [line for line in aino.get("/me/consents").text.splitlines() if "kirjaaja Kerttu" in line]
    assert ["puhelimessa" in line for line in lines] == [True]


def test_somebody_erased_is_used_for_nothing(world: World) -> None:
    assert world.browser("Penni").post(data(world, "Aino", "erase")).status_code == 303
    person_id, expert_id, kerttu = world.people["Aino"], world.experts["Aino"], world.people["Kerttu"]
    training = {"expert_id": expert_id, "kind": "basic", "state": "completed", "course": "Kurssi"}
    tries = (
        lambda: consents.give(person_id, "register", actor_id=kerttu, channel="paper"),
        lambda: restrict(expert_id, True, actor_id=kerttu),
        lambda: add_training(training, world.laukaa, kerttu),
        lambda: update_expert(expert_id, {"availability": "aina"}, kerttu),
    )
    for each in tries:
        with world.app.test_request_context(), unscoped("a test"), pytest.raises(Invalid) as refused:
            each()
        assert "poistettu" in str(refused.value.errors[""])
    answer = world.browser("Kerttu").post(data(world, "Aino", "consents/register"), channel="paper")
    assert answer.status_code == 422


def test_the_language_is_the_one_it_was_read_in(world: World) -> None:
    with world.app.app_context(), writing() as session:
        session.get_one(Person, world.people["Aino"]).language = "sv"
    kerttu = world.browser("Kerttu")
    page = kerttu.get(data(world, "Aino")).text
    assert 'id="publicity-in-sv" name="language" value="sv" checked' in page
    kerttu.post(data(world, "Aino", "consents/publicity"), channel="phone")
    kerttu.post(data(world, "Aino", "consents/research"), channel="phone", language="en")
    assert (
        kerttu.post(data(world, "Aino", "consents/matching"), channel="phone", language="xx").status_code
        == 422
    )
    with world.looking() as session:
        found = {each.purpose: each.language for each in session.scalars(select(Consent))}
    assert (found["publicity"], found["research"]) == ("sv", "en")
