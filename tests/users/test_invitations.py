"""Inviting: a new person gets an account and a role; who has an account learns of a role and accepts it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from core.database.types import today
from core.extensions import db
from core.log.models import Change
from core.outbox.models import Mail, Notice
from core.users import invitations, services
from core.users.criteria import works_under
from core.users.models import Account, Membership, Person, RoleInvitation
from core.users.signing_in import use_link
from tests.users.conftest import Browser, House, address
from tests.users.test_services import code_of, role_of

on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PEOPLE, NOON = "/o/laukaa/people", datetime(2026, 11, 24, 10, tzinfo=UTC)
MAUNO = address("Mauno Muuramelainen")
NEW = "uusi@laukaa.example"


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
    assert roles(person_id) == 0
    mail = db.session.scalars(select(Mail)).one()
    assert "/link/" in mail.body
    assert "orderer" not in mail.subject + mail.body


def invite_new(house: House, *, actor_id: int | None = None, where: int | None = None) -> tuple[int, str]:
    """Somebody new: the person's id, and the token in the letter."""
    db.session.remove()
    person_id = invitations.invite(
        "Uusi Uljas", NEW, where or house.school, "orderer", actor_id=actor_id or house.penni
    )
    body = db.session.scalars(select(Mail.body).order_by(Mail.id.desc())).first() or ""
    found = re.search(r"/link/(\S+)", body)
    assert found is not None
    db.session.remove()
    return person_id, found[1]


def may_work(person_id: int, house: House) -> bool:
    """Whether modules may put the person at a desk of Laukaa."""
    db.session.remove()
    return bool(db.session.scalar(select(works_under(person_id, house.laukaa, today()))))


@on_sqlite
def test_an_account_nobody_opened_has_no_role_and_stands_at_no_desk(inside: House) -> None:
    person_id, token = invite_new(inside)
    assert (roles(person_id), may_work(person_id, inside)) == (0, False)
    use_link(token)
    assert (roles(person_id), may_work(person_id, inside)) == (1, True)
    assert db.session.scalar(select(func.count()).select_from(RoleInvitation)) == 0
    lines = db.session.scalars(select(Change).order_by(Change.id.desc()).limit(2)).all()
    assert [(line.record, line.action, line.actor_id) for line in lines][::-1] == [
        ("core.membership", "create", inside.penni),
        ("core.role_invitation", "accept", person_id),
    ]


@on_sqlite
def test_opening_one_invitation_accepts_no_other(inside: House) -> None:
    services.add_membership(inside.outi, inside.muurame, "administrator", actor_id=None)
    person_id, token = invite_new(inside)
    _same, other = invite_new(inside, actor_id=inside.outi, where=inside.muurame)
    use_link(other)
    found = db.session.scalars(select(Membership.organisation_id).where(Membership.person_id == person_id))
    assert found.all() == [inside.muurame]
    use_link(token)
    assert roles(person_id) == 2


@on_sqlite
def test_who_never_came_in_is_sent_a_link_again(inside: House) -> None:
    """Without a password they could not sign in to accept; who invites sees no difference."""
    with time_machine.travel(NOON, tick=False):
        person_id, _late = invite_new(inside)
    with time_machine.travel(NOON + timedelta(days=7, minutes=1), tick=False):
        again, token = invite_new(inside)
        use_link(token)
        assert (again, roles(person_id)) == (person_id, 1)


@on_sqlite
def test_who_lost_the_right_gives_no_role_by_a_link(inside: House) -> None:
    person_id, token = invite_new(inside)
    services.end_membership(role_of(inside.penni), actor_id=None)
    assert use_link(token).person_id == person_id
    assert roles(person_id) == 0


@on_sqlite
def test_an_invitation_that_was_taken_back_opens_nothing(inside: House) -> None:
    _person_id, token = invite_new(inside)
    invitation_id = db.session.scalar(select(RoleInvitation.id))
    assert invitation_id is not None
    invitations.withdraw(invitation_id, actor_id=inside.penni)
    assert code_of(lambda: use_link(token)) == "link"


@on_sqlite
def test_an_appointment_is_asked_for_again_until_it_is_taken(inside: House) -> None:
    tokens = [invitations.appoint("Anna", NEW, inside.muurame, "administrator") for _ in range(2)]
    person_id = use_link(tokens[1]).person_id
    assert roles(person_id) == 1
    assert (
        code_of(lambda: invitations.appoint("Anna", NEW, inside.muurame, "administrator")) == "already_member"
    )


def test_two_invitations_of_one_address_at_once_make_one_account(app: Flask, house: House) -> None:
    def invite(_number: int) -> str | None:
        with app.app_context():
            return code_of(
                lambda: invitations.invite("Uusi", "uusi@x.fi", house.school, "orderer", actor_id=house.penni)
            )

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(invite, range(4)))
    assert answers.count(None) == 1
    assert set(answers) <= {None, "email_taken", "already_invited"}
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


def post_invitation(penni: Browser, house: House, email: str = MAUNO) -> None:
    form = {"name": "Joku Muu", "email": email, "organisation": str(house.school), "role": "orderer"}
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
def test_the_list_does_not_tell_who_has_an_account(penni: Browser, house: House) -> None:
    post_invitation(penni, house)
    post_invitation(penni, house, NEW)
    page = penni.get(PEOPLE).text.replace("<wbr>", "")
    rows = [row for row in page.split("<tr>") if MAUNO in row or NEW in row]
    plain = {re.sub(r"\d+|\s+", "", row.replace(MAUNO, "").replace(NEW, "")) for row in rows}
    assert (len(rows), len(plain)) == (2, 1)
    assert "Joku Muu" not in page


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
