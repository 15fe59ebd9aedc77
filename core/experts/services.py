"""The rules of the register, and its only writers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.database.session import writing
from core.experts.models import Expert
from core.log.services import record_change
from core.records.errors import Invalid
from core.users.errors import UserError
from core.users.models import Person
from core.users.services import create_person, update_contact

RECORD = "core.expert"
OF_PERSON = ("name", "email", "phone")
OF_EXPERT = ("municipality", "title", "status")


def create_expert(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    """Add a person to the register, kept by the organisation; gives the expert's id."""
    with writing() as session, _beside_fields():
        person_id = create_person(
            values["name"] or "", email=values.get("email"), phone=values.get("phone"), actor_id=actor_id
        )
        person = session.get_one(Person, person_id)
        expert = Expert(
            person_id=person_id, organisation_id=organisation_id, name=person.name, sort_key=person.sort_key
        )
        _set(expert, values)
        session.add(expert)
        session.flush()
        _log(session, expert, actor_id, "create", values)
        return expert.id


def update_expert(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change an expert's details; name and contact are the person's."""
    contact = {key: values[key] for key in OF_PERSON if key in values}
    with writing() as session, _beside_fields():
        expert = session.get(Expert, expert_id)
        if expert is None:
            raise Invalid({"": _("This record is no longer there.")})
        changed = [*update_contact(expert.person_id, contact, actor_id=actor_id), *_set(expert, values)]
        if changed:
            _log(session, expert, actor_id, "update", changed)


@contextmanager
def _beside_fields() -> Iterator[None]:
    """What the rules of people refuse stands beside the field it is about."""
    try:
        yield
    except UserError as error:
        raise Invalid({error.code if error.code in OF_PERSON else "": error.text}) from None


def _set(expert: Expert, values: dict[str, Any]) -> list[str]:
    """Store the given values of the register's own; tells which of them are new."""
    given = {key: values[key] or "" for key in OF_EXPERT if key in values}
    changed = [key for key, value in given.items() if getattr(expert, key) != value]
    for key in changed:
        setattr(expert, key, given[key])
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
