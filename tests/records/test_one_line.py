"""The promise of descriptions: a field is one line, and stands everywhere. So is one added in the browser."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.records.description import Field, Record
from core.records.writing import store
from core.scope import unscoped
from core.testing.visitors import CSRF
from core.trust.copying import copy_of
from core.users.services import create_person
from tests.records.conftest import Browser, World

WHY: dict[str, Any] = {"personal": True, "purpose": "to try", "retention": "a day"}
LIST = "/o/laukaa/records/core.expert/"
FIELDS = "/o/{}/records/core.custom_field/"


def create(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    with writing() as session:
        person_id = create_person(values["name"], actor_id=actor_id)
        row = Expert(person_id=person_id, organisation_id=organisation_id, sort_key="x")
        store(session, NEW, row, values, actor_id=actor_id, action="create")
        return row.id


def update(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    with writing() as session:
        store(session, NEW, session.get_one(Expert, expert_id), values, actor_id=actor_id)


BEFORE = Record(
    key="core.expert",
    label="Expert",
    plural="Experts",
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    create=create,
    update=update,
    subject="person_id",
    same=(("name",),),
    fields=(Field(key="name", label="Name", required=True, **WHY),),
)
# The one new line; its column is there, as after its migration.
LINE = Field(key="title", label="Nickname", searchable=True, filterable=True, sortable=True, **WHY)
NEW = replace(BEFORE, fields=(*BEFORE.fields, LINE))


@pytest.fixture
def described(request: pytest.FixtureRequest) -> Record:
    return getattr(request, "param", NEW)


def found_by_words(browser: Browser, expert_id: int) -> bool:
    answer = browser.post("/o/laukaa/search", words="taika")
    return f"/records/core.expert/{expert_id}/" in answer.text


def copied(world: World, expert_id: int) -> str:
    """What the person gets when asking for what is kept about them."""
    with world.app.test_request_context():
        with unscoped("a test"):
            person_id = db.session().get_one(Expert, expert_id).person_id
        db.session.remove()
        copy = copy_of(person_id)
        columns = [str(column) for part in copy.parts for column in part.columns]
        found = json.dumps(copy.as_json(), ensure_ascii=False)
        db.session.remove()
    return f"{found} {columns}"


def everywhere(world: World, expert_id: int, key: str, label: str) -> dict[str, bool]:
    """Where the field stands, after it was filled in on the form."""
    browser, value = world.browser("Penni"), "Taika9"
    row = f"{LIST}{expert_id}/"
    form = browser.get(f"{row}edit").text
    saved = browser.post(f"{row}edit", name="Aino", **{key: value})
    page = browser.get(LIST).text
    found = browser.get(f"{LIST}?f.{key}={value.lower()}").text
    other = browser.get(f"{LIST}?f.{key}=nobody").text
    export, past = browser.get(f"{LIST}export?format=csv"), browser.get(f"{row}history").text
    sheet = list(csv.reader(io.StringIO(export.data.decode("utf-8-sig")), delimiter=";"))
    copy = copied(world, expert_id)
    return {
        "form": f'name="{key}"' in form and label in form and saved.status_code == 303,
        "new": f'name="{key}"' in browser.get(f"{LIST}new").text,
        "detail": label in browser.get(row).text and value in browser.get(row).text,
        "list": bool(re.search(rf"<th[^>]*>(<a[^>]*>)?{label}", page)) and value in page,
        "filter": f'name="f.{key}"' in page and value in found and value not in other,
        "import": brought(browser, label),
        "export": label in sheet[0] and any(value in line for line in sheet[1:]),
        "history": label in past and value in past,
        "search": found_by_words(browser, expert_id),
        "subject export": label in copy and value in copy,
    }


def brought(browser: Browser, label: str) -> bool:
    """Whether a file brings the field."""
    content = f"Name;{label}\nTuotu;Taika8\n".encode()
    data = {CSRF: browser.csrf, "file": (BytesIO(content), "rekisteri.csv")}
    answer = browser.client.post(f"{LIST}import", data=data)
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.location).text
    hidden = {key: re.findall(rf'name="{key}" value="(\d+)"', page) for key in ("new", "changed")}
    if not all(hidden.values()):
        return False
    done = browser.post(answer.location, **{key: found[0] for key, found in hidden.items()})
    return done.status_code == 303 and "Taika8" in browser.get(LIST).text


def test_a_new_line_stands_everywhere(world: World) -> None:
    found = everywhere(world, world.experts["Aino"], "title", "Nickname")
    assert [place for place, there in found.items() if not there] == []


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_without_the_line_it_stands_nowhere(world: World) -> None:
    found = everywhere(world, world.experts["Aino"], "own_nick", "Nickname")
    assert [place for place, there in found.items() if there] == []


def add_in_browser(browser: Browser, org: str = "laukaa", **more: str) -> Any:
    form = {
        "label-fi": "Nickname", "record": "core.expert", "type": "text", "key": "nick", "position": "5",
        "in_list": "y", "filterable": "y", "searchable": "y",
        "personal": "y", "purpose": "Kutsumiseen", "retention": "Vuosi",
        **more,
    }  # fmt: skip
    return browser.post(f"{FIELDS.format(org)}new", **form)


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_a_field_added_in_the_browser_stands_everywhere_and_there_alone(world: World) -> None:
    penni, maija = world.browser("Penni"), world.browser("Maija")
    answer = add_in_browser(penni, organisation=str(world.laukaa))
    assert answer.status_code == 303, answer.text
    found = everywhere(world, world.experts["Aino"], "own_nick", "Nickname")
    assert [place for place, there in found.items() if not there] == []
    elsewhere = "/o/muurame/records/core.expert/"
    for address in (elsewhere, f"{elsewhere}new", f"{elsewhere}{world.experts['Sari']}/"):
        page = maija.get(address)
        assert page.status_code == 200
        assert "Nickname" not in page.text
    assert maija.get(f"{elsewhere}?f.own_nick=x").status_code == 400


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_a_unit_below_has_it_and_a_row_lent_by_another_has_not(world: World) -> None:
    penni, maija = world.browser("Penni"), world.browser("Maija")
    add_in_browser(penni, organisation=str(world.laukaa))
    add_in_browser(maija, "muurame", **{"label-fi": "Theirs", "key": "theirs"})
    assert 'name="own_nick"' in penni.get(f"/o/koulu/records/core.expert/{world.experts['Koulu']}/edit").text
    granted = world.experts["Granted"]
    assert maija.post(f"/o/muurame/records/core.expert/{granted}/edit", name="G", own_theirs="Salainen7")
    assert "Salainen7" in maija.get(f"/o/muurame/records/core.expert/{granted}/").text
    lent = penni.get(f"{LIST}{granted}/")
    assert lent.status_code == 200
    assert "Theirs" not in lent.text
    assert "Salainen7" not in lent.text
    found = f"/records/core.expert/{granted}/"
    assert found in maija.post("/o/muurame/search", words="salainen7").text
    assert found not in penni.post("/o/laukaa/search", words="salainen7").text


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_a_new_row_is_made_with_it(world: World) -> None:
    penni = world.browser("Penni")
    add_in_browser(penni, organisation=str(world.laukaa), required="y")
    form = {"name": "Uusi", "organisation": str(world.school)}
    assert penni.post(f"{LIST}new", **form).status_code == 422
    answer = penni.post(f"{LIST}new", **form, own_nick="Taika9")
    assert answer.status_code == 303
    assert "Taika9" in penni.get(answer.location).text


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_what_the_form_of_fields_refuses_stands_beside_it(world: World) -> None:
    penni = world.browser("Penni")
    for wrong, words in (
        ({"key": "Nick"}, "Write a key of small letters"),
        ({"purpose": ""}, "Say this of what tells something about a person."),
        ({"type": "choice", "choices": ""}, "Write the choices"),
    ):
        answer = add_in_browser(penni, organisation=str(world.laukaa), **wrong)
        assert answer.status_code == 422
        assert words in answer.text


@pytest.mark.parametrize("described", [BEFORE], indirect=True)
def test_only_an_administrator_adds_fields(world: World) -> None:
    assert world.browser("Maija").get(FIELDS.format("laukaa")).status_code == 404
    assert "Custom fields" in world.browser("Penni").get("/o/laukaa/").text
