"""Contact persons of an organisation, and their only writers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import today
from core.log.services import record_change
from core.organisations.contacts.models import OrganisationContact
from core.records.description import Record
from core.records.errors import Invalid
from core.records.writing import store
from core.users.models import Person

RECORD = "core.contact"
TEXTS = ("name", "task", "phone", "email")


@dataclass(frozen=True)
class Contact:
    """Whom to ask, as pages show it; what is not known is empty."""

    name: str
    task: str
    phone: str
    email: str


def contacts_today(session: Session, organisation_id: int) -> list[Contact]:
    """The organisation's contact persons of today, within the session's scope."""
    day = today()
    query = (
        select(OrganisationContact, Person.name, Person.phone, Person.email)
        .outerjoin(Person, Person.id == OrganisationContact.person_id)
        .where(
            OrganisationContact.organisation_id == organisation_id,
            OrganisationContact.valid_from <= day,
            or_(OrganisationContact.valid_to.is_(None), OrganisationContact.valid_to >= day),
        )
        .order_by(OrganisationContact.valid_from, OrganisationContact.id)
    )
    return [
        Contact(name or row.name, row.task, row.phone or phone or "", row.email or email or "")
        for row, name, phone, email in session.execute(query)
    ]


def names_of_contacts(session: Session, contact_ids: Collection[int]) -> dict[int, str]:
    """What contact persons are called, by the rows' ids: the person's name where they are known."""
    query = select(OrganisationContact.id, func.coalesce(Person.name, OrganisationContact.name))
    query = query.outerjoin(Person, Person.id == OrganisationContact.person_id)
    found = session.execute(query.where(OrganisationContact.id.in_(contact_ids)))
    return {row[0]: row[1] for row in found}


def _described() -> Record:
    """The description; it names these services, so it is read when they are called."""
    from core.organisations.contacts.records import CONTACTS

    return CONTACTS


def create_contact(values: dict[str, Any], organisation_id: int, actor_id: int | None) -> int:
    """Add a contact person; gives the row's id. Raises `Invalid`."""
    given = {**dict.fromkeys(TEXTS), "valid_from": today(), **values}
    _check(given)
    with writing() as session:
        row = OrganisationContact(organisation_id=organisation_id)
        store(session, _described(), row, given, actor_id=actor_id, action="create")
        return row.id


def update_contact(contact_id: int, values: dict[str, Any], actor_id: int | None) -> None:
    """Change a contact person; raises `Invalid`."""
    with writing() as session:
        row = _row(session, contact_id)
        held = {key: getattr(row, key) for key in ("person_id", "name", "valid_from", "valid_to")}
        _check({**held, **values})
        store(session, _described(), row, values, actor_id=actor_id)


def remove_contact(contact_id: int, actor_id: int | None) -> None:
    """Take a contact person away; one who was it for a time is better given a last day."""
    with writing() as session:
        row = _row(session, contact_id)
        record_change(
            session,
            record=RECORD,
            row_id=row.id,
            action="remove",
            organisation_id=row.organisation_id,
            actor_id=actor_id,
        )
        session.delete(row)


def _row(session: Session, contact_id: int) -> OrganisationContact:
    row = session.get(OrganisationContact, contact_id)
    if row is None:
        raise Invalid({"": _("This record is no longer there.")})
    return row


def _check(values: Mapping[str, Any]) -> None:
    """Somebody is named, and the days are in order."""
    errors, first, last = {}, values.get("valid_from"), values.get("valid_to")
    if values.get("person_id") is None and not values.get("name"):
        errors["name"] = _("Choose a person or write a name.")
    if first is None:
        errors["valid_from"] = _("Fill in this field.")
    elif last is not None and last < first:
        errors["valid_to"] = _("The last day is before the first.")
    if errors:
        raise Invalid(errors)
