"""The tree in the browser: what an administrator of one controller may do there, and what nobody may."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core.database.types import Texts
from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import current_gate
from core.organisations.models import Organisation
from core.organisations.moving import move_organisation
from core.organisations.moving_plan import MoveRefused
from core.organisations.tree import OrganisationNode
from core.records.custom.services import create_field
from core.scope import JobScope, set_scope
from tests.organisations.conftest import Town, signed_in
from tests.users.conftest import Browser

pytestmark = pytest.mark.pages

TREE = "/o/laukaa/organisations"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def node(app: Flask, organisation_id: int) -> OrganisationNode:
    with app.app_context():
        found = current_gate().tree.by_id[organisation_id]
        db.session.remove()
    return found


def confirm(browser: Browser, page: str, **asked: str) -> int:
    """Look at the preview, then press its button."""
    address = f"{page}?" + "&".join(f"{key}={value}" for key, value in asked.items())
    seen = SEEN.search(browser.get(address).text)
    assert seen is not None
    return browser.post(page, address, seen=seen[1], **asked).status_code


def test_the_page_is_the_tree(penni: Browser) -> None:
    page = penni.get(TREE).text
    assert [page.index(name) for name in ("Laukaa", "Sivistys", "Kirjasto")] == sorted(
        page.index(name) for name in ("Laukaa", "Sivistys", "Kirjasto")
    )
    assert "/o/kirjasto/organisations/move" in page
    assert "/o/keskus/organisations" not in page  # it keeps its own register


def test_add_below(app: Flask, penni: Browser) -> None:
    new = "/o/sivistys/organisations/new"
    answer = penni.post(new, new, **{"name-fi": "Äiti ja lapsi", "kind": "family_centre"})
    assert answer.status_code == 303
    with app.app_context():
        row = db.session.scalars(select(Organisation).where(Organisation.slug == "aiti-ja-lapsi")).one()
        parent, controller = row.parent_id, row.controller_id
        db.session.remove()
    assert (node(app, parent or 0).slug, node(app, controller or 0).slug) == ("sivistys", "laukaa")
    assert "Äiti ja lapsi" in penni.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Iso Kirjain"), ("slug", "kirjasto"), ("business_id", "1234567-2"), ("kind", "olematon"),
        ("municipality_code", "999"), ("name-fi", ""), ("started", "32.13.2026"),
    ],
)  # fmt: skip
def test_what_cannot_be_stands_beside_its_field(app: Flask, penni: Browser, field: str, value: str) -> None:
    new = "/o/sivistys/organisations/new"
    answer = penni.post(new, new, **{"name-fi": "Uusi", "kind": "unit", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with app.app_context():
        assert len(current_gate().tree.by_id) == 8
        db.session.remove()


def test_a_rename_keeps_old_links(app: Flask, town: Town, penni: Browser) -> None:
    page = f"/o/kirjasto/records/core.organisation/{town.library}/edit"
    form = {"name-fi": "Pääkirjasto", "kind": "library", "slug": "paakirjasto"}
    assert penni.post(page, page, **form).status_code == 303
    old = penni.get("/o/kirjasto/people?after=1")
    assert (old.status_code, old.location) == (302, "/o/paakirjasto/people?after=1")
    assert penni.get("/o/kirjasto/").location == "/o/paakirjasto/"
    assert signed_in(app, "Kerttu Kuusikello").get("/o/kirjasto/").status_code == 404
    assert penni.post("/o/kirjasto/organisations/new", TREE).status_code == 404
    form = {"name-fi": "Toinen", "kind": "unit", "slug": "kirjasto"}
    assert penni.post("/o/sivistys/organisations/new", TREE, **form).status_code == 422
    back = f"/o/paakirjasto/records/core.organisation/{town.library}/edit"
    form = {"name-fi": "Kirjasto", "kind": "library", "slug": "kirjasto"}
    assert penni.post(back, back, **form).status_code == 303
    assert penni.get("/o/kirjasto/").status_code == 200
    assert penni.get("/o/paakirjasto/").location == "/o/kirjasto/"


def test_a_move_is_shown_first(app: Flask, town: Town, penni: Browser) -> None:
    page = "/o/kirjasto/organisations/move"
    shown = penni.get(f"{page}?target={town.health}").text
    assert "Kirjasto" in shown
    assert re.search("Saara Sote.*Hyvinvointi.* pääsee siihen", shown)
    assert re.search("Lauri Lumikontio.*Sivistys.* ei enää pääse", shown)
    assert node(app, town.library).parent_id == town.culture  # nothing happened yet
    assert confirm(penni, page, target=str(town.health)) == 303
    assert node(app, town.library).parent_id == town.health
    with app.app_context():
        change = db.session.scalars(select(Change).where(Change.action == "move")).one()
        assert (change.row_id, change.actor_id) == (town.library, town.penni)
        db.session.remove()


def test_a_button_of_yesterdays_preview_does_nothing(app: Flask, town: Town, penni: Browser) -> None:
    page = "/o/kirjasto/organisations/move"
    answer = penni.post(page, page, seen="0" * 20, target=str(town.health))
    assert (answer.status_code, node(app, town.library).parent_id) == (200, town.culture)


@pytest.mark.parametrize("target", ["muurame", "centre", "region", "school", "library"])
def test_only_within_ones_own_controller(app: Flask, town: Town, penni: Browser, target: str) -> None:
    """Nor below itself: what is not offered is refused when it is sent all the same."""
    page = f"/o/kirjasto/organisations/{'move' if target != 'school' else 'merge'}"
    wanted = getattr(town, target) if target != "school" else town.centre
    answer = penni.post(page, page, seen="", target=str(wanted), first_day="1.1.2026")
    assert answer.status_code == 422
    assert node(app, town.library).parent_id == town.culture


@pytest.mark.parametrize("deed", ["new", "move", "merge", "close"])
def test_nobody_else(app: Flask, town: Town, deed: str) -> None:
    """A verifier of the place lacks the permission; a neighbour and the centre do not see that it exists."""
    for name, code in (("Lauri Lumikontio", 403), ("Mauno Muuramelainen", 404), ("Kerttu Kuusikello", 404)):
        assert signed_in(app, name).get(f"/o/kirjasto/organisations/{deed}").status_code == code
    assert signed_in(app, "Penni Puronvarsi").get(f"/o/keskus/organisations/{deed}").status_code == 404
    assert node(app, town.library).ended is None


def test_close_and_open_again(app: Flask, town: Town, penni: Browser) -> None:
    page = "/o/kirjasto/organisations/close"
    assert penni.post(page, page, ended="1.2.2026").status_code == 303
    assert node(app, town.library).active is False
    assert "1.2.2026" in penni.get("/o/kirjasto/").text
    assert penni.post(page, page, ended="").status_code == 303
    assert node(app, town.library).active is True


def test_what_has_units_in_use_stays_open(app: Flask, town: Town, penni: Browser) -> None:
    page = "/o/sivistys/organisations/close"
    answer = penni.post(page, page, ended="1.2.2026")
    assert (answer.status_code, "Kirjasto" in answer.text) == (422, True)
    controller = "/o/laukaa/organisations/close"
    assert penni.post(controller, controller, ended="1.2.2026").status_code == 422
    assert node(app, town.laukaa).ended is None


def test_a_merger(app: Flask, town: Town, penni: Browser) -> None:
    """The old one stays under its successor, closed, with its name; its units go along; links lead on."""
    page = "/o/sivistys/organisations/merge"
    assert confirm(penni, page, target=str(town.health), first_day="2026-01-01") == 303
    old, library = node(app, town.culture), node(app, town.library)
    assert (str(old.name.fi), old.slug, old.active) == ("Sivistys", "sivistys-2025", False)
    assert (old.parent_id, old.successor_id, library.parent_id) == (town.health, town.health, town.health)
    assert penni.get("/o/sivistys/").location == "/o/hyvinvointi/"
    lauri = signed_in(
        app, "Lauri Lumikontio"
    )  # his role is in the old one: from the successor it leads there
    successor = lauri.get("/o/sivistys/", follow_redirects=True)
    assert "/o/sivistys-2025/" in successor.text
    page = lauri.get("/o/sivistys-2025/").text
    assert "31.12.2025" in page
    assert "Hyvinvointi" in page
    again = penni.post("/o/sivistys-2025/organisations/close", TREE, ended="")
    assert (again.status_code, node(app, town.culture).active) == (422, False)


def test_a_merger_with_what_is_above_tells_what_closes(app: Flask, town: Town, penni: Browser) -> None:
    page = "/o/sivistys/organisations/merge"
    shown = penni.get(f"{page}?target={town.laukaa}&first_day=2026-01-01").text
    assert "2 organisaatiota: Sivistys, Kirjasto" in shown
    assert confirm(penni, page, target=str(town.laukaa), first_day="2026-01-01") == 303
    assert (node(app, town.culture).parent_id, node(app, town.library).parent_id) == (town.laukaa,) * 2
    assert node(app, town.culture).active is False


def test_history_has_the_values_and_added_fields_come_along(app: Flask, town: Town, penni: Browser) -> None:
    """What the description gives every record: old and new values, and fields an organisation added."""
    with app.app_context():
        set_scope(db.session(), JobScope(town.laukaa))
        add_field(town)
        db.session.remove()
    new = "/o/sivistys/organisations/new"
    assert "Postilokero" in penni.get(new).text
    form = {"name-fi": "Uusi", "kind": "unit", "own_box": "77"}
    page = penni.post(new, new, **form).location
    assert "77" in penni.get(page).text
    edit = f"{page}edit"
    assert penni.post(edit, edit, **{**form, "slug": "uusi", "cost_centre": "4444"}).status_code == 303
    with app.app_context():
        changes = db.session.scalars(select(Change).where(Change.action == "update")).all()
        told = [change.values_plain for change in changes if "cost_centre" in change.fields]
        assert told == [{"cost_centre": [None, "4444"]}]
        db.session.remove()


def test_added_fields_stay_with_who_added_them(app: Flask, town: Town, penni: Browser) -> None:
    """A move tells which fields go, and is refused where two would have one key."""
    with app.app_context():
        set_scope(db.session(), JobScope(town.laukaa))
        add_field(town, town.culture)
        db.session.remove()
    page = "/o/kirjasto/organisations/move"
    shown = penni.get(f"{page}?target={town.health}").text
    assert re.search(r"eivät enää ole käytössä.*Postilokero", shown)
    with app.app_context():
        set_scope(db.session(), JobScope(town.muurame))
        add_field(town, town.muurame)
        with pytest.raises(MoveRefused, match="fields"):
            move_organisation(town.culture, town.muurame)  # as whoever runs the instance does
        db.session.remove()
    assert node(app, town.culture).parent_id == town.laukaa


def add_field(town: Town, organisation_id: int | None = None) -> None:
    """A text that Laukaa, or one below it, keeps of its organisations."""
    about = {"record": "core.organisation", "key": "box", "label": Texts(fi="Postilokero"), "type": "text"}
    values = {
        **about,
        "choices": "",
        "position": 10,
        "in_list": False,
        "filterable": False,
        "personal": False,
    }
    create_field(values, organisation_id or town.laukaa, town.penni)
