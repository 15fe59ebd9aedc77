"""The claim and what it arrived with. A claim is one row; who may read it decides for all rows below it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core.api import JobScope, Model, NodeScope, PersonScope, Scoped, UtcDateTime, WithId, today
from plugins.fees.models.standing import stands_today

Scope = NodeScope | PersonScope | JobScope
FINISHED_SQL = "state IN ('paid', 'rejected', 'withdrawn')"


class Claim(WithId, Scoped, Model):
    """One part of a sheet: work at one unit (`organisation_id`), at one desk until it is finished."""

    __tablename__ = "fees_claim"
    __table_args__ = (
        UniqueConstraint("sheet_id", "part"),
        CheckConstraint(f"({FINISHED_SQL}) = (desk_id IS NULL)", name="desk"),
        CheckConstraint("(desk_id IS NULL) = (due_at IS NULL)", name="due"),
        CheckConstraint("version >= 1", name="version"),
        Index("ix_fees_claim_desk", "desk_id", "due_at", "id"),
        Index("ix_fees_claim_submitter", "submitter_id", "id"),
        Index("ix_fees_claim_beneficiary", "beneficiary_id", "id"),
        Index(
            "ix_fees_claim_approved",
            "id",
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        {"info": {"grants": "keep"}},
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("fees_sheet.id", ondelete="RESTRICT"))
    part: Mapped[int]
    submitter_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id", ondelete="RESTRICT"))
    payee_id: Mapped[int] = mapped_column(ForeignKey("fees_payee.id", ondelete="RESTRICT"))
    correction_of_id: Mapped[int | None] = mapped_column(ForeignKey("fees_claim.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(20))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("fees_desk.id", ondelete="RESTRICT"))
    since: Mapped[datetime] = mapped_column(UtcDateTime, doc="when it came to the desk, or was finished")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="end of the last day, Helsinki")
    step_no: Mapped[int] = mapped_column(doc="the step that waits; after the last approval, the last one")
    total_cents: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    chain_version_id: Mapped[int] = mapped_column(ForeignKey("fees_chain_version.id", ondelete="RESTRICT"))
    version: Mapped[int] = mapped_column(doc="number of its events")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """The submitter's, the beneficiary's, what stood at the person's desks, what they acted on."""
        return cls.of_person(person_id, today())

    @classmethod
    def of_person(cls, person_id: Any, day: Any) -> ColumnElement[bool]:
        """`mine` for any day; both may be parameters of a statement."""
        from plugins.fees.models.history import ClaimEvent

        event: Any = ClaimEvent.__table__.alias()
        at_a_desk = stands_today(event.c.desk_id, person_id, day)
        took_part = exists().where(event.c.claim_id == cls.id, or_(event.c.actor_id == person_id, at_a_desk))
        return or_(cls.submitter_id == person_id, cls.beneficiary_id == person_id, took_part)


# A criterion is new each time. A kept one takes up the annotations of the statement it last stood in, and the
# next statement's cache key then has no end.
def _through_claims(cls: Any, person_id: int, day: date) -> ColumnElement[bool]:
    claim = aliased(Claim)
    return exists().where(cls.shared_by(claim), claim.of_person(person_id, day))


def _of_claims(cls: Any, person_id: int, day: date) -> ColumnElement[bool]:
    claim = aliased(Claim)
    return exists(select(claim.id).where(claim.id == cls.claim_id, claim.of_person(person_id, day)))


class OfClaims(Scoped):
    """Rows of a payer that claims share: seen by the payer's people and by whoever sees one of the claims."""

    __abstract__ = True

    @classmethod
    def shared_by(cls, claim: type[Claim]) -> ColumnElement[bool]:
        """How a claim refers to this row."""
        raise TypeError(f"{cls.__name__} does not say how {claim.__name__} refers to it")

    @classmethod
    def criterion(cls, scope: Scope) -> ColumnElement[bool]:
        """Own rows of the payer, and those of visible claims."""
        if isinstance(scope, PersonScope):
            shared: Any = cls
            return _through_claims(shared, scope.person, today())
        claim = aliased(Claim)
        return or_(cls.owned_within(scope), exists().where(cls.shared_by(claim), claim.criterion(scope)))


class Sheet(WithId, OfClaims, Model):
    """What one person sent at once to one payer (`organisation_id`): a double click is the same sheet."""

    __tablename__ = "fees_sheet"
    __table_args__ = (
        UniqueConstraint("submitter_id", "submit_key", "organisation_id"),
        {"info": {"grants": "append"}},
    )

    submitter_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    submit_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def shared_by(cls, claim: type[Claim]) -> ColumnElement[bool]:
        """A claim names its sheet."""
        return claim.sheet_id == cls.id


class Receipt(OfClaims, Model):
    """A number the payer (`organisation_id`) gave: from 1 without gaps in each year of sending."""

    __tablename__ = "fees_receipt"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "year", "number"),
        {"info": {"grants": "append"}},
    )

    year: Mapped[int] = mapped_column(autoincrement=False)
    number: Mapped[int] = mapped_column(autoincrement=False)
    prefix: Mapped[str] = mapped_column(String(20), doc="the payer's code when the number was given")
    sheet_id: Mapped[int] = mapped_column(ForeignKey("fees_sheet.id", ondelete="RESTRICT"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def text(self) -> str:
        """The number as people see it: LAU-2026-0147."""
        return receipt_text(self.prefix, self.year, self.number)

    @classmethod
    def shared_by(cls, claim: type[Claim]) -> ColumnElement[bool]:
        """By the sheet."""
        return claim.sheet_id == cls.sheet_id


def receipt_text(prefix: str, year: int, number: int) -> str:
    """A receipt number as people see it: LAU-2026-0147."""
    return f"{prefix}-{year}-{number:04d}"


class Payee(WithId, OfClaims, Model):
    """Who is to be paid, as sent: a later change of the register never blanks or blocks a claim."""

    __tablename__ = "fees_payee"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    payee_number: Mapped[str | None] = mapped_column(String(40), doc="the person's number at the payer")

    @classmethod
    def shared_by(cls, claim: type[Claim]) -> ColumnElement[bool]:
        """A claim names its payee."""
        return claim.payee_id == cls.id


class OfClaim(Scoped):
    """Rows of one claim: they carry its organisation, and are somebody's own when the claim is."""

    __abstract__ = True

    claim_id: Mapped[int]

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """Those of the person's own claims."""
        rows: Any = cls
        return _of_claims(rows, person_id, today())
