"""Who may read, write, find, sort by, export and import which fields."""

from __future__ import annotations

from typing import Any

import pytest

from core.experts.models import Expert
from core.records import rights
from core.records.conditions import Where
from core.records.description import BadDescription, Field, Record

PLAIN = Field(key="municipality", label="", sortable=True, searchable=True, filterable=True)
GUARDED = Field(
    key="name",
    label="",
    sortable=True,
    searchable=True,
    filterable=True,
    read="x.see",
    write="x.change",
    search="x.find",
    sort="x.sort",
    export="x.take",
)
INNER = Field(key="title", label="", in_export=False, in_import=False)
RECORD = Record(
    key="core.test",
    label="",
    plural="",
    model=Expert,
    fields=(PLAIN, GUARDED, INNER),
    read="x.read",
    write="x.write",
)
ALL = {"x.read", "x.write", "x.see", "x.change", "x.find", "x.sort", "x.take"}


def keys(asked: Any, held: set[str]) -> list[str]:
    return [field.key for field in asked(RECORD, held.__contains__)]


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        (rights.readable, "x.see"),
        (rights.writable, "x.change"),
        (rights.searchable, "x.find"),
        (rights.filterable, "x.find"),
        (rights.sortable, "x.sort"),
        (rights.exportable, "x.take"),
        (rights.importable, "x.change"),
    ],
)
def test_a_field_is_there_for_who_holds_its_permission_and_may_read_it(asked: Any, own: str) -> None:
    assert "name" in keys(asked, ALL)
    assert "name" not in keys(asked, ALL - {own})
    assert "name" not in keys(asked, ALL - {"x.see"})
    assert "municipality" in keys(asked, {"x.read", "x.write"})
    assert keys(asked, set()) == []


def test_what_the_description_leaves_out_stays_out() -> None:
    assert keys(rights.exportable, ALL) == ["municipality", "name"]
    assert keys(rights.importable, ALL) == ["municipality", "name"]
    assert keys(rights.searchable, ALL) == ["municipality", "name"]
    assert keys(rights.writable, {"x.read", "x.see"}) == []


def test_a_field_comes_from_a_file_as_from_a_form_unless_it_says_otherwise() -> None:
    assert Field(key="a", label="").imported
    assert not Field(key="a", label="", in_form=False).imported
    assert Field(key="a", label="", in_form=False, in_import=True).imported


@pytest.mark.parametrize(
    "described",
    [
        {"type": "unheard"},
        {"type": "several"},
        {"type": "expert"},
        {"type": "number", "decimals": 7},
        {"loads": dict, "column": "id"},
        {"loads": dict, "sortable": True},
    ],
)
def test_a_field_that_could_not_work_is_refused(described: dict[str, Any]) -> None:
    with pytest.raises(BadDescription):
        Field(key="it", label="It", **described)


@pytest.mark.parametrize(
    "described",
    [
        {"subject": "nowhere"},
        {"sensitive": True},
        {"fields": (Field(key="name", label="", show_if=Where("missing", "filled")),)},
        {"fields": (Field(key="name", label="", show_if=Where("name", "filled")),)},
    ],
)
def test_a_record_that_could_not_work_is_refused(described: dict[str, Any]) -> None:
    sound = {"key": "core.test", "label": "", "plural": "", "model": Expert, "fields": (), "read": "x"}
    Record(**sound)
    with pytest.raises(BadDescription):
        Record(**{**sound, **described})
