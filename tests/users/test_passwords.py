"""Which passwords one may choose, and how they are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.extensions import db
from core.users import passwords
from core.users.errors import UserError
from core.users.models import Account
from core.users.signing_in import sign_in
from tests.users.conftest import PASSWORD, House, address

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
NEAR = ["Penni Puronvarsi", "penni.puronvarsi@laukaa.example", "Laukaan kunta", "Sydän-Laukaan koulu"]

CHOICES = [
    ("", "too_short"),
    ("lyhyt sana1", "too_short"),
    ("x" * 129, "too_long"),
    ("aaaaaaaaaaaa", "too_common"),
    ("abababababab", "too_common"),
    ("123412341234", "too_common"),
    ("            ", "too_common"),
    ("qwertyuiopå1", "too_common"),
    ("Salasana2026!", "too_common"),
    ("P4ssw0rd1234", "too_common"),
    ("Kesäloma2026", "too_common"),
    ("correct horse battery staple", "too_common"),
    ("Kokemussilta!1", "too_near"),
    ("puronvarsi77", "too_near"),
    ("PenniPuronvarsi", "too_near"),
    ("laukaan-kunta", "too_common"),
    ("sydänkoulu12", "too_near"),
    ("sydänharmonikka soi", None),
    ("neljä outoa sanaa", None),
    ("  välilyönti edessä", None),
    ("pelkkiäpieniäkirjaimia", None),
    ("🦊🦊 kettu 🦊🦊 metsä", None),
    ("пароль на другом языке", None),
    ("x9" * 5 + "pitkä ja harvinainen " * 5, None),
    ("harvinainen " * 10, None),
]


@pytest.mark.parametrize(("password", "code"), CHOICES)
def test_what_one_may_choose(kind: str, password: str, code: str | None) -> None:
    if code is None:
        passwords.check_new(password, NEAR)
        return
    with pytest.raises(UserError) as refused:
        passwords.check_new(password, NEAR)
    assert refused.value.code == code


def test_hash_is_argon2id_with_the_configured_parameters(app: Flask) -> None:
    with app.app_context():
        kept = extract_parameters(passwords.hash_password(PASSWORD))
        config = app.config["KOKEMUSSILTA"]
    assert kept.type is Type.ID
    assert (kept.time_cost, kept.memory_cost) == (config.argon2_time_cost, config.argon2_memory_kib)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        (PASSWORD, True),
        (PASSWORD.replace("ä", "a\N{COMBINING DIAERESIS}"), True),
        (" " + PASSWORD, False),
        (PASSWORD.upper(), False),
        ("", False),
        ("\ud800 puolikas merkki", False),
    ],
)
def test_verify(app: Flask, typed: str, right: bool) -> None:
    with app.app_context():
        assert passwords.verify(typed, passwords.hash_password(PASSWORD)) is right


def test_nobody_has_the_dummy_and_it_costs_the_same(app: Flask) -> None:
    with app.app_context():
        dummy = passwords.dummy_hash()
        assert extract_parameters(dummy) == extract_parameters(passwords.hash_password(PASSWORD))
        assert not passwords.verify(PASSWORD, None)
        assert not passwords.verify("", dummy)


def test_hashing_holds_no_write_lock(app: Flask) -> None:
    with app.app_context(), writing():
        with pytest.raises(RuntimeError):
            passwords.hash_password(PASSWORD)
        with pytest.raises(RuntimeError):
            passwords.verify(PASSWORD, None)


def test_signing_in_renews_a_hash_of_other_parameters(app: Flask, inside: House) -> None:
    mine = select(Account.password_hash).where(Account.person_id == inside.penni)
    before = db.session.scalar(mine)
    app.config["KOKEMUSSILTA"] = replace(app.config["KOKEMUSSILTA"], argon2_time_cost=2)
    sign_in(address("Penni Puronvarsi"), PASSWORD, "127.0.0.1")
    after = db.session.scalar(mine)
    assert before is not None
    assert after is not None
    assert extract_parameters(before).time_cost == 1
    assert extract_parameters(after).time_cost == 2
    sign_in(address("Penni Puronvarsi"), PASSWORD, "127.0.0.1")
    assert db.session.scalar(mine) == after
