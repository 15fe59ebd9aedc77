"""Own limits are one's own and complete; what waits elsewhere and names somebody goes with them."""

from __future__ import annotations

import json

from sqlalchemy import select

from core.database.session import writing
from core.database.types import now
from core.experts.own.models import OwnLimit, RefusedUnit
from core.experts.own.services import refuse_unit, set_limits
from core.extensions import db
from core.records.importing.models import ImportRun
from core.records.saved.models import SavedView
from tests.trust.conftest import World
from tests.trust.test_merged import merge


def limit(world: World, name: str, *units: int, month: int | None = None) -> None:
    with world.app.app_context():
        for unit in units:
            refuse_unit(world.people[name], unit)
        set_limits(world.people[name], month_cents=month, month_tasks=3)
        db.session.remove()


def test_own_limits_and_refused_units_stand_in_ones_own_copy_alone(world: World) -> None:
    limit(world, "Aino", world.muurame, month=12300)
    own = json.loads(world.browser("Aino").get("/me/export.json").text)
    parts = {part["key"]: part["rows"] for part in own["parts"]}
    assert parts["core.own_limit"][0]["month_cents"] == 12300
    assert parts["core.refused_unit"] == [{"organisation": "Muurame"}]
    address = f"/o/laukaa/experts/{world.experts['Aino']}/copy.json"
    staff = json.loads(world.browser("Penni").get(address).text)
    assert not {"core.own_limit", "core.refused_unit"} & {part["key"] for part in staff["parts"]}
    assert "12300" not in json.dumps(staff["parts"])


def test_what_a_merged_record_refused_holds_for_the_one_that_stays(world: World) -> None:
    limit(world, "Aino", world.muurame, month=20000)
    limit(world, "Veikko", world.muurame, world.region, month=10000)
    merge(world)
    with world.looking() as session:
        units = session.execute(select(RefusedUnit.person_id, RefusedUnit.organisation_id)).all()
        limits = session.scalars(select(OwnLimit)).all()
        assert {tuple(row) for row in units} == {
            (world.people["Aino"], world.muurame), (world.people["Aino"], world.region)
        }  # fmt: skip
        assert [(row.person_id, row.month_cents, row.month_tasks) for row in limits] == [
            (world.people["Aino"], 10000, 3)
        ]


def view(world: World, called: str, **filters: str) -> SavedView:
    return SavedView(
        record="core.expert", organisation_id=world.laukaa, owner_id=world.people["Kerttu"], name=called,
        filters=filters, columns=[],
    )  # fmt: skip


def waiting(world: World, sender: str, content: bytes) -> ImportRun:
    return ImportRun(
        organisation_id=world.laukaa, record="core.expert", person_id=world.people[sender], name="a.csv",
        content=content, created_at=now(),
    )  # fmt: skip


def test_an_erased_person_is_named_by_no_view_and_no_file_that_waits(world: World) -> None:
    with world.app.app_context():
        with writing() as session:
            session.add_all(
                [
                    view(world, "Aino Aamutähti", name="aamutähti", status="active"),
                    view(world, "Toinen", phone="040 123 4567"),
                    view(world, "Kolmas", name="Veikko"),
                    waiting(world, "Kerttu", "Sukunimi;Etunimi\nAamutähti;Aino\n".encode()),
                    waiting(world, "Penni", b"Nimi\nJoku Muu\n"),
                ]
            )
        db.session.remove()
    answer = world.browser("Penni").post(f"/o/laukaa/experts/{world.experts['Aino']}/erase")
    assert answer.status_code == 303
    with world.looking() as session:
        views = session.scalars(select(SavedView).order_by(SavedView.id)).all()
        assert [row.filters for row in views] == [{"status": "active"}, {}, {"name": "Veikko"}]
        assert "Aino" not in views[0].name
        assert session.scalars(select(ImportRun.person_id)).all() == [world.people["Penni"]]
