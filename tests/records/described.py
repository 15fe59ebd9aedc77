"""A description for tests of lists: every kind of filter, and a field not everybody may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, select

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.records.acting import Action, row_by_row
from core.records.description import Field, Record
from core.records.errors import Invalid
from core.users.models import Person
from tests.records.conftest import GRANTS

WHY = {"purpose": "A test", "retention": "A day"}
STATES = {"active": "Active", "paused": "On a break", "ended": "Ended"}


def emails(ids: Collection[int]) -> dict[int, Any]:
    query = select(Expert.id, Person.email).join(Person, Person.id == Expert.person_id)
    return {row[0]: row[1] for row in db.session().execute(query.where(Expert.id.in_(ids)))}


def with_email(_op: str, value: Any) -> ColumnElement[bool]:
    return Expert.person_id.in_(select(Person.id).where(Person.email.contains(value)))


def pause(expert_id: int, _actor_id: int) -> None:
    with writing() as session:
        expert = session.get_one(Expert, expert_id)
        if expert.status == "ended":
            raise Invalid({"status": "Has ended."})
        expert.status = "paused"


LISTED = Record(
    key="core.expert",
    label="Expert",
    plural="Experts",
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    export="core.experts.export",
    subject="person_id",
    sensitive=True,
    children=(replace(GRANTS, fields=tuple(replace(f, filterable=f.type == "date") for f in GRANTS.fields)),),
    actions=(
        Action(
            key="pause",
            label="Give a break",
            permission="core.experts.manage",
            run=row_by_row(pause),
            text="They get no tasks.",
        ),
    ),
    fields=(
        Field(key="name", label="Name", sortable=True, sort_column="sort_key", filterable=True),
        Field(key="municipality", label="Municipality", filterable=True, export="core.people.manage"),
        Field(
            key="status", label="Status", type="choice", choices=lambda _o: STATES.items(), filterable=True
        ),
        Field(
            key="organisation_id", label="Organisation", type="organisation", filterable=True, in_list=False
        ),
        Field(key="person_id", label="Number", type="integer", filterable=True, sortable=True, in_list=False),
        Field(
            key="email",
            label="E-mail",
            type="email",
            loads=emails,
            criterion=with_email,
            filterable=True,
            in_form=False,
            read="core.people.manage",
            **WHY,
        ),
        Field(key="title", label="Title", in_list=False, in_detail=False, in_export=False),
    ),
)
