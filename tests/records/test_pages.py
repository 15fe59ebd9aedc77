"""The pages of a record: who reaches which rows, what a form may change, how a list goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, select

from core.database.session import writing
from core.database.types import today
from core.experts.models import Expert, ExpertGrant
from core.extensions import db
from core.log.models import Change
from core.records import listing
from core.scope import unscoped
from core.users.models import Person
from tests.records.conftest import Browser, World, expert

pytestmark = pytest.mark.pages

LIST = "/o/laukaa/records/core.expert/"


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def add_experts(world: World, number: int) -> None:
    with world.app.app_context(), unscoped("many experts"):
        for each in range(number):
            expert(f"Expert {each:03d}", world.laukaa)
        db.session.remove()


def names(page: Any) -> list[str]:
    return [part.split("<")[0] for part in page.text.split('/">')[1:] if "</a></th>" in part[:100]]


def test_list_shows_own_units_and_granted_rows_only(world: World) -> None:
    page = world.browser("Penni").get(LIST)
    assert page.status_code == 200
    assert names(page) == ["Aino", "Granted", "Koulu"]


def test_one_page_at_region_municipality_and_unit(world: World) -> None:
    penni = world.browser("Penni")
    for place, shown in (
        ("maakunta", ["Aino", "Granted", "Koulu"]),
        ("laukaa", ["Aino", "Granted", "Koulu"]),
        ("koulu", ["Granted", "Koulu"]),
    ):
        assert names(penni.get(f"/o/{place}/records/core.expert/")) == shown


def test_an_ended_or_withdrawn_grant_shows_nothing(world: World) -> None:
    with world.app.app_context(), unscoped("withdrawal"):
        grant_id = db.session.scalar(select(ExpertGrant.id))
        db.session.remove()

        with writing() as session:
            session.get_one(ExpertGrant, grant_id).withdrawn_on = today()
        db.session.remove()
    assert world.browser("Penni").get(f"{LIST}{world.experts['Granted']}/").status_code == 404


def test_foreign_and_missing_rows_are_not_there(world: World) -> None:
    penni = world.browser("Penni")
    for row_id in (world.experts["Sari"], 999_999):
        for page in ("", "edit", "grant/", "grant/new", "grant/1/", "grant/1/edit", "grant/1/remove"):
            assert penni.get(f"{LIST}{row_id}/{page}").status_code == 404, page


def test_a_granted_row_may_be_seen_and_not_changed(world: World) -> None:
    penni, address = world.browser("Penni"), f"{LIST}{world.experts['Granted']}/"
    page = penni.get(address)
    assert page.status_code == 200
    assert f"{address}edit" not in page.text
    assert penni.get(f"{address}edit").status_code == 404
    assert penni.post(f"{address}edit", name="Mine now", title="peer", status="active").status_code == 404
    assert penni.get(f"{address}grant/new").status_code == 404


def test_a_child_is_not_reached_through_another_parent(world: World) -> None:
    penni = world.browser("Penni")
    with world.app.app_context():
        grant_id = db.session.scalar(select(ExpertGrant.id))
        db.session.remove()
    assert penni.get(f"{LIST}{world.experts['Granted']}/grant/{grant_id}/").status_code == 200
    assert penni.get(f"{LIST}{world.experts['Aino']}/grant/{grant_id}/").status_code == 404


def test_malformed_ids_are_unknown_addresses(world: World) -> None:
    penni = world.browser("Penni")
    for row_id in ("abc", "1,2", "-1", "1.0", "9" * 9, "9" * 10, "9" * 40, "1%2F2", "²"):
        for page in ("", "edit", "grant/", "grant/1/"):
            assert penni.get(f"{LIST}{row_id}/{page}").status_code == 404, (row_id, page)


def test_arguments_of_the_list(world: World) -> None:
    penni = world.browser("Penni")
    for arguments, status in (
        ("after=abc", 400),
        ("after=-1", 400),
        ("after=1,2", 400),
        ("after=²", 400),
        ("after=" + "9" * 20, 400),
        ("after=999999999", 404),
        ("sort=email", 400),
        ("sort=person_id", 400),
        ("sort=--name", 400),
        ("after=", 200),
        ("sort=-name", 200),
    ):
        assert penni.get(f"{LIST}?{arguments}").status_code == status, arguments


def test_a_page_after_a_foreign_row_is_not_there(world: World) -> None:
    """Else its place in the order would tell the name."""
    assert world.browser("Penni").get(f"{LIST}?after={world.experts['Sari']}").status_code == 404


def read_on(penni: Browser, address: str | None) -> list[list[str]]:
    """The names on each page, following the links from one to the next."""
    pages = []
    while address:
        page = penni.get(address)
        pages.append(names(page))
        _before, link, rest = page.text.partition('rel="next" href="')
        address = rest.split('"')[0].replace("&amp;", "&") if link else None
    return pages


def test_pages_meet_without_gap_or_overlap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    small = partial(listing.read_page, size=3)
    monkeypatch.setattr(listing, "read_page", small)
    expected = ["Aino", "Expert 000", "Expert 001", "Expert 002", "Granted", "Koulu"]
    add_experts(world, 3)  # with those of the world: exactly two pages
    penni = world.browser("Penni")
    for sort, whole in (("", expected), ("?sort=name", expected), ("?sort=-name", expected[::-1])):
        assert read_on(penni, LIST + sort) == [whole[:3], whole[3:]]
    with world.app.app_context(), unscoped("one more, of the same name"):
        expert("Aino", world.laukaa)
        db.session.remove()
    assert read_on(penni, LIST) == [["Aino", "Aino", "Expert 000"], expected[2:5], ["Koulu"]]


def test_the_same_number_of_statements_however_many_rows(world: World) -> None:
    penni = world.browser("Penni")
    penni.get(LIST)
    with counted(world) as few:
        penni.get(LIST)
    add_experts(world, 30)
    penni.get(LIST)
    with counted(world) as many:
        assert len(names(penni.get(LIST))) == 33
    assert len(many) == len(few)
    assert not any("count(" in statement.lower() for statement in many)


# Of what is described, what is not taken as any text.
GOOD = {"municipality": "410", "weekly": "mon_morning", "not_before": "", "not_after": ""}


def columns_as_posted(model: type[Any]) -> dict[str, str]:
    return {column.key: "3" for column in model.__table__.columns}


def test_a_form_changes_only_what_it_describes(world: World) -> None:
    aino = world.experts["Aino"]
    before = world.values(Expert, aino)
    posted = {**columns_as_posted(Person), **columns_as_posted(Expert), "email": "", "phone": ""}
    posted |= {"name": "Äinö", "title": "peer", "status": "paused", "organisation": str(world.muurame)}
    posted |= GOOD
    assert world.browser("Penni").post(f"{LIST}{aino}/edit", **posted).status_code == 303
    after = world.values(Expert, aino)
    changed = {key for key in before if before[key] != after[key]}
    more = {"car", "remote", "weekly", "availability"}
    assert changed == {"name", "sort_key", "municipality", "title", "status", *more}
    assert after["sort_key"] == "|in}"


def test_a_new_row_takes_only_what_is_described(world: World) -> None:
    posted = {**columns_as_posted(Expert), "email": "", "phone": "", "name": "Uusi", "title": "peer"}
    posted |= {**GOOD, "status": "active", "organisation": str(world.school), "id": "77"}
    answer = world.browser("Penni").post(f"{LIST}new", **posted)
    assert answer.status_code == 303
    row_id = int(answer.location.rstrip("/").split("/")[-1])
    stored = world.values(Expert, row_id)
    assert row_id != 77
    assert stored["organisation_id"] == world.school
    assert stored["sort_key"] == "uusi"
    assert stored["person_id"] != 3


def test_a_new_row_stays_within_reach(world: World) -> None:
    penni = world.browser("Penni")
    for chosen in ("", str(world.muurame), str(world.region), "999", "x"):
        answer = penni.post(f"{LIST}new", name="Uusi", title="peer", status="active", organisation=chosen)
        assert answer.status_code == 422, chosen
        assert "Organisation: Choose one" in answer.text


def test_where_only_one_organisation_is_possible_it_is_not_asked(world: World) -> None:
    penni = world.browser("Penni")
    page = penni.get("/o/koulu/records/core.expert/new")
    assert 'name="organisation"' not in page.text
    answer = penni.post("/o/koulu/records/core.expert/new", name="Uusi", title="peer", status="active")
    assert (
        world.values(Expert, int(answer.location.rstrip("/").split("/")[-1]))["organisation_id"]
        == world.school
    )


def test_errors_stand_at_the_top_and_beside_the_field(world: World) -> None:
    answer = world.browser("Penni").post(
        f"{LIST}{world.experts['Aino']}/edit", name=" ", email="x", title="no"
    )
    assert answer.status_code == 422
    assert "Correct 4 items" in answer.text
    for field, message in (("name", "Fill in this field."), ("title", "Choose one from the list.")):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-error"' in answer.text
        assert message in answer.text


def children(world: World) -> str:
    return f"{LIST}{world.experts['Aino']}/grant/"


def test_children_are_added_changed_and_removed_below_their_parent(world: World) -> None:
    penni, address = world.browser("Penni"), children(world)
    answer = penni.post(
        f"{address}new", purpose="tasks", organisation_id=str(world.school), valid_from="6.10.2026",
        expert_id=str(world.experts["Sari"]), withdrawn_on="7.10.2026",
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"{LIST}{world.experts['Aino']}/")
    page = penni.get(answer.location)
    row_id = int(page.text.split(f'href="{address}')[-1].split("/")[0])
    expected = {"expert_id": world.experts["Aino"], "valid_from": date(2026, 10, 6), "withdrawn_on": None}
    assert expected.items() <= world.values(ExpertGrant, row_id).items()

    penni.post(
        f"{address}{row_id}/edit", purpose="other", organisation_id=str(world.laukaa), valid_from="7.10.2026"
    )
    stored = world.values(ExpertGrant, row_id)
    assert (stored["purpose"], stored["organisation_id"]) == ("other", world.school)

    assert penni.get(f"{address}{row_id}/remove").status_code == 200
    assert penni.get(f"{address}{row_id}/").status_code == 200
    assert penni.post(f"{address}{row_id}/remove").status_code == 303
    assert penni.get(f"{address}{row_id}/").status_code == 404


def test_what_the_service_refuses_is_told_and_not_stored(world: World) -> None:
    answer = world.browser("Penni").post(
        f"{children(world)}new", purpose="refused", organisation_id=str(world.school), valid_from="6.10.2026"
    )
    assert answer.status_code == 422
    assert "Correct 2 items" in answer.text
    assert "Nothing was stored." in answer.text
    assert '<p class="field__error" id="purpose-error">' in answer.text


def test_without_a_token_nothing_is_written(world: World) -> None:
    penni, address = world.browser("Penni"), f"{LIST}{world.experts['Aino']}/edit"
    without = Browser(penni.client, "")
    assert without.post(address, name="X", title="peer", status="active").status_code == 400
    assert world.values(Expert, world.experts["Aino"])["name"] == "Aino"


def test_what_a_record_does_not_offer_has_no_address(world: World) -> None:
    assert world.browser("Penni").get(f"{LIST}{world.experts['Aino']}/remove").status_code == 404


def test_each_change_is_logged_by_field_keys(world: World) -> None:
    aino = world.experts["Aino"]
    world.browser("Penni").post(
        f"{LIST}{aino}/edit", name="Aino", municipality="410", title="peer", status="active"
    )
    with world.app.app_context():
        line = db.session.scalars(
            select(Change).where(Change.record == "core.expert").order_by(Change.id)
        ).all()[-1]
        logged = (line.row_id, line.action, line.actor_id, line.fields)
        db.session.remove()
    assert logged == (aino, "update", world.people["Penni"], ["municipality", "title"])


def test_no_stock_page_is_reachable(world: World) -> None:
    penni = world.browser("Penni")
    for address in ("/admin/", "/o/laukaa/admin/", "/o/laukaa/static/admin/css/bootstrap4/admin.css"):
        assert penni.get(address).status_code == 404
    overview = penni.get("/o/laukaa/records/")
    assert overview.status_code == 200
    assert LIST in overview.text


def test_a_row_without_a_name_still_has_a_title_and_a_link(world: World) -> None:
    with world.app.app_context(), unscoped("nameless"), writing() as session:
        session.get_one(ExpertGrant, 1).purpose = ""
    with world.app.app_context():
        db.session.remove()
    penni, address = world.browser("Penni"), f"{LIST}{world.experts['Granted']}/"
    assert f'<a href="{address}grant/1/">Grant</a>' in penni.get(address).text
    assert "<h1>Laukaa</h1>" in penni.get(f"{address}grant/1/").text
