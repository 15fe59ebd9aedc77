"""One key per person for the personal values in the change log: deleting it is erasing them for good."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.database.ciphers import SecretUnreadable, resealed, seal, unseal
from core.database.types import now
from core.log.models import PersonKey
from core.users.models import Person

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

log = logging.getLogger(__name__)
_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def cipher_for(session: Session, person_id: int) -> Fernet | None:
    """The person's cipher inside `writing()`, made when first needed; None for somebody who was erased.

    Two who need it first at the same time get the same one: the second waits for the first to commit. Where
    no key of DATA_KEYS opens it there is none either: a change is not held up by the history of others.
    """
    held = session.get(PersonKey, person_id)
    sealed = held.sealed if held else _make(session, person_id)
    try:
        return None if sealed is None else _opened(person_id, sealed)
    except SecretUnreadable:
        log.error("a person's key opens with none of DATA_KEYS", extra={"person_id": person_id})
        return None


def _make(session: Session, person_id: int) -> str | None:
    from cryptography.fernet import Fernet

    sealed = seal(_place(person_id), Fernet.generate_key().decode("ascii"))
    living = select(Person.id, literal(sealed), literal(now(), PersonKey.created_at.type)).where(
        Person.id == person_id, Person.blanked_at.is_(None)
    )
    insert: Any = _INSERTS[session.get_bind().dialect.name](PersonKey)
    session.execute(
        insert.from_select(["person_id", "sealed", "created_at"], living).on_conflict_do_nothing()
    )
    return session.scalar(select(PersonKey.sealed).where(PersonKey.person_id == person_id))


def known_ciphers(session: Session, person_ids: Collection[int]) -> Mapping[int, Fernet]:
    """The ciphers of those who have one that opens; at most one query, whatever their number."""
    found: dict[int, Fernet] = {}
    if not person_ids:
        return found
    query = select(PersonKey.person_id, PersonKey.sealed).where(PersonKey.person_id.in_(person_ids))
    for person_id, sealed in session.execute(query):
        try:
            found[person_id] = _opened(person_id, sealed)
        except SecretUnreadable:
            continue  # a key of DATA_KEYS that was lost; `flask modules rotate-secrets` names the person
    return found


def forget_key(session: Session, person_id: int) -> None:
    """Erase the person's history for good, inside `writing()`: nobody reads its personal values again."""
    session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))


def reseal_keys(session: Session) -> tuple[int, list[int]]:
    """Seal every person's key with the newest of DATA_KEYS; how many, and the persons whose key is lost."""
    done, lost = 0, []
    for row in session.scalars(select(PersonKey).order_by(PersonKey.person_id)):
        try:
            row.sealed = resealed(row.sealed)
            done += 1
        except SecretUnreadable:
            lost.append(row.person_id)
    return done, lost


def _opened(person_id: int, sealed: str) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(unseal([_place(person_id)], sealed))


def _place(person_id: int) -> tuple[str, int, str]:
    return ("core.person_key", person_id, "key")
