"""A controller is a boundary downwards too: Laukaa's staff do not see the centre's experts."""

from __future__ import annotations

import pytest
from flask import Flask

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.organisations.services import delegate
from core.scope import JobScope, set_scope
from core.users.services import create_person
from tests.organisations.conftest import Town, signed_in

NAME = "Aino Aamutähti"
LIST = "records/core.expert/"


@pytest.fixture
def expert(app: Flask, town: Town) -> int:
    with app.app_context():
        set_scope(db.session(), JobScope(town.centre))
        person_id = create_person(NAME)
        with writing() as session:
            row = Expert(person_id=person_id, organisation_id=town.centre, name=NAME, sort_key="aino")
            session.add(row)
            session.flush()
            found = row.id
        db.session.remove()
    return found


def test_from_above_nobody_sees_them(app: Flask, town: Town, expert: int) -> None:
    """The administrator of Laukaa, at Laukaa, at the centre below it, and by the row's own address."""
    penni, kerttu = signed_in(app, "Penni Puronvarsi"), signed_in(app, "Kerttu Kuusikello")
    assert NAME in kerttu.get(f"/o/keskus/{LIST}").text
    assert NAME not in penni.get(f"/o/laukaa/{LIST}").text
    for address in (
        f"/o/laukaa/{LIST}{expert}/",
        f"/o/keskus/{LIST}",
        f"/o/keskus/{LIST}{expert}/",
        "/o/keskus/",
    ):
        assert penni.get(address).status_code == 404, address
    with app.app_context():
        delegate(town.centre, town.laukaa, ["core.experts.view"])
        db.session.remove()
    assert NAME in penni.get(f"/o/laukaa/{LIST}").text
    assert penni.get(f"/o/laukaa/{LIST}{expert}/").status_code == 200


def test_nor_do_they_see_what_is_above(app: Flask, town: Town) -> None:  # the town must stand
    kerttu = signed_in(app, "Kerttu Kuusikello")
    assert kerttu.get(f"/o/koulu/{LIST}").status_code == 404
    assert kerttu.get("/o/koulu/").status_code == 404
