"""Contact persons of an organisation, and their only writers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import today
from core.log.services import record_change
from core.organisations.contacts.models import OrganisationContact
from core.records.errors import Invalid
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


def create_contact(values: dict[str, Any], organisation_id: int, actor_id: int | None) -> int:
    """Add a contact person; gives the row's id. Raises `Invalid`."""
    with writing() as session:
        row = OrganisationContact(organisation_id=organisation_id, **dict.fromkeys(TEXTS, ""))
        _set(row, {"valid_from": today(), **values})
        _check(row)
        session.add(row)
        session.flush()
        _log(session, row, "create", actor_id, [])
        return row.id


def update_contact(contact_id: int, values: dict[str, Any], actor_id: int | None) -> None:
    """Change a contact person; raises `Invalid`."""
    with writing() as session:
        row = _row(session, contact_id)
        changed = _set(row, values)
        _check(row)
        if changed:
            _log(session, row, "update", actor_id, changed)


def remove_contact(contact_id: int, actor_id: int | None) -> None:
    """Take a contact person away; one who was it for a time is better given a last day."""
    with writing() as session:
        row = _row(session, contact_id)
        _log(session, row, "remove", actor_id, [])
        session.delete(row)


def _row(session: Session, contact_id: int) -> OrganisationContact:
    row = session.get(OrganisationContact, contact_id)
    if row is None:
        raise Invalid({"": _("This record is no longer there.")})
    return row


def _set(row: OrganisationContact, values: dict[str, Any]) -> list[str]:
    """Store the values that are columns of one's own; tells which of them are new."""
    columns = set(inspect(OrganisationContact).column_attrs.keys()) - {"id", "organisation_id"}
    given = {key: value or "" if key in TEXTS else value for key, value in values.items() if key in columns}
    changed = [key for key, value in given.items() if getattr(row, key) != value]
    for key in changed:
        setattr(row, key, given[key])
    return sorted(changed)


def _check(row: OrganisationContact) -> None:
    """Somebody is named, and the days are in order."""
    errors = {}
    if row.person_id is None and not row.name:
        errors["name"] = _("Choose a person or write a name.")
    if row.valid_from is None:
        errors["valid_from"] = _("Fill in this field.")
    elif row.valid_to is not None and row.valid_to < row.valid_from:
        errors["valid_to"] = _("The last day is before the first.")
    if errors:
        raise Invalid(errors)


def _log(
    session: Session, row: OrganisationContact, action: str, actor_id: int | None, fields: list[str]
) -> None:
    record_change(
        session, record=RECORD, row_id=row.id, action=action, fields=fields,
        organisation_id=row.organisation_id, actor_id=actor_id,
    )  # fmt: skip
