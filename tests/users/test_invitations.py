"""Inviting: a new person gets an account and a role; who has an account learns of a role and accepts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from core.extensions import db
from core.log.models import Change
from core.outbox.models import Mail, Notice
from core.users import invitations, services
from core.users.models import Account, Membership, Person, RoleInvitation
from tests.users.conftest import Browser, House, address
from tests.users.test_services import code_of, role_of

on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PEOPLE, NOON = "/o/laukaa/people", datetime(2026, 11, 24, 10, tzinfo=UTC)
MAUNO = address("Mauno Muuramelainen")


def invite_mauno(house: House, role: str = "orderer") -> int:
    """The invitation's id."""
    invitations.invite("Joku Muu", MAUNO, house.school, role, actor_id=house.penni)
    found = db.session.scalar(select(RoleInvitation.id).where(RoleInvitation.role == role))
    assert found is not None
    db.session.remove()
    return found


def roles(person_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Membership.person_id == person_id)) or 0


@on_sqlite
def test_inviting_a_new_person_is_whole_or_nothing(inside: House) -> None:
    def invite(role: str, where: int) -> int:
        return invitations.invite("Uusi Uljas", "Uusi@Laukaa.Example", where, role, actor_id=inside.penni)

    assert code_of(lambda: invite("orderer", inside.muurame)) == "not_allowed"
    assert db.session.scalar(select(Person.id).where(Person.name == "Uusi Uljas")) is None
    person_id = invite("orderer", inside.school)
    account = db.session.scalars(select(Account).where(Account.person_id == person_id)).one()
    assert (account.email, account.password_hash) == ("uusi@laukaa.example", None)
    mail = db.session.scalars(select(Mail)).one()
    assert "/link/" in mail.body
    assert "orderer" not in mail.subject + mail.body


def test_two_invitations_of_one_address_at_once_make_one_account(app: Flask, house: House) -> None:
    def invite(_number: int) -> str | None:
        with app.app_context():
            return code_of(
                lambda: invitations.invite("Uusi", "uusi@x.fi", house.school, "orderer", actor_id=house.penni)
            )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(invite, range(4)))
    assert answers.count(None) == 1
    assert set(answers) <= {None, "email_taken", "already_member"}
    with app.app_context():
        assert db.session.scalars(select(Person.name).where(Person.name == "Uusi")).all() == ["Uusi"]


def test_of_two_invitations_of_one_account_at_once_one_is_open(app: Flask, house: House) -> None:
    def invite(_number: int) -> str | None:
        with app.app_context():
            return code_of(
                lambda: invitations.invite("x", MAUNO, house.school, "orderer", actor_id=house.penni)
            )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(invite, range(4)))
    assert sorted(map(str, answers)) == ["None", *["already_invited"] * 3]


@on_sqlite
def test_who_has_an_account_gets_no_role_before_accepting_it(inside: House) -> None:
    invitation_id = invite_mauno(inside)
    assert roles(inside.mauno) == 1
    mail = db.session.scalars(select(Mail)).one()
    assert "/link/" not in mail.body
    assert f"/me/roles/{invitation_id}" in mail.body
    assert db.session.scalars(select(Notice.person_id)).all() == [inside.mauno]
    db.session.remove()
    membership_id = invitations.accept(invitation_id, inside.mauno)
    found = db.session.get_one(Membership, membership_id)
    assert (found.person_id, found.organisation_id, found.role) == (inside.mauno, inside.school, "orderer")
    lines = db.session.scalars(select(Change).order_by(Change.id.desc()).limit(3)).all()
    assert [(line.record, line.action, line.actor_id) for line in lines][::-1] == [
        ("core.role_invitation", "create", inside.penni),
        ("core.membership", "create", inside.penni),
        ("core.role_invitation", "accept", inside.mauno),
    ]
    assert code_of(lambda: invitations.accept(invitation_id, inside.mauno)) == "invitation"


@on_sqlite
def test_an_invitation_is_for_one_person_and_seven_days(inside: House) -> None:
    with time_machine.travel(NOON, tick=False):
        invitation_id = invite_mauno(inside)
        assert code_of(lambda: invite_mauno(inside)) == "already_invited"
        assert code_of(lambda: invitations.accept(invitation_id, inside.outi)) == "invitation"
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        assert code_of(lambda: invitations.accept(invitation_id, inside.mauno)) == "invitation"
        assert invite_mauno(inside) != invitation_id
    assert roles(inside.mauno) == 1


@on_sqlite
def test_an_invitation_holds_no_longer_than_the_right_to_give_it(inside: House) -> None:
    invitation_id = invite_mauno(inside)
    services.end_membership(role_of(inside.penni), actor_id=None)
    assert code_of(lambda: invitations.accept(invitation_id, inside.mauno)) == "invitation"
    assert roles(inside.mauno) == 1


@on_sqlite
def test_who_may_withdraw_an_invitation(inside: House) -> None:
    invitation_id = invite_mauno(inside)
    for actor_id in (inside.outi, inside.mauno):
        assert code_of(lambda: invitations.withdraw(invitation_id, actor_id=actor_id)) in {  # noqa: B023  # called at once
            "not_allowed",
            "own_role",
        }
    invitations.withdraw(invitation_id, actor_id=inside.penni)
    assert code_of(lambda: invitations.withdraw(invitation_id, actor_id=inside.penni)) == "unknown"
    assert code_of(lambda: invitations.accept(invitation_id, inside.mauno)) == "invitation"


@on_sqlite
def test_nobody_is_invited_to_a_role_they_have(inside: House) -> None:
    services.add_membership(inside.mauno, inside.school, "orderer", actor_id=None)
    assert code_of(lambda: invite_mauno(inside)) == "already_member"


def post_invitation(penni: Browser, house: House) -> None:
    form = {"name": "Joku Muu", "email": MAUNO, "organisation": str(house.school), "role": "orderer"}
    assert penni.post(f"{PEOPLE}/invite", f"{PEOPLE}/invite", language="fi", **form).status_code == 303


@on_sqlite
def test_the_list_shows_the_address_and_no_name_until_it_is_accepted(
    app: Flask, penni: Browser, house: House
) -> None:
    post_invitation(penni, house)
    page = penni.get(PEOPLE).text
    assert MAUNO in page
    assert "Muuramelainen" not in page
    assert "chip--wait" in page
    assert MAUNO not in penni.get("/o/keski-suomi/people?after=1").text
    mauno = Browser(app)
    with app.app_context():
        path = f"/me/roles/{db.session.scalar(select(RoleInvitation.id))}"
    assert mauno.get(path).status_code == 302
    mauno.sign_in("Mauno Muuramelainen")
    asked = mauno.get(path).text
    assert "Koulu" in asked
    assert penni.get(path).status_code == penni.post(path, PEOPLE).status_code == 404
    assert mauno.get("/o/koulu/").status_code == 404
    assert mauno.post(path, path).status_code == 303
    assert mauno.get("/o/koulu/").status_code == 200
    assert mauno.get(path).status_code == mauno.post(path).status_code == 404
    page = penni.get(PEOPLE).text
    assert "Mauno Muuramelainen" in page
    assert "chip--wait" not in page


@on_sqlite
def test_withdrawing_asks_first(app: Flask, penni: Browser, house: House) -> None:
    post_invitation(penni, house)
    with app.app_context():
        invitation_id = db.session.scalar(select(RoleInvitation.id))
    path = f"{PEOPLE}/invitations/{invitation_id}/withdraw"
    assert MAUNO in penni.get(path).text
    mauno = Browser(app)
    mauno.sign_in("Mauno Muuramelainen")
    assert mauno.post(path, "/me/account").status_code == 404
    assert penni.post(path, path).status_code == 303
    assert MAUNO not in penni.get(PEOPLE).text
    assert penni.get(path).status_code == 404
