"""What a file may write of a row that is there goes by the row's own organisation, not by the file's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.records.description import Record
from core.users.services import add_membership, create_account, create_person
from tests.records.conftest import World, stored_experts
from tests.records.importable import IMPORTED
from tests.records.test_importing import looked

pytestmark = pytest.mark.pages
FILE = "Name;Title;State;E-mail;Home\n{};elder;active;;Somewhere\n"


@pytest.fixture
def described() -> Record:
    """Titles are for those who may add fields: administrators, and not coordinators."""
    fields = (replace(f, write="core.fields.manage") if f.key == "title" else f for f in IMPORTED.fields)
    return replace(IMPORTED, fields=tuple(fields))


@pytest.fixture
def both(world: World) -> World:
    """Bea, coordinator in all of Laukaa and administrator of its school alone."""
    with world.app.app_context():
        world.people["Bea"] = create_person("Bea", language="en", actor_id=None)
        create_account(world.people["Bea"], "bea@example.test", actor_id=None)
        add_membership(world.people["Bea"], world.laukaa, "coordinator", actor_id=None)
        add_membership(world.people["Bea"], world.school, "administrator", actor_id=None)
    return world


@pytest.mark.parametrize(("name", "refused"), [("Aino", True), ("Koulu", False)])
def test_a_field_is_written_where_one_may_write_it(both: World, name: str, refused: bool) -> None:
    _, page = looked(both.browser("Bea"), FILE.format(name), organisation=str(both.school))
    assert page.status_code == (422 if refused else 200)
    assert ("You may not change this field" in page.text) is refused
    assert ('name="changed" value="1"' in page.text) is not refused
    assert {one.title for one in stored_experts(both)} == {"trained"}
