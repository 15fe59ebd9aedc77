"""Tables of people and how they sign in. A person is not an account: many experts only have a phone."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class Person(WithId, Model):
    """Somebody: blanked when erased, never deleted. Four eyes compares persons, not accounts."""

    __tablename__ = "person"

    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2), default="fi")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blanked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Account(WithId, Model):
    """A way for one person to sign in. The address is kept in lower case."""

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    is_operator: Mapped[bool] = mapped_column(
        default=False, doc="runs the instance; sees no organisation's rows"
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UserSession(Model):
    """One signed-in browser. The cookie holds a random token; only its SHA-256 is stored."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeLink(Model):
    """An invitation or a sign-in link: used once, short-lived, stored as a hash."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20), doc="invitation or sign_in")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Membership(WithId, Model):
    """A person's role in an organisation and below it (within its controller), for some days."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id", "role", "valid_from"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    role: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class RoleInvitation(WithId, Model):
    """A role that waits for somebody to accept it. Accepted or taken back, the row goes."""

    __tablename__ = "role_invitation"
    # A number is never used again: it stands in letters.
    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id", "role"),
        {"sqlite_autoincrement": True},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    role: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254), doc="as it was typed: all that the organisation knows")
    invited_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system"
    )
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_from: Mapped[date | None] = mapped_column(doc="None: from the day it is accepted; never earlier")
    valid_to: Mapped[date | None]


class Attempt(WithId, Model):
    """A try at signing in, counted per account and per address over all workers."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_key_at", "key", "at"),)

    key: Mapped[str] = mapped_column(
        String(100), doc="what is counted, hashed: an account's or a network address"
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
