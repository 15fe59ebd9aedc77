"""The people of an organisation, as its administrator sees them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.database.types import now, today
from core.extensions import db
from core.log.models import AccessRow
from core.testing.spying import statements
from core.users.errors import UserError
from core.users.invitations import accept, invite
from core.users.last_days import set_last_day
from core.users.models import Membership, RoleInvitation
from core.users.permissions import PURPOSES, ROLES, held_by
from core.users.reach import roles_of
from core.users.services import (
    add_membership,
    create_person,
    disable_account,
    end_membership,
)
from tests.users.conftest import Browser, House

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PEOPLE = "/o/laukaa/people"


def role_of(app: Flask, person_id: int) -> int:
    with app.app_context():
        found = db.session.scalar(select(Membership.id).where(Membership.person_id == person_id))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "place", "status"),
    [
        ("Penni Puronvarsi", "laukaa", 200),
        ("Penni Puronvarsi", "koulu", 200),
        ("Penni Puronvarsi", "keski-suomi", 200),
        ("Penni Puronvarsi", "muurame", 404),
        ("Penni Puronvarsi", "nowhere", 404),
        ("Pauli Purjeketo", "koulu", 200),
        ("Outi Omenapolku", "koulu", 403),
        ("Mauno Muuramelainen", "laukaa", 404),
    ],
)
def test_who_sees_the_list(browser: Browser, name: str, place: str, status: int) -> None:
    browser.sign_in(name)
    for page in ("people", "people/invite"):
        assert browser.get(f"/o/{place}/{page}").status_code == status


def test_the_list_ends_where_the_reach_does(penni: Browser) -> None:
    for place in ("laukaa", "keski-suomi"):
        page = penni.get(f"/o/{place}/people").text
        assert "Outi Omenapolku" in page
        assert "Mauno" not in page
    assert "Penni Puronvarsi</th>" not in penni.get("/o/koulu/people").text


def test_fifty_at_a_time(app: Flask, penni: Browser, house: House) -> None:
    with app.app_context():
        for n in range(60):
            add_membership(create_person(f"Henkilö {n:02}"), house.school, "expert", actor_id=None)
    path, names = PEOPLE, []
    while path:
        page = penni.get(path).text
        names += re.findall(r'<th scope="row">([^<]+)', page)
        more = page.split('rel="next" href="')
        path = more[1].split('"')[0] if len(more) > 1 else ""
    assert names == sorted(names)
    assert len(names) == 63
    for odd in ("0", "-1", "x", "9" * 30, "²", str(role_of(app, house.mauno))):
        assert penni.get(f"{PEOPLE}?after={odd}").status_code == 404


def test_inviting(app: Flask, penni: Browser, house: House) -> None:
    form = {
        "name": "Uusi Uljas",
        "email": "uusi@laukaa.example",
        "organisation": str(house.school),
        "role": "orderer",
        "language": "sv",
    }
    path = f"{PEOPLE}/invite"
    foreign = str(house.muurame)
    wrong = ({"valid_to": "1.1.2020"}, {"valid_from": "x"}, {"role": "king"}, {"email": "x"})
    for change in ({"organisation": foreign}, {"organisation": "x"}, *wrong):
        assert penni.post(path, path, **{**form, **change}).status_code == 422
    assert penni.post(path, path, **form).status_code == 303
    assert penni.post(path, path, **form).status_code == 422
    assert penni.get(PEOPLE).text.count('<th scope="row">uusi@<wbr>laukaa<wbr>.example ') == 1


def test_foreign_and_missing_rows_are_alike(app: Flask, penni: Browser, house: House) -> None:
    for membership_id in (role_of(app, house.mauno), 10**6, 10**30):
        path = f"{PEOPLE}/roles/{membership_id}/end"
        assert penni.post(path, PEOPLE).status_code == 404
        assert penni.get(path).status_code == 404


def test_ending_a_role_asks_first(app: Flask, penni: Browser, house: House) -> None:
    outi = Browser(app)
    outi.sign_in("Outi Omenapolku")
    path = f"{PEOPLE}/roles/{role_of(app, house.outi)}/end"
    assert penni.get(path).status_code == 200
    assert penni.client.head(path).status_code == 200
    assert outi.is_signed_in
    assert penni.post(path, path).status_code == 303
    assert not outi.is_signed_in
    assert "Outi" not in penni.get(PEOPLE).text
    assert penni.get(path).status_code == 404


def test_an_administrator_disables_nobody(app: Flask, penni: Browser, house: House) -> None:
    outi = Browser(app)
    outi.sign_in("Outi Omenapolku")
    for do in ("disable", "enable"):
        assert penni.get(f"{PEOPLE}/{house.outi}/{do}").status_code == 404
        assert penni.post(f"{PEOPLE}/{house.outi}/{do}", PEOPLE).status_code == 404
    assert "disable" not in penni.get(PEOPLE).text
    assert outi.is_signed_in
    with app.app_context():
        disable_account(house.outi, actor_id=None)
    assert penni.get(PEOPLE).text.count("chip--warn") == 1


def test_the_roles_are_explained(penni: Browser) -> None:
    page = penni.get(f"{PEOPLE}/roles").text
    assert list(PURPOSES) == list(ROLES)
    assert page.count('<h2 id="role-') == len(ROLES) + 1
    assert page.count("<li>") > len(ROLES)


@pytest.mark.parametrize("role", ["expert", "mentor", "researcher"])
def test_some_roles_see_no_organisation(app: Flask, role: str) -> None:
    with app.app_context():
        assert "core.organisations.view" not in [one.key for one in held_by(role)]
        assert [one.key for one in held_by("reader")] == ["core.organisations.view"]


def test_a_last_day_ends_the_role_by_itself(app: Flask, penni: Browser, house: House) -> None:
    path = f"{PEOPLE}/roles/{role_of(app, house.outi)}/last-day"
    day = today()
    for wrong in (day - timedelta(days=1), "x"):
        written = wrong if isinstance(wrong, str) else f"{wrong.day}.{wrong.month}.{wrong.year}"
        assert penni.post(path, path, valid_to=written).status_code == 422
    assert penni.post(path, path, valid_to=f"{day.day}.{day.month}.{day.year}").status_code == 303
    with app.app_context():
        assert roles_of(db.session(), house.outi, day)
        assert not roles_of(db.session(), house.outi, day + timedelta(days=1))
    assert penni.post(path, path, valid_to="").status_code == 303
    with app.app_context():
        assert roles_of(db.session(), house.outi, day + timedelta(days=1))


def test_nobody_moves_their_own_or_a_foreign_last_day(app: Flask, penni: Browser, house: House) -> None:
    own = f"{PEOPLE}/roles/{role_of(app, house.penni)}/last-day"
    assert penni.post(own, own, valid_to="").status_code == 422
    foreign = f"{PEOPLE}/roles/{role_of(app, house.mauno)}/last-day"
    assert penni.post(foreign, PEOPLE, valid_to="").status_code == 404


def test_a_role_never_holds_twice_on_a_day(app: Flask, house: House) -> None:
    day = today()
    with app.app_context():
        set_last_day(role_of(app, house.outi), day, actor_id=None)
        first = role_of(app, house.outi)
        later = day + timedelta(days=5)
        add_membership(house.outi, house.school, "orderer", actor_id=None, valid_from=later)
        with pytest.raises(UserError, match="already_member"):
            set_last_day(first, None, actor_id=None)


def test_the_list_costs_the_same_at_any_length(app: Flask, penni: Browser, house: House) -> None:
    costs = []
    for more in (1, 30):
        with app.app_context():
            for n in range(more):
                person = create_person(f"Lisätty {more} {n}")
                first = today() - timedelta(days=9)
                last = first if n % 2 else None
                add_membership(
                    person, house.school, "orderer", actor_id=None, valid_from=first, valid_to=last
                )
        for page in ("", "/past", "/roles"):
            with statements(app) as found:
                assert penni.get(f"{PEOPLE}{page}").status_code == 200
            costs.append(len(found))
    assert costs[:3] == costs[3:]
    assert max(costs) <= 8


def test_an_invitation_says_the_days_of_the_role(app: Flask, penni: Browser, house: House) -> None:
    day = today()
    with app.app_context():
        person = invite(
            "Uusi Uljas",
            "uusi@laukaa.example",
            house.school,
            "orderer",
            actor_id=house.penni,
            valid_from=day + timedelta(days=2),
            valid_to=day + timedelta(days=4),
        )
        offered = db.session.scalars(select(RoleInvitation.id)).one()
        db.session.remove()
        accept(offered, person)
        for ahead, holds in ((0, False), (2, True), (4, True), (5, False)):
            assert bool(roles_of(db.session(), person, day + timedelta(days=ahead))) is holds


def test_an_invitation_whose_days_went_by_gives_nothing(app: Flask, penni: Browser, house: House) -> None:
    day = today()
    about = ("Uusi Uljas", "uusi@laukaa.example", house.school, "orderer")
    with app.app_context():
        with pytest.raises(UserError, match="dates"):
            invite(*about, actor_id=house.penni, valid_to=day - timedelta(days=1))
        person = invite(*about, actor_id=house.penni, valid_to=day)
        offered = db.session.scalars(select(RoleInvitation.id)).one()
        db.session.remove()
        with pytest.raises(UserError, match="invitation"):
            accept(offered, person, at=now() + timedelta(days=1))


def test_ended_roles_stay_to_be_seen(app: Flask, penni: Browser, house: House) -> None:
    past = f"{PEOPLE}/past"
    assert "Outi" not in penni.get(past).text
    with app.app_context():
        end_membership(role_of(app, house.outi), actor_id=None, at=now())
    assert "Outi Omenapolku" not in penni.get(PEOPLE).text
    with app.app_context():
        day = today() - timedelta(days=9)
        for n in range(60):
            person = create_person(f"Henkilö {n:02}")
            add_membership(person, house.school, "orderer", actor_id=None, valid_from=day, valid_to=day)
    first = penni.get(past).text
    assert first.count('<th scope="row">') == 50
    after = first.split('rel="next" href="')[1].split('"')[0]
    assert "Outi Omenapolku" in penni.get(after).text
    assert "Mauno" not in first


@pytest.mark.parametrize("role", ["expert", "mentor"])
def test_that_somebody_is_an_expert_is_read_with_a_line_in_the_log(
    app: Flask, penni: Browser, house: House, role: str
) -> None:
    with app.app_context():
        aino = create_person("Aino Aamutähti")
        add_membership(aino, house.school, role, actor_id=None)
        db.session.remove()
    assert "Aino Aamutähti" in penni.get(PEOPLE).text
    with app.app_context():
        lines = db.session.execute(select(AccessRow.actor_id, AccessRow.subject_id, AccessRow.how)).all()
    assert lines == [(house.penni, aino, "list")]
