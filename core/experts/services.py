"""The rules of the register, and its only writers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now, sort_key
from core.experts.models import Expert
from core.log.services import record_change
from core.records.errors import Invalid
from core.users.models import Person

RECORD = "core.expert"
OF_PERSON = ("name", "email", "phone")
OF_EXPERT = ("name", "municipality", "title", "status")


def create_expert(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    """Add a person to the register, kept by the organisation; gives the expert's id."""
    with writing() as session:
        person = Person(
            name=values["name"],
            sort_key=sort_key(values["name"]),
            email=values.get("email"),
            phone=values.get("phone"),
            created_at=now(),
        )
        session.add(person)
        session.flush()
        expert = Expert(person_id=person.id, organisation_id=organisation_id, sort_key=person.sort_key)
        _set(expert, values, OF_EXPERT)
        session.add(expert)
        session.flush()
        _log(session, expert, actor_id, "create", values)
        return expert.id


def update_expert(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change an expert's details; name and contact are the person's too."""
    with writing() as session:
        expert = session.get(Expert, expert_id)
        if expert is None:
            raise Invalid({"": _("This record is no longer there.")})
        person = session.get_one(Person, expert.person_id)
        changed = {*_set(person, values, OF_PERSON), *_set(expert, values, OF_EXPERT)}
        person.sort_key = expert.sort_key = sort_key(expert.name)
        if changed:
            _log(session, expert, actor_id, "update", changed)


def _set(row: Any, values: dict[str, Any], keys: tuple[str, ...]) -> list[str]:
    """Store the given values; tells which of them are new."""
    changed = []
    for key in keys:
        if key not in values:
            continue
        value = values[key] if key in ("email", "phone") else values[key] or ""
        if getattr(row, key) != value:
            setattr(row, key, value)
            changed.append(key)
    return changed


def _log(session: Session, expert: Expert, actor_id: int, action: str, fields: Iterable[str]) -> None:
    """Which fields changed, never their values."""
    record_change(
        session,
        record=RECORD,
        row_id=expert.id,
        action=action,
        fields=sorted(fields),
        actor_id=actor_id,
        organisation_id=expert.organisation_id,
    )
