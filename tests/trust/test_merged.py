"""Two records that were merged are one human's: consents, copy and erasure reach both of them."""

from __future__ import annotations

from typing import Any

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import Texts
from core.experts.details.models import ExperienceArea, ExpertArea
from core.experts.merging import merge_experts
from core.experts.models import Expert, ExpertGrant
from core.experts.own.checking import own_record
from core.extensions import db
from core.records.errors import Invalid
from core.scope import PersonScope, ScopeError, set_scope, stand_in_turn, unscoped
from core.trust.consents import give
from core.trust.erasing import preview
from core.trust.models import Consent, Erasure
from core.trust.restricting import restrict
from core.users.models import Account, Person
from tests.trust.conftest import LIST, World

AREA = "Kanaria-alue"


def agree(world: World, name: str, purpose: str, *organisations: int) -> None:
    with world.app.app_context():
        person_id = world.people[name]
        give(person_id, purpose, actor_id=person_id, organisation_ids=organisations)
        db.session.remove()


def merge(world: World, keep: str = "Aino", gone: str = "Veikko") -> None:
    with world.app.app_context(), unscoped("a test"), force_locale("en"):
        merge_experts(world.experts[keep], world.experts[gone], world.people["Kerttu"])
        db.session.remove()


def areas(world: World) -> list[tuple[int, int]]:
    with world.looking() as session:
        rows = session.execute(select(ExpertArea.expert_id, ExpertArea.person_id)).all()
        return [tuple(row) for row in rows]


@pytest.fixture
def experienced(world: World) -> World:
    """Veikko has an experience area that he agreed to."""
    agree(world, "Veikko", "areas")
    with world.app.app_context(), unscoped("a test"):
        with writing() as session:
            found = ExperienceArea(code="canary", name=Texts(fi=AREA), sort=1)
            session.add(found)
            session.flush()
            veikko = session.get_one(Expert, world.experts["Veikko"])
            session.add(
                ExpertArea(
                    expert_id=veikko.id,
                    person_id=veikko.person_id,
                    organisation_id=veikko.organisation_id,
                    area_id=found.id,
                    viewpoint="own",
                    main=True,
                )
            )
        db.session.remove()
    return world


def test_areas_go_where_nobody_agreed_to_keep_them(experienced: World) -> None:
    merge(experienced)
    assert areas(experienced) == []


def test_areas_move_by_the_consent_of_whoever_stays(experienced: World) -> None:
    agree(experienced, "Aino", "areas")
    merge(experienced)
    assert areas(experienced) == [(experienced.experts["Aino"], experienced.people["Aino"])]


@pytest.mark.parametrize("name", ["Aino", "Veikko"])
@pytest.mark.parametrize("state", ["restricted", "withdrawn", "erased"])
def test_what_may_not_be_used_is_not_merged(world: World, name: str, state: str) -> None:
    if state == "restricted":
        with world.app.app_context():
            restrict(world.experts[name], True, actor_id=world.people["Kerttu"])
            db.session.remove()
    elif state == "withdrawn":
        assert world.browser(name).post("/me/consents/register/withdraw").status_code == 303
    else:
        erased = world.browser("Penni").post(f"/o/laukaa/experts/{world.experts[name]}/erase")
        assert erased.status_code == 303
    word = {"restricted": "restricted", "withdrawn": "no longer in the register", "erased": "erased"}[state]
    with pytest.raises(Invalid) as refusal:
        merge(world)
    assert word in str(refusal.value.errors[""])
    with world.looking() as session:
        assert session.scalar(select(func.count(Expert.merged_into_id))) == 0


def test_a_grant_of_the_merged_record_lets_nobody_see(world: World) -> None:
    agree(world, "Veikko", "matching", world.muurame)
    page = "/o/muurame/records/core.expert/"
    assert "Veikko" in world.browser("Maija").get(page).text
    merge(world)
    shown = world.browser("Maija").get(page).text
    assert "Aino" not in shown
    assert "Veikko" not in shown
    with world.looking() as session:
        grant = session.scalars(select(ExpertGrant)).one()
        assert grant.expert_id == world.experts["Veikko"]
        assert grant.withdrawn_on is not None


@pytest.mark.parametrize("name", ["Aino", "Veikko"])
def test_erasing_one_erases_both(world: World, name: str) -> None:
    merge(world)
    with world.app.app_context(), force_locale("en"):
        lines = [(str(line.label), line.count) for line in preview(world.people[name]).goes]
    assert ("Records that were merged: all of them are this person's", 1) in lines
    assert ("Name, e-mail, phone and account", 2) in lines
    penni, address = world.browser("Penni"), f"/o/laukaa/experts/{world.experts[name]}/erase"
    assert "Yhdistetyt tiedot" in penni.get(address).text
    assert penni.post(address).status_code == 303
    both = [world.people["Aino"], world.people["Veikko"]]
    with world.looking() as session:
        people = session.scalars(select(Person).where(Person.id.in_(both))).all()
        assert all(person.blanked_at and person.phone is None for person in people)
        experts = session.scalars(select(Expert).where(Expert.person_id.in_(both))).all()
        assert {expert.name for expert in experts} == {"Poistettu henkilö"}
        assert session.scalar(select(func.count(Account.id)).where(Account.person_id.in_(both))) == 0
        assert session.scalar(select(func.count(Erasure.id))) == 1
    assert "Poistettu" not in penni.get(LIST).text


def test_who_was_not_merged_is_erased_alone(world: World) -> None:
    with world.app.app_context(), force_locale("en"):
        lines = [str(line.label) for line in preview(world.people["Aino"]).goes]
    assert not any("merged" in line for line in lines)
    world.browser("Penni").post(f"/o/laukaa/experts/{world.experts['Aino']}/erase")
    with world.looking() as session:
        assert session.get_one(Person, world.people["Veikko"]).blanked_at is None


def test_whoever_has_a_role_is_not_erased_by_the_other(world: World) -> None:
    from core.users.services import add_membership

    merge(world)
    with world.app.app_context():
        add_membership(world.people["Aino"], world.laukaa, "orderer", actor_id=None)
        db.session.remove()
    answer = world.browser("Penni").post(f"/o/laukaa/experts/{world.experts['Veikko']}/erase")
    assert answer.status_code == 422
    with world.looking() as session:
        assert session.get_one(Person, world.people["Veikko"]).blanked_at is None


@pytest.mark.parametrize("name", ["Aino", "Veikko"])
def test_a_consent_of_one_is_withdrawn_for_both(world: World, name: str) -> None:
    merge(world)
    assert world.browser(name).post("/me/consents/register/withdraw").status_code == 303
    with world.looking() as session:
        live = select(func.count(Consent.id)).where(Consent.withdrawn_at.is_(None))
        assert session.scalar(live) == 0
        assert all(row.withdrawn_at for row in session.scalars(select(Expert)))
    assert "Aino" not in world.browser("Kerttu").get(LIST).text


def test_either_account_shows_the_record_that_stays(experienced: World) -> None:
    world = experienced
    agree(world, "Aino", "areas")
    merge(world)
    veikko = world.browser("Veikko")
    assert veikko.get("/me/profile").status_code == 200
    assert AREA in veikko.get("/me/profile/areas").text
    found = veikko.get("/me/export.json").json
    names = [row for part in found["parts"] if part["key"] == "core.person" for row in part["rows"]]
    assert [row["name"] for row in names] == ["Aino Aamutähti", "Veikko Aamutähti"]
    assert AREA in veikko.get("/me/export").text
    assert AREA in world.browser("Aino").get("/me/export").text
    assert "Veikko" not in world.browser("Aino").get("/me/profile").text


def test_either_account_keeps_the_record_up_to_date(experienced: World) -> None:
    world = experienced
    agree(world, "Aino", "areas")
    merge(world)
    veikko = world.browser("Veikko")
    form: dict[str, Any] = {"email": "", "phone": "0405556666"}
    assert veikko.post("/me/profile/contact", **form).status_code == 303
    assert veikko.post("/me/profile/work", languages=["fi", "sv"]).status_code == 303
    with world.looking() as session:
        assert session.get_one(Person, world.people["Aino"]).phone == "0405556666"
        area_row = session.scalars(select(ExpertArea)).one().id
    assert veikko.post("/me/profile/areas", do="remove", id=area_row).status_code == 303
    assert areas(world) == []
    with world.looking() as session:
        area_id = session.scalars(select(ExperienceArea.id).where(ExperienceArea.code == "canary")).one()
    answer = veikko.post("/me/profile/areas", do="add", area_id=area_id, viewpoint="own")
    assert answer.status_code == 303
    assert areas(world) == [(world.experts["Aino"], world.people["Aino"])]
    assert veikko.post("/me/profile/right").status_code == 303


def test_records_merged_in_turn_are_all_one(world: World) -> None:
    """Veikko into Aino, then Aino into a third: no chain is left."""
    from core.experts.services import create_expert
    from tests.trust.conftest import _values

    merge(world)
    with world.app.app_context(), unscoped("a test"):
        world.experts["Kolmas"] = create_expert(_values("Kolmas"), world.laukaa, world.people["Kerttu"])
        db.session.remove()
    merge(world, "Kolmas", "Aino")
    with world.app.test_request_context():
        set_scope(db.session(), PersonScope(world.people["Veikko"]))
        found = own_record(db.session(), world.people["Veikko"])
        assert found is not None
        assert found.id == world.experts["Kolmas"]
        db.session.remove()


def test_only_a_persons_own_scope_passes_on(world: World) -> None:
    with world.app.app_context(), pytest.raises(ScopeError):
        stand_in_turn(db.session(), world.people["Aino"])
