"""Desks, their people and deputies: every rule that refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.api import Membership, db, unscoped, writing
from plugins.fees.errors import FeeError
from plugins.fees.models import DeskDeputy, DeskMember
from plugins.fees.setup import desks
from plugins.fees.tests.test_setup_records import FIRST, LAST, refused
from tests.support import payers as world
from tests.support.payers import LESSON_DAY, Payers

pytestmark = pytest.mark.pages


@pytest.fixture
def appointed(inside: Payers) -> Payers:
    """Everybody has a role at their payer, as people at desks must."""
    from core.api import Membership

    with writing() as session:
        for place, names in {"laukaa": ("outi", "lauri", "saku", "ylva"), "hyvaks": ("aatu",)}.items():
            for name in names:
                who, where = inside.people[name], inside.at[place]
                session.add(
                    Membership(person_id=who, organisation_id=where, role="verifier", valid_from=FIRST)
                )
    return inside


def test_the_last_person_stays_while_claims_stand_at_the_desk(appointed: Payers) -> None:

    desk_id = appointed.desks["school", "orderer"]
    member = db.session.scalars(select(DeskMember).where(DeskMember.desk_id == desk_id)).one()
    member_id = member.id
    appointed.send()
    assert "lomake kesken" in refused(desks.remove_member, member_id, None)[""]
    ended = {"valid_from": member.valid_from, "valid_to": LESSON_DAY}
    assert set(refused(desks.change_member, member_id, ended, None)) == {"valid_to"}
    values = {
        "desk_id": desk_id,
        "person_id": appointed.people["saku"],
        "valid_from": FIRST,
        "valid_to": None,
    }
    desks.add_member(values, 0, None)
    desks.change_member(member_id, ended, None)
    desks.remove_member(member_id, None)


def test_only_people_of_the_payer_stand_at_its_desks(appointed: Payers) -> None:
    desk_id = appointed.desks["school", "line_manager"]
    values = {
        "desk_id": desk_id,
        "person_id": appointed.people["aatu"],
        "valid_from": FIRST,
        "valid_to": None,
    }
    assert set(refused(desks.add_member, values, 0, None)) == {"person_id"}
    twice = {**values, "person_id": appointed.people["lauri"]}
    assert set(refused(desks.add_member, twice, 0, None)) == {"valid_from"}


def test_deputies_act_for_members_and_are_somebody_else(appointed: Payers) -> None:
    desk_id, people = appointed.desks["school", "line_manager"], appointed.people
    away = {"desk_id": desk_id, "for_person_id": people["lauri"], "valid_from": FIRST, "valid_to": LAST}
    own = {**away, "deputy_person_id": people["lauri"]}
    assert set(refused(desks.add_deputy, own, 0, None)) == {"deputy_person_id"}
    foreign = {**away, "deputy_person_id": people["aatu"]}
    assert set(refused(desks.add_deputy, foreign, 0, None)) == {"deputy_person_id"}
    stranger = {**away, "for_person_id": people["ylva"], "deputy_person_id": people["saku"]}
    assert set(refused(desks.add_deputy, stranger, 0, None)) == {"for_person_id"}
    backwards = {**away, "deputy_person_id": people["saku"], "valid_to": FIRST - timedelta(1)}
    assert set(refused(desks.add_deputy, backwards, 0, None)) == {"valid_to"}
    deputy_id = desks.add_deputy({**away, "deputy_person_id": people["saku"]}, 0, None)
    claim_id = appointed.send().claim_ids[0]
    appointed.move(claim_id, 1, "approve", "outi")
    assert appointed.move(claim_id, 2, "approve", "saku").version == 3
    desks.remove_deputy(deputy_id, None)


def test_a_desk_is_one_of_its_kind_and_stays_in_history(appointed: Payers) -> None:
    school, desk_id = appointed.at["school"], appointed.desks["school", "orderer"]
    assert set(refused(desks.create, {"kind": "orderer"}, school, None)) == {"kind"}
    assert set(refused(desks.create, {"kind": "payroll"}, school, None)) == {"kind"}
    assert "henkilöitä" in refused(desks.remove, desk_id, None)[""]
    empty = desks.create({"kind": "hr"}, school, None)
    desks.remove(empty, None)


def test_without_payroll_or_administrator_nothing_can_be_sent(app: Flask, on_monday: None) -> None:
    """The kernel says so too; set-up asks for both desks before a chain is published."""
    payers = world.build(app)
    with app.app_context(), unscoped("test"), writing() as session:
        from plugins.fees.models import Desk, DeskMember

        desk_id = payers.desks["laukaa", "payroll"]
        for member in session.scalars(select(DeskMember).where(DeskMember.desk_id == desk_id)):
            session.delete(member)
        session.flush()
        session.delete(session.get_one(Desk, desk_id))
    with pytest.raises(FeeError):
        payers.send()


def test_a_desk_goes_with_its_absences_unless_a_claim_came_to_it(appointed: Payers) -> None:
    payer, people = appointed.at["laukaa"], appointed.people
    empty = desks.create({"kind": "hr"}, payer, None)
    member_id = desks.add_member(
        {"desk_id": empty, "person_id": people["outi"], "valid_from": FIRST}, 0, None
    )
    away = {"desk_id": empty, "for_person_id": people["outi"], "deputy_person_id": people["saku"]}
    desks.add_deputy({**away, "valid_from": FIRST, "valid_to": LAST}, 0, None)
    desks.remove_member(member_id, None)
    desks.remove(empty, None)
    assert db.session.scalar(select(func.count(DeskDeputy.id))) == 0


def test_a_desk_a_claim_was_moved_to_stays(appointed: Payers) -> None:
    """Its events name it, though no step of a claim does."""
    people = appointed.people
    desk_id = desks.create({"kind": "hr"}, appointed.at["laukaa"], None)
    member_id = desks.add_member(
        {"desk_id": desk_id, "person_id": people["saku"], "valid_from": FIRST}, 0, None
    )
    away = {"desk_id": appointed.desks["school", "orderer"], "for_person_id": people["outi"]}
    desks.add_deputy(
        {**away, "deputy_person_id": people["ylva"], "valid_from": FIRST, "valid_to": LAST}, 0, None
    )
    db.session.remove()
    claim_id = appointed.send(by="ylva").claim_ids[0]
    appointed.move(claim_id, 1, "move", "penni", desk_id=desk_id)
    appointed.move(claim_id, 2, "reject", "saku", text="Not ours")
    desks.remove_member(member_id, None)
    assert "historiassa" in refused(desks.remove, desk_id, None)[""]


@pytest.mark.parametrize(("desk_kind", "role"), [("administrator", "administrator"), ("payroll", "payroll")])
def test_who_is_told_of_work_can_open_it(appointed: Payers, desk_kind: str, role: str) -> None:
    values = {"desk_id": appointed.desks["laukaa", desk_kind], "person_id": appointed.people["saku"]}
    values |= {"valid_from": FIRST, "valid_to": None}

    def give(place: str) -> None:
        with writing() as session:
            where = appointed.at[place]
            session.add(
                Membership(person_id=values["person_id"], organisation_id=where, role=role, valid_from=FIRST)
            )

    assert "rooli" in refused(desks.add_member, values, 0, None)["person_id"]
    give("school")  # over a unit alone
    assert set(refused(desks.add_member, values, 0, None)) == {"person_id"}
    give("laukaa")
    desks.add_member(values, 0, None)


def test_a_member_has_one_absence_at_a_time(appointed: Payers) -> None:
    people, autumn = appointed.people, (date(2026, 10, 12), date(2026, 10, 23))
    values = {
        "desk_id": appointed.desks["school", "line_manager"],
        "for_person_id": people["lauri"],
        "deputy_person_id": people["saku"],
        "valid_from": autumn[0],
        "valid_to": autumn[1],
    }
    first = desks.add_deputy(values, 0, None)
    meeting = {**values, "deputy_person_id": people["outi"], "valid_from": autumn[1], "valid_to": LAST}
    assert "poissaolo" in refused(desks.add_deputy, meeting, 0, None)["valid_from"]
    later = desks.add_deputy({**meeting, "valid_from": autumn[1] + timedelta(1)}, 0, None)
    assert set(refused(desks.change_deputy, later, meeting, None)) == {"valid_from"}
    desks.change_deputy(first, {**values, "valid_from": autumn[0] + timedelta(1)}, None)
