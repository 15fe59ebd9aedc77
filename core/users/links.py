"""One-time links: invitations and sign-in links. Stored as a hash, used once, under the configured address.

Looking at a link changes nothing, because mail scanners open every link; pressing its button uses it up.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from core.users.errors import UserError
from core.users.models import Account, OneTimeLink, Person
from core.users.sessions import token_hash

INVITATION, SIGN_IN = "invitation", "sign_in"
LIFETIMES = {INVITATION: timedelta(days=7), SIGN_IN: timedelta(minutes=15)}


@dataclass(frozen=True)
class Link:
    """An open link and whose it is."""

    account_id: int
    person_id: int
    purpose: str
    name: str
    email: str
    language: str
    expires_at: datetime


def issue(session: Session, account_id: int, purpose: str, at: datetime) -> str:
    """A new link's token; `purpose` decides how long it holds."""
    token = secrets.token_urlsafe(24)
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            account_id=account_id,
            purpose=purpose,
            created_at=at,
            expires_at=at + LIFETIMES[purpose],
        )
    )
    session.flush()
    return token


def path(token: str) -> str:
    """Where the link leads within this service."""
    return f"/link/{token}"


def address(token: str) -> str:
    """The whole address, from the configuration: a request's Host header is the sender's word."""
    base: str = current_app.config["KOKEMUSSILTA"].base_url
    return base.rstrip("/") + path(token)


def look(session: Session, token: str, at: datetime) -> Link | None:
    """The link while it may still be used; nothing is used up."""
    row = session.execute(
        select(
            Account.id,
            Account.person_id,
            OneTimeLink.purpose,
            Person.name,
            Account.email,
            Person.language,
            OneTimeLink.expires_at,
        )
        .join(Account, Account.id == OneTimeLink.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(_open(token, at), Account.active)
    ).first()
    return Link(*row) if row else None


def use(session: Session, token: str, at: datetime) -> Link:
    """Use the link up. Of two at the same time one gets it; the other, as any late one, raises `link`."""
    link = look(session, token, at)
    if link is None:
        raise UserError("link")
    used = session.execute(
        update(OneTimeLink).where(_open(token, at)).values(used_at=at),
        execution_options={"synchronize_session": False},
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result always counts
        raise UserError("link")
    return link


def void(session: Session, account_id: int, at: datetime) -> None:
    """Close every open link of the account."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None))
        .values(used_at=at),
        execution_options={"synchronize_session": False},
    )


def void_made_with(session: Session, person_id: int, expires_at: datetime, at: datetime) -> None:
    """Close the invitation's link that was made at the same instant, and so ends at the same one."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    theirs = (OneTimeLink.account_id.in_(accounts), OneTimeLink.purpose == INVITATION)
    session.execute(
        update(OneTimeLink)
        .where(*theirs, OneTimeLink.expires_at == expires_at, OneTimeLink.used_at.is_(None))
        .values(used_at=at),
        execution_options={"synchronize_session": False},
    )


def _open(token: str, at: datetime) -> ColumnElement[bool]:
    return and_(
        OneTimeLink.token_hash == token_hash(token),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > at,
    )
