"""One's own record under `/me`: what one keeps up to date, and what nobody else ever sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database.session import writing
from core.database.types import today
from core.experts.models import Expert
from core.experts.own.checking import remind
from core.experts.own.models import OwnLimit, RefusedUnit
from core.experts.records import EXPERTS
from core.extensions import db
from core.log.models import Change
from core.outbox.models import Mail, Notice
from core.records.description import Record
from core.scope import unscoped
from core.users.services import create_account, update_contact
from tests.records.conftest import Browser, World
from tests.records.conftest import first_rows as first_rows
from tests.records.conftest import world as world

pytestmark = pytest.mark.pages


@pytest.fixture
def described() -> Record:
    return EXPERTS


@pytest.fixture
def aino(world: World) -> Browser:
    """The expert, signed in."""
    person_id = world.values(Expert, world.experts["Aino"])["person_id"]
    with world.app.app_context():
        create_account(person_id, "aino@example.test", actor_id=None)
        update_contact(person_id, {"email": "aino@example.test"}, actor_id=None)
        db.session.remove()
    world.people["Aino"] = person_id
    return world.browser("Aino")


def checked(world: World, days_ago: int | None) -> None:
    with world.app.app_context(), unscoped("a test"), writing() as session:
        for expert in session.scalars(select(Expert)):
            expert.checked_on = None if days_ago is None else today() - timedelta(days=days_ago)


def test_each_part_is_saved_and_a_wrong_one_loses_nothing(world: World, aino: Browser) -> None:
    own = aino.get("/me/profile").text
    assert own.count('href="/me/account"') == own.count('href="/me/consents"') == 1
    assert aino.post("/me/profile/contact", email="uusi@example.test", phone="040 5").status_code == 303
    wrong = aino.post("/me/profile/when", weekly="mon_morning", not_before="huomenna", availability="Kesällä")
    assert wrong.status_code == 422
    assert 'value="huomenna"' in wrong.text
    assert "Kesällä" in wrong.text
    right = aino.post("/me/profile/when", weekly=["mon_morning", "fri_evening"], not_after="31.12.2026")
    assert right.status_code == 303
    assert (
        aino.post("/me/profile/work", languages=["fi", "sv"], municipalities="410", car="y").status_code
        == 303
    )
    row = world.values(Expert, world.experts["Aino"])
    assert (row["weekly"], row["car"], row["remote"]) == (("mon_morning", "fri_evening"), True, False)
    assert 'value="040 5"' in aino.get("/me/profile/contact").text


def test_an_area_is_added_and_taken_away_by_oneself(world: World, aino: Browser) -> None:
    assert "terveydestäni" in aino.get("/me/profile/areas").text
    nothing = aino.post("/me/profile/areas", do="add", area_id="", viewpoint="")
    assert (nothing.status_code, 'id="viewpoint-error"' in nothing.text) == (422, True)
    assert aino.post("/me/profile/areas", do="add", area_id="9", viewpoint="own").status_code == 303
    shown = aino.get("/me/profile/areas").text
    assert ("<p>Suru. " in shown, "terveydestäni" in shown) == (True, False)
    again = aino.post("/me/profile/areas", do="add", area_id="9", viewpoint="own")
    assert (again.status_code, 'id="area_id-error"' in again.text) == (422, True)
    assert aino.post("/me/profile/areas", do="remove", id="1").status_code == 303
    assert "<p>Suru. " not in aino.get("/me/profile/areas").text


def test_refused_units_and_limits_are_seen_by_oneself_alone(world: World, aino: Browser) -> None:
    assert aino.post("/me/profile/units", do="add", unit=world.school).status_code == 303
    assert aino.post("/me/profile/limits", month_cents="123,45", month_tasks="3").status_code == 303
    assert "<p>Koulu</p>" in aino.get("/me/profile/units").text
    assert "123,45" in aino.get("/me/profile/limits").text
    penni, detail = world.browser("Penni"), f"/o/laukaa/records/core.expert/{world.experts['Aino']}/"
    for address in (
        detail,
        f"{detail}edit",
        "/o/laukaa/records/core.expert/",
        "/o/laukaa/records/core.expert/export",
    ):
        page = penni.get(address).text
        assert "123,45" not in page
        assert "refused" not in page
    with world.app.app_context():
        assert db.session.scalar(select(OwnLimit.month_cents)) == 12345
        logged = db.session.scalars(select(Change.record)).all()
        assert not {"refused_unit", "own_limit", "core.refused_unit", "core.own_limit"} & set(logged)
        db.session.remove()


def test_nobody_takes_away_what_is_anothers(world: World, aino: Browser) -> None:
    with world.app.app_context(), writing() as session:
        session.add(RefusedUnit(person_id=world.people["Penni"], organisation_id=world.school))
    assert aino.post("/me/profile/units", do="remove", id="1").status_code == 303
    with world.app.app_context():
        assert len(db.session.scalars(select(RefusedUnit)).all()) == 1
        db.session.remove()


def test_who_is_no_expert_has_no_record_of_their_own(world: World) -> None:
    penni = world.browser("Penni")
    for page in ("", "/contact", "/work", "/when", "/areas", "/units", "/limits"):
        assert penni.get(f"/me/profile{page}").status_code == 404
    assert "/me/profile" not in penni.get("/me").text
    assert 'href="/me/account"' in penni.get("/me").text


def test_once_a_year_one_is_asked_and_says_that_all_is_right(world: World, aino: Browser) -> None:
    checked(world, 364)
    assert "/me/profile/right" not in aino.get("/me").text
    checked(world, 365)
    assert "/me/profile/right" in aino.get("/me").text
    stale = "/o/laukaa/records/core.expert/?f.stale=True"
    assert ">Aino</a>" in world.browser("Penni").get(stale).text
    assert aino.post("/me/profile/right").status_code == 303
    assert "/me/profile/right" not in aino.get("/me").text
    assert ">Aino</a>" not in world.browser("Penni").get(stale).text


def test_the_reminder_is_sent_once_a_year_and_tells_nothing(world: World, aino: Browser) -> None:
    checked(world, None)
    with world.app.app_context():
        assert remind() == 4
        assert remind() == 0
        (mail,) = db.session.scalars(select(Mail)).all()
        assert "Aino" not in mail.subject + mail.body
        assert len(db.session.scalars(select(Notice)).all()) == 4
        db.session.remove()
