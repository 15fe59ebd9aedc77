"""Roles and accounts: nobody grants what they lack, and the log has a line for each change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.database.types import today
from core.extensions import db
from core.log.models import Change
from core.users import invitations, services
from core.users.errors import UserError
from core.users.models import Account, Membership, RoleInvitation
from core.users.words import clean_email, clean_name
from tests.users.conftest import House, address

on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


def code_of(call: Callable[[], object]) -> str | None:
    """The code a service refuses with, or None."""
    try:
        call()
    except UserError as error:
        return error.code if error.text else "wordless"
    finally:
        db.session.remove()
    return None


def role_of(person_id: int) -> int:
    found = db.session.scalar(select(Membership.id).where(Membership.person_id == person_id))
    assert found is not None
    return found


GRANTS = [
    # who, where, which role, what is answered
    ("penni", "laukaa", "orderer", None),
    ("penni", "laukaa", "coordinator", None),
    ("penni", "school", "administrator", None),
    ("penni", "laukaa", "auditor", None),
    ("penni", "muurame", "orderer", "not_allowed"),
    ("penni", "region", "orderer", "not_allowed"),
    ("pauli", "school", "orderer", None),
    ("pauli", "laukaa", "orderer", "not_allowed"),
    ("outi", "school", "orderer", "not_allowed"),
    ("outi", "school", "expert", "not_allowed"),
    ("mauno", "laukaa", "administrator", "not_allowed"),
    ("penni", "laukaa", "king", "role"),
]


@on_sqlite
@pytest.mark.parametrize(("actor", "where", "role", "code"), GRANTS)
def test_nobody_grants_what_they_lack(inside: House, actor: str, where: str, role: str, code: str) -> None:
    newcomer = services.create_person("Uusi Uljas")
    actor_id, organisation_id = getattr(inside, actor), getattr(inside, where)

    def add() -> int:
        return services.add_membership(newcomer, organisation_id, role, actor_id=actor_id)

    assert code_of(add) == code
    if code is None:
        assert code_of(add) == "already_member"


@on_sqlite
def test_a_role_with_a_right_the_actor_lacks_is_not_theirs_to_give(
    inside: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.users import granting
    from core.users.permissions import all_permissions, permission

    known = {**all_permissions(), "fees.secret": permission("fees.secret", "x", "orderer")}
    monkeypatch.setattr(granting, "all_permissions", lambda: known)
    newcomer = services.create_person("Uusi Uljas")
    refused = code_of(
        lambda: services.add_membership(newcomer, inside.school, "orderer", actor_id=inside.penni)
    )
    assert refused == "not_allowed"


@on_sqlite
def test_nobody_changes_their_own_roles(inside: House) -> None:
    me = inside.penni
    assert code_of(lambda: services.add_membership(me, inside.laukaa, "orderer", actor_id=me)) == "own_role"
    assert code_of(lambda: services.end_membership(role_of(me), actor_id=me)) == "own_role"


@on_sqlite
@pytest.mark.parametrize(
    ("actor", "whose", "code"),
    [
        ("penni", "outi", None),
        ("pauli", "outi", None),
        ("pauli", "penni", "not_allowed"),
        ("penni", "mauno", "not_allowed"),
        ("outi", "pauli", "not_allowed"),
    ],
)
def test_ending_a_role(inside: House, actor: str, whose: str, code: str | None) -> None:
    membership_id = role_of(getattr(inside, whose))

    def end() -> None:
        services.end_membership(membership_id, actor_id=getattr(inside, actor))

    assert code_of(end) == code
    if code is None:
        assert code_of(end) == "ended"
        ended = db.session.get_one(Membership, membership_id)
        assert ended.valid_to == today() - timedelta(days=1)


@on_sqlite
def test_a_role_that_was_ended_may_be_given_again(inside: House) -> None:
    membership_id = role_of(inside.outi)

    def give(**days: date) -> int:
        return services.add_membership(inside.outi, inside.school, "orderer", actor_id=inside.penni, **days)

    services.end_membership(membership_id, actor_id=inside.penni)
    tomorrow = today() + timedelta(days=1)
    assert give(valid_to=today()) == membership_id
    assert code_of(lambda: give(valid_from=tomorrow, valid_to=today())) == "dates"
    assert give(valid_from=tomorrow) != membership_id
    assert code_of(give) == "already_member"


@on_sqlite
@pytest.mark.parametrize(
    ("actor", "whose", "code"),
    [
        ("penni", "outi", "operator_only"),
        ("penni", "mauno", "operator_only"),
        ("outi", "oona", "operator_only"),
        ("oona", "outi", None),
        ("oona", "oona", "own_account"),
    ],
)
def test_only_the_operator_disables_an_account(
    inside: House, actor: str, whose: str, code: str | None
) -> None:
    oona = services.create_person("Oona Operaattori")
    services.create_account(oona, "oona@example.fi", actor_id=None, is_operator=True)
    services.add_membership(oona, inside.school, "orderer", actor_id=None)
    people = {"oona": oona, "penni": inside.penni, "outi": inside.outi, "mauno": inside.mauno}
    person_id, actor_id = people[whose], people[actor]
    assert code_of(lambda: services.disable_account(person_id, actor_id=actor_id)) == code
    active = db.session.scalar(select(Account.active).where(Account.person_id == person_id))
    assert active is (code is not None)
    assert code_of(lambda: services.enable_account(person_id, actor_id=actor_id)) == code


@on_sqlite
def test_an_operator_who_was_disabled_disables_nobody(inside: House) -> None:
    oona = services.create_person("Oona Operaattori")
    services.create_account(oona, "oona@example.fi", actor_id=None, is_operator=True)
    services.disable_account(oona, actor_id=None)
    refused = code_of(lambda: services.disable_account(inside.outi, actor_id=oona))
    assert refused == "operator_only"


@on_sqlite
def test_commands_disable_and_enable(app: Flask, house: House) -> None:
    runner, email = app.test_cli_runner(), address("Outi Omenapolku")

    def active() -> bool | None:
        with app.app_context():
            return db.session.scalar(select(Account.active).where(Account.person_id == house.outi))

    for do, wanted in (("disable", False), ("enable", True)):
        result = runner.invoke(args=["operator", do, email.upper()])
        assert (result.exit_code, active()) == (0, wanted), result.output
    for odd in ("nobody@laukaa.example", "no address"):
        assert runner.invoke(args=["operator", "disable", odd]).exit_code == 1


@on_sqlite
def test_each_change_has_its_line_in_the_log(inside: House) -> None:
    before = len(db.session.scalars(select(Change)).all())
    person_id = invitations.invite(
        "Uusi Uljas", "uusi@laukaa.example", inside.school, "orderer", actor_id=inside.penni
    )
    services.update_person(person_id, name="Uusi Nimi", language="sv", actor_id=person_id)
    services.update_person(person_id, name="Uusi Nimi", language="sv", actor_id=person_id)
    services.disable_account(person_id, actor_id=None)
    services.enable_account(person_id, actor_id=None)
    invitation_id = db.session.scalar(select(RoleInvitation.id)) or 0
    services.end_membership(invitations.accept(invitation_id, person_id), actor_id=inside.penni)
    rows = db.session.scalars(select(Change).order_by(Change.id)).all()[before:]
    assert [(r.record, r.action) for r in rows] == [
        ("core.person", "create"),
        ("core.account", "create"),
        ("core.role_invitation", "create"),
        ("core.person", "update"),
        ("core.account", "disable"),
        ("core.account", "enable"),
        ("core.membership", "create"),
        ("core.role_invitation", "accept"),
        ("core.membership", "end"),
    ]
    assert "Uusi" not in str([r.fields for r in rows])


@on_sqlite
def test_one_person_one_account_one_address(inside: House) -> None:
    taken = address("Outi Omenapolku").upper()
    newcomer = services.create_person("Uusi Uljas")
    assert code_of(lambda: services.create_account(newcomer, taken, actor_id=None)) == "email_taken"
    assert code_of(lambda: services.create_account(inside.outi, "x@y.fi", actor_id=None)) == "has_account"
    assert code_of(lambda: services.create_account(10**6, "x@y.fi", actor_id=None)) == "unknown"


@on_sqlite
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(max_size=220),
    email=st.text(max_size=280) | st.emails(),
    role=st.text(max_size=10) | st.just("orderer"),
    place=st.integers(max_value=0) | st.integers(min_value=1000),
)
@example(name="Uusi", email="uusi@laukaa.example", role="orderer", place=2**70)
def test_junk_is_refused_with_a_code(inside: House, name: str, email: str, role: str, place: int) -> None:
    call = code_of(lambda: invitations.invite(name, email, place, role, actor_id=inside.penni))
    assert call in {"name", "email", "role", "organisation", "not_allowed"}


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Etu.Suku@Laukaa.Example ", "etu.suku@laukaa.example"),
        ("a+b@jyväskylä.fi", "a+b@jyväskylä.fi"),
        ("a@localhost", "a@localhost"),
        ("a@b..fi", None),
        ("a@-b.fi", None),
        ("a@b@c.fi", None),
        ("ä@b.fi", None),
        ("a b@c.fi", None),
        ("a@b.fi\r\nBcc: x@y.fi", None),
        ("Joku <a@b.fi>", None),
        ("a" * 65 + "@b.fi", None),
        ("a@" + "b" * 64 + ".fi", None),
        ("", None),
    ],
)
def test_email(kind: str, typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(UserError):
            clean_email(typed)
    else:
        assert clean_email(typed) == kept


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Aino   Aamutähti ", "Aino Aamutähti"),
        ("A\N{COMBINING DIAERESIS}ssä", "Ässä"),
        ("Zoë O’Brien-Łuczak 🦊", "Zoë O’Brien-Łuczak 🦊"),
        ("a\u202eb", None),
        ("a\nb", None),
        ("a\x00b", None),
        (" ", None),
        ("x" * 201, None),
    ],
)
def test_name(kind: str, typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(UserError):
            clean_name(typed)
    else:
        assert clean_name(typed) == kept
