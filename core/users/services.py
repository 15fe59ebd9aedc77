"""The only writers of persons, accounts and memberships.

Each one writes one line of the change log in its own transaction and raises `UserError` when a rule says no.
`actor_id` is the person who does it; None is the system itself: a command, or the demonstration being loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import LANGUAGES
from core.database.session import writing
from core.database.types import HELSINKI, now, sort_key
from core.experts.names import follow_name
from core.log.services import record_change
from core.users import links, sessions
from core.users.errors import UserError, taken
from core.users.granting import account_to_close, check_grant, new_membership
from core.users.models import Account, Membership, Person
from core.users.words import clean_email, clean_name, clean_phone


def create_person(
    name: str,
    *,
    actor_id: int | None = None,
    email: str | None = None,
    phone: str | None = None,
    language: str = "fi",
    at: datetime | None = None,
) -> int:
    """Add a person, who need not have an account, and give their id."""
    name, language = clean_name(name), check_language(language)
    email = clean_email(email) if email else None
    phone = clean_phone(phone) if phone else None
    with writing() as session:
        person = Person(
            name=name,
            sort_key=sort_key(name),
            email=email,
            phone=phone,
            language=language,
            created_at=at or now(),
        )
        session.add(person)
        session.flush()
        fields = ("name", "email", "phone", "language")
        record_change(
            session,
            record="core.person",
            row_id=person.id,
            action="create",
            fields=fields,
            actor_id=actor_id,
            at=at,
        )
        return person.id


def update_person(person_id: int, *, name: str, language: str, actor_id: int | None) -> None:
    """Change the person's name and the language of their pages and mail."""
    values = {"name": clean_name(name), "language": check_language(language)}
    with writing() as session:
        _change(session, person_id, values, actor_id)


def update_contact(person_id: int, values: Mapping[str, str | None], *, actor_id: int | None) -> list[str]:
    """Change those of name, email and phone that are given; tells which of them are new."""
    cleaned: dict[str, str | None] = {}
    if "name" in values:
        cleaned["name"] = clean_name(values["name"] or "")
    for key, clean in (("email", clean_email), ("phone", clean_phone)):
        if key in values:
            value = values[key]
            cleaned[key] = clean(value) if value else None
    with writing() as session:
        return _change(session, person_id, cleaned, actor_id)


def _change(
    session: Session, person_id: int, values: Mapping[str, str | None], actor_id: int | None
) -> list[str]:
    """Store what is new and log it. A new name is the register's too."""
    person = _person(session, person_id)
    changed = [key for key, value in values.items() if getattr(person, key) != value]
    for key in changed:
        setattr(person, key, values[key])
    if "name" in changed:
        person.sort_key = sort_key(person.name)
        follow_name(session, person)
    if changed:
        record_change(
            session,
            record="core.person",
            row_id=person_id,
            action="update",
            fields=changed,
            actor_id=actor_id,
        )
    return changed


def set_language(person_id: int, language: str) -> None:
    """Change the language of the person's pages and mail; their own choice, so it is not logged."""
    language = check_language(language)
    with writing() as session:
        _person(session, person_id).language = language


def create_account(
    person_id: int,
    email: str,
    *,
    actor_id: int | None,
    password_hash: str | None = None,
    is_operator: bool = False,
    at: datetime | None = None,
) -> int:
    """Let the person sign in with this address and give the account's id. Hash a password beforehand."""
    email = clean_email(email)
    with writing() as session:
        _person(session, person_id)
        if session.scalar(select(Account.id).where(Account.person_id == person_id)):
            raise UserError("has_account")
        if session.scalar(select(Account.id).where(Account.email == email)):
            raise UserError("email_taken")
        account = Account(
            person_id=person_id,
            email=email,
            password_hash=password_hash,
            active=True,
            is_operator=is_operator,
            created_at=at or now(),
        )
        session.add(account)
        with taken("email_taken"):
            session.flush()
        record_change(
            session,
            record="core.account",
            row_id=account.id,
            action="create",
            fields=["email"],
            actor_id=actor_id,
            at=at,
        )
        return account.id


def make_operator(account_id: int, *, at: datetime | None = None) -> int:
    """Let an account run the instance; a disabled one works again. Only a command does this."""
    with writing() as session:
        account = session.get_one(Account, account_id)
        account.is_operator = account.active = True
        record_change(
            session,
            record="core.account",
            row_id=account_id,
            action="operator",
            fields=["is_operator"],
            actor_id=None,
            at=at,
        )
        return account_id


def add_membership(
    person_id: int,
    organisation_id: int,
    role: str,
    *,
    actor_id: int | None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    at: datetime | None = None,
) -> int:
    """Give the person a role, both days included, and give the membership's id.

    The actor must hold every permission of the role at that organisation, and is never the person.
    """
    at = at or now()
    day = day_of(at)
    valid_from = valid_from or day
    if valid_to is not None and valid_to < valid_from:
        raise UserError("dates")
    with writing() as session:
        _person(session, person_id)
        check_grant(session, actor_id, person_id, organisation_id, role, day)
        membership = new_membership(session, person_id, organisation_id, role, valid_from, valid_to)
        with taken("already_member"):
            session.flush()
        fields = ("person", "role", "valid_from", "valid_to")
        record_change(
            session,
            record="core.membership",
            row_id=membership.id,
            action="create",
            fields=fields,
            actor_id=actor_id,
            organisation_id=organisation_id,
            at=at,
        )
        return membership.id


def end_membership(membership_id: int, *, actor_id: int | None, at: datetime | None = None) -> None:
    """End a role at once: yesterday was its last day, and the person is signed out everywhere."""
    at = at or now()
    day = day_of(at)
    with writing() as session:
        membership = session.get(Membership, membership_id)
        if membership is None:
            raise UserError("unknown")
        check_grant(session, actor_id, membership.person_id, membership.organisation_id, membership.role, day)
        if membership.valid_to is not None and membership.valid_to < day:
            raise UserError("ended")
        membership.valid_to = day - timedelta(days=1)
        sessions.end_all_of(session, membership.person_id, at)
        record_change(
            session,
            record="core.membership",
            row_id=membership_id,
            action="end",
            fields=["valid_to"],
            actor_id=actor_id,
            organisation_id=membership.organisation_id,
            at=at,
        )


def disable_account(person_id: int, *, actor_id: int | None, at: datetime | None = None) -> None:
    """Keep the person from signing in, and end their sessions and links at once. For the operator alone."""
    at = at or now()
    with writing() as session:
        account = account_to_close(session, person_id, actor_id)
        account.active = False
        sessions.end_all(session, account.id, at)
        links.void(session, account.id, at)
        record_change(
            session,
            record="core.account",
            row_id=account.id,
            action="disable",
            fields=["active"],
            actor_id=actor_id,
            at=at,
        )


def enable_account(person_id: int, *, actor_id: int | None, at: datetime | None = None) -> None:
    """Let the person sign in again; old sessions and links stay ended. For the operator alone."""
    at = at or now()
    with writing() as session:
        account = account_to_close(session, person_id, actor_id)
        account.active = True
        record_change(
            session,
            record="core.account",
            row_id=account.id,
            action="enable",
            fields=["active"],
            actor_id=actor_id,
            at=at,
        )


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.blanked_at is not None:
        raise UserError("unknown")
    return person


def check_language(language: str) -> str:
    """The language, if pages exist in it; else raises."""
    if language not in LANGUAGES:
        raise UserError("language")
    return language


def day_of(at: datetime) -> date:
    """The Finnish day of an instant."""
    return at.astimezone(HELSINKI).date()
