"""Areas, trainings, doubles and merging: who sees what, and what a record keeps."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core.database.session import writing
from core.experts.details.models import ExperienceArea, ExpertArea, ExpertTraining
from core.experts.details.services import add_area, add_training, change_training, remove_area
from core.experts.merging import doubles, merge_experts
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.experts.services import create_expert, update_expert
from core.extensions import db
from core.log.models import Change
from core.records.description import Record
from core.records.display import values_of
from core.records.errors import Invalid
from core.scope import unscoped
from core.trust.consents import give, withdraw
from core.users.services import add_membership, create_account, create_person
from tests.records.conftest import World
from tests.records.conftest import first_rows as first_rows
from tests.records.conftest import world as world

LIST = "/o/laukaa/records/core.expert/"
NEW = {"name": "Aino", "title": "trained", "status": "active"}


@pytest.fixture
def described() -> Record:
    return EXPERTS


def coordinator(world: World) -> None:
    with world.app.app_context():
        person_id = create_person("Kerttu", language="en", actor_id=None)
        create_account(person_id, "kerttu@example.test", actor_id=None)
        add_membership(person_id, world.laukaa, "coordinator", actor_id=None)
        world.people["Kerttu"] = person_id
        db.session.remove()


def area(world: World, name: str = "Aino", code: str = "grief") -> tuple[int, str]:
    """An area of an expert: its id, and its English name."""
    with world.app.app_context(), unscoped("a test"):
        row = db.session.scalars(select(ExperienceArea).where(ExperienceArea.code == code)).one()
        person_id = db.session.get_one(Expert, world.experts[name]).person_id
        give(person_id, "areas", actor_id=person_id)
        values = {"expert_id": world.experts[name], "area_id": row.id, "viewpoint": "kin", "main": True}
        found = add_area(values, world.laukaa, world.people["Penni"]), row.name.en
        db.session.remove()
    return found


def test_an_area_needs_consent_and_goes_with_it(world: World) -> None:
    expert_id = world.experts["Koulu"]
    values = {"expert_id": expert_id, "area_id": 1, "viewpoint": "own", "main": True}
    with world.app.app_context(), unscoped("a test"):
        person_id = db.session.get_one(Expert, expert_id).person_id
        with pytest.raises(Invalid):
            add_area(values, world.school, world.people["Penni"])
        give(person_id, "areas", actor_id=person_id)
        add_area(values, world.school, world.people["Penni"])
        withdraw(person_id, "areas", actor_id=person_id)
        kept = select(ExpertArea.id).where(ExpertArea.expert_id == expert_id)
        assert db.session.scalars(kept).all() == []
        db.session.remove()


def test_areas_are_the_coordinators_and_nobody_elses(world: World) -> None:
    coordinator(world)
    row_id, word = area(world)
    detail, own = f"{LIST}{world.experts['Aino']}/", f"{LIST}{world.experts['Aino']}/area/{row_id}/"
    assert word in world.browser("Kerttu").get(detail).text
    assert word not in world.browser("Penni").get(detail).text
    assert world.browser("Penni").get(own).status_code == 403
    with world.app.app_context(), unscoped("a test"):
        number = db.session.get_one(ExpertArea, row_id).area_id
        db.session.remove()
    narrowed = f"{LIST}?f.areas={number}"
    assert ">Aino</a>" in world.browser("Kerttu").get(narrowed).text
    assert ">Koulu</a>" not in world.browser("Kerttu").get(narrowed).text
    assert world.browser("Penni").get(narrowed).status_code == 400


def test_an_area_stands_in_no_title_address_log_or_file(world: World) -> None:
    coordinator(world)
    row_id, word = area(world)
    kerttu, address = world.browser("Kerttu"), f"{LIST}{world.experts['Aino']}/area/{row_id}/"
    page = kerttu.get(address).text
    head = page[: page.index("</h1>")]
    assert word in page
    assert word not in head
    assert "grief" not in page
    assert word not in kerttu.get(f"{LIST}export").text
    with world.app.app_context(), unscoped("a test"):
        remove_area(row_id, world.people["Penni"])
        lines = db.session.scalars(select(Change).where(Change.record == "core.area")).all()
        assert [line.action for line in lines] == ["create", "remove"]
        assert [(line.values_plain, line.values_sealed) for line in lines] == [(None, None)] * 2
        db.session.remove()


def test_an_area_stands_once_and_one_is_the_main(world: World) -> None:
    area(world)
    with pytest.raises(Invalid):
        area(world)
    area(world, code="eating")
    with world.app.app_context(), unscoped("a test"):
        mains = db.session.scalars(select(ExpertArea.main).order_by(ExpertArea.id)).all()
        assert mains == [False, True]
        db.session.remove()


def test_who_saw_a_certificate_first_stays(world: World) -> None:
    with world.app.app_context(), unscoped("a test"):
        values = {"expert_id": world.experts["Aino"], "kind": "basic", "state": "completed", "seen": True}
        row_id = add_training(values, world.laukaa, world.people["Penni"])
        change_training(row_id, {"seen": True, "course": "Kurssi"}, world.people["Maija"])
        row = db.session.get_one(ExpertTraining, row_id)
        assert (row.seen_by, row.course) == (world.people["Penni"], "Kurssi")
        assert row.seen_at is not None
        change_training(row_id, {"seen": False}, world.people["Maija"])
        row = db.session.get_one(ExpertTraining, row_id)
        assert (row.seen_by, row.seen_at) == (None, None)
        trained = next(field for field in EXPERTS.fields if field.key == "trained")
        both = [db.session.get_one(Expert, world.experts[name]) for name in ("Aino", "Koulu")]
        assert values_of(trained, both) == [True, False]
        db.session.remove()


def test_somebody_alike_is_told_before_anything_is_saved(world: World) -> None:
    penni = world.browser("Penni")
    typed = {**NEW, "organisation": world.laukaa, "phone": "040 123"}
    answer = penni.post(f"{LIST}new", **typed)
    assert answer.status_code == 422
    assert "knows somebody of the same name" in answer.text
    assert 'value="040 123"' in answer.text
    assert penni.post(f"{LIST}new", **typed, another="y").status_code == 303
    again = penni.post(f"{LIST}new", **{**typed, "name": "Muu", "phone": "040123"})
    assert "knows somebody of the same name" in again.text


def test_somebody_one_may_not_see_is_not_told(world: World) -> None:
    """Sari is Muurame's."""
    answer = world.browser("Penni").post(
        f"{LIST}new", **{**NEW, "name": "Sari", "organisation": world.laukaa}
    )
    assert answer.status_code == 303


def test_merging_fills_moves_and_hides(world: World) -> None:
    coordinator(world)
    area(world)
    with world.app.app_context(), unscoped("a test"):
        values = {**NEW, "municipality": "410", "languages": ("fi", "sv"), "phone": "040 9"}
        double = create_expert(values, world.laukaa, world.people["Penni"])
        update_expert(world.experts["Aino"], {"municipality": ""}, world.people["Penni"])
        training = {"expert_id": double, "kind": "basic", "state": "completed"}
        add_training(training, world.laukaa, world.people["Penni"])
        assert [[row.name for row in group] for group in doubles(db.session())] == [["Aino", "Aino"]]
        db.session.remove()
    aino, kerttu = world.experts["Aino"], world.browser("Kerttu")
    merge = "/o/laukaa/experts/merge"
    assert "Compare and merge" in kerttu.get("/o/laukaa/experts/doubles").text
    assert "Compare and merge" in kerttu.get(merge).text
    assert "Laukaa" in kerttu.get(f"{merge}?keep={aino}&gone={double}").text
    assert world.browser("Penni").get(f"{merge}?keep={aino}&gone={double}").status_code == 403
    assert kerttu.post(merge, keep=aino, gone=world.experts["Sari"]).status_code == 404
    assert kerttu.post(merge, keep=aino, gone=double).status_code == 303
    assert kerttu.get(f"{LIST}{double}/").status_code == 404
    assert world.values(Expert, aino)["municipality"] == "410"
    with world.app.app_context(), unscoped("a test"):
        row = db.session.get_one(Expert, aino)
        values = {f.key: values_of(f, [row])[0] for f in EXPERTS.fields if f.loads}
        assert (values["languages"], values["phone"]) == (("fi", "sv"), "040 9")
        assert db.session.scalars(select(ExpertTraining.expert_id)).all() == [aino]
        assert doubles(db.session()) == []
        with pytest.raises(Invalid):
            merge_experts(aino, double, world.people["Penni"])
        db.session.remove()


def test_a_scope_bounds_the_rows_of_an_expert(world: World) -> None:
    """Without a scope nothing of an expert is read."""
    area(world)
    with world.app.app_context():
        with pytest.raises(Exception, match="without a scope"):
            db.session.scalars(select(ExpertArea)).all()
        with pytest.raises(Exception, match="scoped table"), writing() as session:
            session.execute(text("SELECT area_id FROM expert_area"))
        db.session.remove()
