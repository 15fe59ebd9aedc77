"""The rules of the register, and its only writers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _

from core.database.session import writing
from core.database.types import today
from core.experts.likeness import refuse_alike
from core.experts.models import Expert
from core.records.description import Record
from core.records.errors import Invalid
from core.records.writing import index, store
from core.trust.erased import refuse_erased
from core.users.errors import UserError
from core.users.models import Person
from core.users.services import create_person, update_contact
from core.users.words import clean_email, clean_name, clean_phone

RECORD = "core.expert"
# What is the person's and only copied or shown here; everything else is as described.
OF_PERSON = {"name": clean_name, "email": clean_email, "phone": clean_phone}


def _described() -> Record:
    """The description; it names these services, so it is read when they are called."""
    from core.experts.records import EXPERTS

    return EXPERTS


def create_expert(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    """Add a person to the register, kept by the organisation; gives the expert's id.

    Where `another` is given and not true, somebody alike whom one may see is told instead (`Invalid`).
    """
    with writing() as session, _beside_fields():
        contact = _cleaned({"name": "", **values})
        if not values.get("another", True):
            refuse_alike(session, contact)
        email, phone = contact.get("email"), contact.get("phone")
        person_id = create_person(contact["name"] or "", email=email, phone=phone, actor_id=actor_id)
        person = session.get_one(Person, person_id)
        expert = Expert(
            person_id=person_id, organisation_id=organisation_id, sort_key=person.sort_key, checked_on=today()
        )
        store(session, _described(), expert, {**values, **contact}, actor_id=actor_id, action="create")
        return expert.id


def update_expert(expert_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change an expert's details; name and contact are the person's."""
    with writing() as session, _beside_fields():
        expert = session.get(Expert, expert_id)
        if expert is None:
            raise Invalid({"": _("This record is no longer there.")})
        refuse_erased(session, expert.person_id)
        contact = _cleaned(values)
        store(session, _described(), expert, {**values, **contact}, actor_id=actor_id)
        if update_contact(expert.person_id, contact, actor_id=actor_id):
            index(session, _described(), expert)


def _cleaned(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Name and contact as the person's service keeps them."""
    given = {key: values[key] for key in OF_PERSON if key in values}
    cleaned: dict[str, str | None] = {}
    for key, value in given.items():
        cleaned[key] = OF_PERSON[key](value or "") if value or key == "name" else None
    return cleaned


@contextmanager
def _beside_fields() -> Iterator[None]:
    """What the rules of people refuse stands beside the field it is about."""
    try:
        yield
    except UserError as error:
        raise Invalid({error.code if error.code in OF_PERSON else "": error.text}) from None
