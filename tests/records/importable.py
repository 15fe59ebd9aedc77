"""A description whose rows may come from files: every way of reading a cell, and rules that refuse."""

from __future__ import annotations

from typing import Any

from core.database.session import writing
from core.database.types import sort_key
from core.experts.models import Expert
from core.records.conditions import Where
from core.records.description import Field, Record
from core.records.errors import Invalid
from core.records.writing import store
from core.users.services import create_person
from tests.records.described import STATES, WHY, emails


def create(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    if values.get("name") == "Kielletty":
        raise Invalid({"name": "Not this name."})
    with writing() as session:
        person_id = create_person(values["name"], email=values.get("email"), actor_id=actor_id)
        row = Expert(person_id=person_id, organisation_id=organisation_id, sort_key=sort_key(values["name"]))
        store(session, IMPORTED, row, values, actor_id=actor_id, action="create")
        return row.id


def update(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    with writing() as session:
        store(session, IMPORTED, session.get_one(Expert, expert_id), values, actor_id=actor_id)


IMPORTED = Record(
    key="core.expert",
    label="Expert",
    plural="Experts",
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    create=create,
    update=update,
    subject="person_id",
    sensitive=True,
    same=(("email",), ("name",)),
    fields=(
        Field(key="name", label="Name", required=True, searchable=True),
        Field(key="title", label="Title", max=12),
        Field(key="status", label="State", type="choice", required=True, default="active",
              choices=lambda _organisation_id: list(STATES.items())),
        Field(key="email", label="E-mail", type="email", fixed=True, loads=emails, searchable=True,
              search="core.people.manage",
              stores=lambda _session, _row, _value: None, **WHY),
        Field(key="municipality", label="Home", searchable=True, show_if=Where("status", "is", "active")),
        Field(key="organisation_id", label="Organisation", type="organisation", in_form=False),
    ),
)  # fmt: skip
