"""Fields an organisation adds: rules, where they hold, values of every type, filters, and their services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, func, select

from core.database.session import writing
from core.database.types import Texts, today
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.extensions import db
from core.log.models import Change
from core.log.values import opened
from core.records.conditions import Where, compiled
from core.records.custom.extending import extended, fields_of
from core.records.custom.models import CustomValue
from core.records.custom.services import create_field, update_field
from core.records.description import Record
from core.records.display import cells
from core.records.errors import Invalid
from core.scope import unscoped
from tests.records.conftest import World

ABOUT = replace(EXPERTS, subject="person_id")
VALUES: dict[str, tuple[Any, Any]] = {  # by type: one value, and a greater one where there are such
    "text": ("Äijälä", "Öljy"),
    "longtext": ("a\nb", "c"),
    "integer": (7, 8),
    "number": (Decimal("1.5"), Decimal("2.25")),
    "money": (1250, 1300),
    "date": (date(2026, 10, 6), date(2026, 10, 7)),
    "choice": ("S", "M"),
    "several": (("S", "M"), ("M",)),
    "yesno": (False, True),
}


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    with world.app.app_context(), world.app.test_request_context(), unscoped("a test"):
        yield world
        db.session.remove()


def add(organisation_id: int, key: str = "size", type_: str = "choice", **more: Any) -> int:
    values = {
        "label": Texts(fi="Paidan koko"), "record": "core.expert", "key": key, "type": type_,
        "choices": "S\nM | M sv | M en", "position": 10, "in_list": True, "filterable": type_ != "longtext",
        "personal": True, "purpose": "Paidat", "retention": "Vuosi", **more,
    }  # fmt: skip
    return create_field(values, organisation_id, None)  # type: ignore[arg-type]  # the system adds it


def own_keys(record: Record, organisation_id: int) -> list[str]:
    return [f.key for f in fields_of(record, organisation_id) if f.key.startswith("own_")]


def shown(record: Record, expert_id: int, organisation_id: int) -> dict[str, str]:
    fields = fields_of(record, organisation_id)
    row = db.session().get_one(Expert, expert_id)
    line = cells(fields, [row], organisation_id)[0]
    return {field.key: cell.text for field, cell in zip(fields, line, strict=True)}


def put(expert_id: int, organisation_id: int, **values: Any) -> None:
    update: Any = extended(ABOUT, organisation_id).update
    update(expert_id, values, None)


@contextmanager
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        seen.append(sql)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_it_holds_where_it_was_added_and_below_within_the_controller(inside: World) -> None:
    add(inside.laukaa)
    add(inside.region, "regional", "text")
    assert own_keys(EXPERTS, inside.laukaa) == ["own_size"]
    assert own_keys(EXPERTS, inside.school) == ["own_size"]
    assert own_keys(EXPERTS, inside.muurame) == []
    assert own_keys(EXPERTS, inside.region) == ["own_regional"]
    assert extended(EXPERTS, inside.muurame) is EXPERTS
    assert extended(EXPERTS, inside.laukaa) is extended(EXPERTS, inside.laukaa)


@pytest.mark.parametrize("type_", list(VALUES))
def test_a_value_of_each_type_is_kept_changed_and_taken_away(inside: World, type_: str) -> None:
    field_id = add(inside.laukaa, "x", type_)
    aino, (one, other) = inside.experts["Aino"], VALUES[type_]
    field = fields_of(ABOUT, inside.laukaa)[-1]
    assert field.loads is not None
    assert field.loads([aino]) == {}
    for value in (one, other):
        put(aino, inside.laukaa, own_x=value)
        assert field.loads([aino]) == {aino: value}
    put(aino, inside.laukaa, own_x=() if type_ == "several" else None)
    assert field.loads([aino]) == {}
    count = select(func.count(CustomValue.id)).where(CustomValue.field_id == field_id)
    assert db.session().scalar(count) == 0


@pytest.mark.parametrize("type_", list(VALUES))
def test_rows_are_found_as_conditions_say(inside: World, type_: str) -> None:
    add(inside.laukaa, "x", type_)
    aino, school, (one, other) = inside.experts["Aino"], inside.experts["Koulu"], VALUES[type_]
    put(aino, inside.laukaa, own_x=one)
    put(school, inside.school, own_x=other)
    record = extended(ABOUT, inside.laukaa)

    def found(op: Any, value: Any = None) -> set[int]:
        query = select(Expert.id).where(compiled(Where("own_x", op, value), record))
        return set(db.session().scalars(query)) & {aino, school, inside.experts["Sari"]}

    assert found("filled") == {aino, school}
    assert found("empty") == {inside.experts["Sari"]}
    if type_ == "several":
        assert found("contains", "S") == {aino}
        assert found("contains", "M") == {aino, school}
        return
    assert found("is", one) == {aino}
    assert found("is_not", one) == {school, inside.experts["Sari"]}
    assert found("one_of", (one, other)) == {aino, school}
    if type_ == "text":
        assert found("contains", "IJÄ") == {aino}
        assert found("contains", "%") == set()
    if type_ in ("integer", "number", "money", "date"):
        assert found("at_least", other) == {school}
        assert found("at_most", one) == {aino}


def test_values_of_a_page_cost_one_query_however_many_fields(inside: World) -> None:
    for number in range(10):
        add(inside.laukaa, f"x{number}", "text")
    put(inside.experts["Aino"], inside.laukaa, **{f"own_x{n}": "a" for n in range(10)})
    rows = list(db.session().scalars(select(Expert).order_by(Expert.id)))
    fields = [f for f in fields_of(ABOUT, inside.laukaa) if f.key.startswith("own_")]
    with counted() as seen:
        lines = cells(fields, rows, inside.laukaa)
    assert len([sql for sql in seen if "custom_value" in sql]) == 1
    assert [cell.text for cell in lines[0]] == ["a"] * 10


def test_a_new_row_takes_its_values_along(inside: World) -> None:
    add(inside.laukaa)
    create: Any = extended(ABOUT, inside.laukaa).create
    values = {"name": "Uusi", "title": "trained", "status": "active", "own_size": "M"}
    expert_id = create(values, inside.school, None)
    assert shown(ABOUT, expert_id, inside.school)["own_size"] == "M en"
    person_id = db.session().get_one(Expert, expert_id).person_id
    assert db.session().scalar(select(CustomValue.person_id)) == person_id
    assert db.session().scalar(select(CustomValue.organisation_id)) == inside.school


def test_a_refused_row_keeps_no_value(inside: World) -> None:
    add(inside.laukaa)
    with pytest.raises(Invalid):
        put(999999, inside.laukaa, own_size="M", name="x")
    assert db.session().scalar(select(func.count(CustomValue.id))) == 0


def test_a_key_that_does_not_hold_there_is_left_out(inside: World) -> None:
    add(inside.laukaa)
    update: Any = extended(ABOUT, inside.laukaa).update
    update(inside.experts["Sari"], {"own_size": "M"}, None)
    assert db.session().scalar(select(func.count(CustomValue.id))) == 0


def test_changes_stand_in_the_log_sealed(inside: World) -> None:
    add(inside.laukaa)
    put(inside.experts["Aino"], inside.laukaa, own_size="M")
    put(inside.experts["Aino"], inside.laukaa, own_size="M")
    query = select(Change).where(Change.record == "core.expert", Change.action == "update")
    (line,) = db.session().scalars(query)
    assert (line.fields, line.values_plain) == (["own_size"], None)
    assert opened(db.session(), [line]) == [{"own_size": [None, "M"]}]


def test_a_retired_field_is_read_and_no_more(inside: World) -> None:
    field_id = add(inside.laukaa)
    aino = inside.experts["Aino"]
    put(aino, inside.laukaa, own_size="M")
    update_field(field_id, {"retired_on": today() + timedelta(days=1)}, None)  # type: ignore[arg-type]
    assert extended(ABOUT, inside.laukaa).asked(new=True)[-1].key == "own_size"
    update_field(field_id, {"retired_on": today()}, None)  # type: ignore[arg-type]  # the system changes it
    record = extended(ABOUT, inside.laukaa)
    field = record.fields[-1]
    assert (field.in_form, field.in_list, field.filterable, field.imported) == (False,) * 4
    put(aino, inside.laukaa, own_size="S")
    assert shown(ABOUT, aino, inside.laukaa)["own_size"] == "M en"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"key": "Size"}, {"key"}),
        ({"key": "taken"}, {"key"}),
        ({"type": "texts"}, {"type"}),
        ({"choices": ""}, {"choices"}),
        ({"choices": "S\ns"}, {"choices"}),
        ({"choices": "| S"}, {"choices"}),
        ({"choices": "x" * 200}, {"choices"}),
        ({"purpose": ""}, {"purpose"}),
        ({"retention": None}, {"retention"}),
        ({"type": "longtext", "filterable": True}, {"filterable"}),
    ],
)
def test_what_is_refused(inside: World, change: dict[str, Any], refused: set[str]) -> None:
    add(inside.laukaa, "taken", "text")
    values = {"key": "size", **change}
    with pytest.raises(Invalid) as error:
        add(inside.school, values.pop("key"), values.pop("type", "choice"), **values)
    assert set(error.value.errors) == refused


def test_another_controller_may_use_the_same_key(inside: World) -> None:
    add(inside.laukaa)
    add(inside.muurame)
    assert own_keys(EXPERTS, inside.muurame) == ["own_size"]


def test_record_key_and_type_never_change(inside: World) -> None:
    field_id = add(inside.laukaa)
    update_field(field_id, {"key": "other", "type": "text", "record": "x"}, None)  # type: ignore[arg-type]
    field = fields_of(EXPERTS, inside.laukaa)[-1]
    assert (field.key, field.type) == ("own_size", "choice")


def test_another_process_sees_a_new_field_at_once(inside: World) -> None:
    """Another application on the same database, with a memory of its own."""
    from config import TestConfig
    from core import application

    config = inside.app.config["KOKEMUSSILTA"]
    other = application.build(
        TestConfig(
            database_url=config.database_url, database_owner_url=config.database_owner_url, safe_mode=True
        )
    )
    with other.app_context():
        assert own_keys(EXPERTS, inside.laukaa) == []
        db.session.remove()
    add(inside.laukaa)
    with other.app_context():
        assert own_keys(EXPERTS, inside.laukaa) == ["own_size"]
        db.session.remove()
        for engine in other.extensions["sqlalchemy"].engines.values():
            engine.dispose()


def test_a_change_that_is_taken_back_is_not_remembered(inside: World) -> None:
    with suppress(RuntimeError), writing():
        add(inside.laukaa)
        assert own_keys(EXPERTS, inside.laukaa) == ["own_size"]
        raise RuntimeError
    assert own_keys(EXPERTS, inside.laukaa) == []
