"""What one may not read is nowhere on a page; what one may not write is kept, whatever is posted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from core.experts import records
from core.experts.models import Expert
from core.records.description import Record
from tests.records import conftest
from tests.records.conftest import World

LIST = "/o/laukaa/records/core.expert/"
WORD = "Somewhere"  # the municipality of each expert in this world
NOBODY = "core.held_by_nobody"
FORM = {"name": "Aino", "title": "peer", "status": "active", "municipality": "Stolen"}


@dataclass
class Guard:
    """Whose pages show the record, and the expert it is tried on."""

    world: World

    def texts(self) -> dict[str, str]:
        penni, row = self.world.browser("Penni"), f"{LIST}{self.world.experts['Aino']}/"
        return {page: penni.get(address).text for page, address in (
            ("list", LIST), ("detail", row), ("edit", f"{row}edit"), ("new", f"{LIST}new"))}  # fmt: skip

    def posted(self) -> str:
        penni, row_id = self.world.browser("Penni"), self.world.experts["Aino"]
        assert penni.post(f"{LIST}{row_id}/edit", **FORM).status_code == 303
        stored = self.world.values(Expert, row_id)
        assert stored["title"] == "peer", "the rest is stored"
        return str(stored["municipality"])


def guarded(record: Record, **described: Any) -> Record:
    plain = {"label": "Dwelling", "type": "text", "in_list": True, "in_form": True}
    fields = (replace(f, **plain, **described) if f.key == "municipality" else f for f in record.fields)
    return replace(record, fields=tuple(fields))


@pytest.fixture
def guarding(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "EXPERTS", guarded(records.EXPERTS, **request.param))


@pytest.fixture
def guard(guarding: None, world: World) -> Guard:  # the description must come first
    return Guard(world)


@pytest.mark.parametrize("guarding", [{}], indirect=True)
def test_without_a_permission_of_its_own_a_field_is_the_records(guard: Guard) -> None:
    assert all("Dwelling" in text for text in guard.texts().values())
    assert guard.posted() == "Stolen"


@pytest.mark.parametrize("guarding", [{"read": NOBODY}], indirect=True)
def test_what_one_may_not_read_is_absent(guard: Guard) -> None:
    for page, text in guard.texts().items():
        assert "Dwelling" not in text, page
        assert WORD not in text, page
    assert guard.posted() == WORD


@pytest.mark.parametrize("guarding", [{"write": NOBODY}], indirect=True)
def test_what_one_may_not_write_is_shown_and_kept(guard: Guard) -> None:
    texts = guard.texts()
    assert WORD in texts["list"]
    assert WORD in texts["detail"]
    assert "Dwelling" not in texts["edit"] + texts["new"]
    assert guard.posted() == WORD
