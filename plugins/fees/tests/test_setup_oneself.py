"""An administrator gives nobody's money into their own hands: another one appoints them, or nobody does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.api import db
from core.users.services import add_membership
from plugins.fees.models import DeskDeputy, DeskMember
from plugins.fees.setup import desks
from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_setup_records import FIRST, LAST, refused
from tests.support.payers import MONDAY, Payers

pytestmark = pytest.mark.pages

YESTERDAY = date(2026, 10, 11)


@pytest.fixture
def one(inside: Payers) -> Payers:
    """Penni alone administers Laukaa; a claim has come."""
    add_membership(inside.people["penni"], inside.at["laukaa"], "administrator", actor_id=None, at=MONDAY)
    inside.send()
    return inside


@pytest.fixture
def two(one: Payers) -> Payers:
    """Saku administers Laukaa as well."""
    add_membership(one.people["saku"], one.at["laukaa"], "administrator", actor_id=None, at=MONDAY)
    return one


def seat(payers: Payers, name: str, kind: str = "line_manager", **more: Any) -> dict[str, Any]:
    place = "laukaa" if ("laukaa", kind) in payers.desks else "school"
    values = {"desk_id": payers.desks[place, kind], "person_id": payers.people[name]}
    return {**values, "valid_from": FIRST, "valid_to": None, **more}


def absence(payers: Payers, deputy: str, **more: Any) -> dict[str, Any]:
    people = payers.people
    values = {"desk_id": payers.desks["school", "line_manager"], "for_person_id": people["lauri"]}
    days = {"valid_from": FIRST, "valid_to": LAST}
    return {**values, "deputy_person_id": people[deputy], **days, **more}


def test_nobody_appoints_themselves(two: Payers) -> None:
    penni, saku = two.people["penni"], two.people["saku"]
    told = refused(desks.add_member, seat(two, "penni"), 0, penni)
    assert told == {
        "person_id": "Et voi nimetä itseäsi päättämään lomakkeista. Pyydä toista pääkäyttäjää: Saku."
    }
    assert db.session.scalar(select(func.count(DeskMember.id)).where(DeskMember.person_id == penni)) == 1
    desks.add_member(seat(two, "penni"), 0, saku)


def test_where_there_is_no_other_the_message_says_so(one: Payers) -> None:
    told = refused(desks.add_member, seat(one, "penni"), 0, one.people["penni"])
    assert "täällä ole toista pääkäyttäjää" in told["person_id"]


def test_an_administrator_of_a_unit_counts_for_its_own_desks_alone(one: Payers) -> None:
    add_membership(one.people["outi"], one.at["school"], "administrator", actor_id=None, at=MONDAY)
    penni = one.people["penni"]
    assert "Outi" in refused(desks.add_member, seat(one, "penni"), 0, penni)["person_id"]
    assert "Outi" not in refused(desks.add_member, seat(one, "penni", "unit_head"), 0, penni)["person_id"]


def test_nobody_makes_themselves_a_deputy(two: Payers) -> None:
    penni, saku = two.people["penni"], two.people["saku"]
    assert set(refused(desks.add_deputy, absence(two, "penni"), 0, penni)) == {"deputy_person_id"}
    assert db.session.scalar(select(func.count(DeskDeputy.id))) == 0
    row_id = desks.add_deputy(absence(two, "outi"), 0, penni)
    assert set(refused(desks.change_deputy, row_id, absence(two, "penni"), penni)) == {"deputy_person_id"}
    desks.change_deputy(row_id, absence(two, "penni", valid_to=MONDAY.date()), saku)
    assert set(refused(desks.change_deputy, row_id, absence(two, "penni"), penni)) == {"deputy_person_id"}
    desks.change_deputy(row_id, absence(two, "penni", valid_to=YESTERDAY), penni)


def test_one_ends_ones_own_days_and_does_not_lengthen_them(two: Payers) -> None:
    penni, saku = two.people["penni"], two.people["saku"]
    row_id = desks.add_member(seat(two, "penni"), 0, saku)
    desks.change_member(row_id, {"valid_from": FIRST, "valid_to": YESTERDAY}, penni)
    longer = {"valid_from": FIRST, "valid_to": None}
    assert set(refused(desks.change_member, row_id, longer, penni)) == {"valid_to"}
    desks.change_member(row_id, longer, saku)
    desks.remove_member(row_id, penni)


def test_the_first_set_up_needs_no_second_person(inside: Payers) -> None:
    desks.add_member(seat(inside, "penni"), 0, inside.people["penni"])


def test_the_administrators_own_desk_decides_nothing(two: Payers) -> None:
    desks.add_member(seat(two, "saku", "administrator"), 0, two.people["saku"])


def test_the_form_says_it_beside_the_field(pages: Pages) -> None:
    pages.sent()
    payers, penni = pages.payers, pages.of("penni")
    desk = payers.desks["school", "line_manager"]
    path = f"/o/laukaa/records/fees.desks/{desk}/desk_members/new"
    page = penni.post(path, 422, person_id=payers.people["penni"], valid_from="12.10.2026")
    assert "Et voi nimetä itseäsi päättämään lomakkeista" in page
    assert 'aria-describedby="person_id-error"' in penni.raw
