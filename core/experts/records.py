"""How the register of experts looks."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.experts.models import Expert
from core.experts.services import RECORD, create_expert, update_expert
from core.extensions import db
from core.records.acting import Action, row_by_row
from core.records.description import Field, Record
from core.users.models import Person

PURPOSE = _l("Finding and reaching an expert for a task")
RETENTION = _l("As long as the expert takes part, and then as the law on archives says")
TITLES = {
    "trained": _l("Trained expert by experience"),
    "expert": _l("Expert by experience"),
    "actor": _l("Experience actor"),
    "peer": _l("Peer supporter"),
}
STATUSES = {"active": _l("Active"), "paused": _l("On a break"), "ended": _l("No longer takes part")}


def titles(_organisation_id: int) -> list[tuple[str, Any]]:
    """What an expert may be called."""
    return list(TITLES.items())


def statuses(_organisation_id: int) -> list[tuple[str, Any]]:
    """Whether an expert takes tasks."""
    return list(STATUSES.items())


def _contact(column: Any) -> Any:
    """Reads an expert's contact from the person behind the record."""

    def names(expert_ids: Collection[int]) -> dict[int, str]:
        query = select(Expert.id, column).join(Person, Person.id == Expert.person_id)
        found = db.session().execute(query.where(Expert.id.in_(expert_ids), column.is_not(None)))
        return {row[0]: row[1] for row in found}

    return names


def _set_status(status: str, expert_id: int, actor_id: int) -> None:
    update_expert(expert_id, {"status": status}, actor_id)


EXPERTS = Record(
    key=RECORD,
    label=_l("Expert by experience"),
    plural=_l("Experts by experience"),
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    create=create_expert,
    update=update_expert,
    export="core.experts.export",
    actions=(
        Action(key="pause", label=_l("Mark as on a break"), permission="core.experts.manage",
               run=row_by_row(partial(_set_status, "paused")),
               text=_l("They are offered no tasks until they are marked as active again.")),
        Action(key="activate", label=_l("Mark as active"), permission="core.experts.manage",
               run=row_by_row(partial(_set_status, "active")), text=_l("They can be offered tasks.")),
    ),
    fields=(
        Field(key="name", label=_l("Name"), required=True, sortable=True, sort_column="sort_key",
              filterable=True,
              personal=True, purpose=PURPOSE, retention=RETENTION),
        Field(key="municipality", label=_l("Municipality"), max=80, filterable=True,
              personal=True, purpose=PURPOSE, retention=RETENTION),
        Field(key="title", label=_l("Title"), type="choice", choices=titles, default="trained", required=True,
              filterable=True,
              personal=True, purpose=PURPOSE, retention=RETENTION),
        Field(key="email", label=_l("E-mail"), type="email", in_list=False, column="id",
              names=_contact(Person.email), purpose=PURPOSE, retention=RETENTION),
        Field(key="phone", label=_l("Phone"), type="phone", in_list=False, column="id",
              names=_contact(Person.phone), purpose=PURPOSE, retention=RETENTION),
        Field(key="status", label=_l("Status"), type="choice", choices=statuses, default="active",
              required=True, filterable=True, chips={"active": "ok", "paused": "wait", "ended": "plain"},
              personal=True, purpose=PURPOSE, retention=RETENTION),
        Field(key="organisation_id", label=_l("Responsible organisation"), type="organisation", in_list=False,
              in_form=False, filterable=True),
    ),
)  # fmt: skip
