"""The record of processing is made from the descriptions; a controller decides about names in the log."""

from __future__ import annotations

import json

import pytest

from core.extensions import db
from core.organisations.services import delegate
from core.records.writing import is_personal
from core.trust import reading
from core.users.services import add_membership, create_account, create_person
from tests.trust.conftest import LIST, World

pytestmark = pytest.mark.pages

PAGE = "/o/laukaa/processing"


def test_every_personal_field_stands_there_with_purpose_retention_and_recipients(world: World) -> None:
    found = json.loads(world.browser("Penni").get(f"{PAGE}.json").text)
    with world.app.test_request_context():
        records = [record for _module, record in world.app.extensions["kokemussilta.records"]]
        wanted = {
            (str(record.plural), str(field.label))
            for top in records
            for record in (top, *top.children)
            for field in record.fields
            if is_personal(field)
        }
    assert len(wanted) > 5
    assert wanted <= {(line["record"], line["field"]) for line in found}
    assert all(line["purpose"] and line["retention"] for line in found)


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_it_is_for_administrators(world: World, ending: str) -> None:
    assert world.browser("Penni").get(f"{PAGE}{ending}").status_code == 200
    assert world.browser("Kerttu").get(f"{PAGE}{ending}").status_code == 403


def test_a_controller_may_keep_the_names_of_its_staff_to_itself(world: World) -> None:
    world.browser("Kerttu").get(LIST)
    assert "Kerttu" in world.browser("Aino").get("/me/seen").text
    world.browser("Penni").post("/o/laukaa/privacy/names", told="no")
    assert "Kerttu" not in world.browser("Aino").get("/me/seen").text
    assert "Kerttu" not in world.browser("Aino").get("/me/export.json").text
    with world.looking() as session:
        assert reading.names_told(session, world.laukaa) is False
        assert reading.names_told(session, world.muurame) is True


def test_whoever_manages_by_a_delegation_does_not_decide_about_names(world: World) -> None:
    with world.app.app_context():
        delegate(world.laukaa, world.muurame, ["core.organisations.manage", "core.experts.manage"])
        maire = world.people["Maire"] = create_person("Maire", actor_id=None)
        create_account(maire, "maire@example.test", actor_id=None)
        add_membership(maire, world.muurame, "administrator", actor_id=None)
        add_membership(maire, world.muurame, "coordinator", actor_id=None)
        db.session.remove()
    lent = world.browser("Maire")
    page = lent.get("/o/laukaa/privacy")
    assert page.status_code == 200
    assert "privacy/names" not in page.text
    assert lent.post("/o/laukaa/privacy/names", told="no").status_code == 403
    with world.looking() as session:
        assert reading.names_told(session, world.laukaa) is True


def test_whom_lists_leave_out_is_found_by_those_who_keep_the_record(world: World) -> None:
    kerttu = world.browser("Kerttu")
    assert "Aino" not in kerttu.get("/o/laukaa/privacy").text
    world.browser("Aino").post("/me/consents/register/withdraw")
    assert "Aino" in kerttu.get("/o/laukaa/privacy").text
    assert "Aino" not in world.browser("Maija").get("/o/muurame/privacy").text
    assert [(row.subject_id, row.how) for row in world.log()] == [(world.people["Aino"], "list")]
