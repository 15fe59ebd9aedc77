"""Who decides: versioned approval chains, and desks with dated members and deputies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Model, Scoped, UtcDateTime, WithId


class Chain(WithId, Scoped, Model):
    """An organisation's approval chain, inherited downwards to the next one, never past the payer."""

    __tablename__ = "fees_chain"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    name: Mapped[str] = mapped_column(String(120), default="")


class ChainVersion(WithId, Scoped, Model):
    """A chain as published at some moment. A claim keeps the version it was sent with."""

    __tablename__ = "fees_chain_version"
    __table_args__ = (UniqueConstraint("chain_id", "number"),)

    chain_id: Mapped[int] = mapped_column(ForeignKey("fees_chain.id", ondelete="RESTRICT"))
    number: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class ChainStep(WithId, Scoped, Model):
    """One step of a chain: which kind of desk, and how many working days it has."""

    __tablename__ = "fees_chain_step"
    __table_args__ = (
        UniqueConstraint("chain_version_id", "no"),
        CheckConstraint("due_days > 0", name="due_days"),
    )

    chain_version_id: Mapped[int] = mapped_column(ForeignKey("fees_chain_version.id", ondelete="RESTRICT"))
    no: Mapped[int] = mapped_column(doc="1, 2, … in the order of deciding")
    desk_kind: Mapped[str] = mapped_column(String(30))
    due_days: Mapped[int] = mapped_column(default=3, doc="working days")


class Desk(WithId, Scoped, Model):
    """Where a claim can stand: an organisation and a kind, or one person's own desk at a payer."""

    __tablename__ = "fees_desk"
    __table_args__ = (
        Index(
            "uq_fees_desk_kind",
            "organisation_id",
            "kind",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
        Index(
            "uq_fees_desk_own",
            "organisation_id",
            "person_id",
            unique=True,
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        CheckConstraint("(kind = 'own') = (person_id IS NOT NULL)", name="own"),
    )

    kind: Mapped[str] = mapped_column(String(30))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """The person's own, and those they are or were appointed to."""
        member: Any = DeskMember.__table__
        appointed = select(member.c.desk_id).where(member.c.person_id == person_id)
        return or_(cls.person_id == person_id, cls.id.in_(appointed))


class DeskMember(WithId, Scoped, Model):
    """A person appointed to a desk for some days, both included."""

    __tablename__ = "fees_desk_member"
    __table_args__ = (UniqueConstraint("desk_id", "person_id", "valid_from"),)

    desk_id: Mapped[int] = mapped_column(ForeignKey("fees_desk.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """The person's own appointments."""
        return cls.person_id == person_id


class DeskDeputy(WithId, Scoped, Model):
    """A member is away from a desk on these days (both included), and who acts for them then."""

    __tablename__ = "fees_desk_deputy"
    __table_args__ = (
        Index("ix_fees_desk_deputy_desk_for", "desk_id", "for_person_id"),
        CheckConstraint("for_person_id <> deputy_person_id", name="somebody_else"),
    )

    desk_id: Mapped[int] = mapped_column(ForeignKey("fees_desk.id", ondelete="RESTRICT"))
    for_person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    deputy_person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """The person's own absences."""
        return cls.for_person_id == person_id

    def is_mine(self, person_id: int) -> bool:
        """A member says themselves who acts for them."""
        return self.for_person_id == person_id
