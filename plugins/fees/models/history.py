"""What a claim consists of and what happened to it. Only added to; nothing is rewritten."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.api import Model, UtcDateTime
from plugins.fees.models.claims import OfClaim


class _Row(OfClaim):
    __abstract__ = True

    @declared_attr
    def claim_id(cls) -> Mapped[int]:
        """The claim this row belongs to."""
        return mapped_column(ForeignKey("fees_claim.id", ondelete="RESTRICT"), autoincrement=False)


class ClaimLine(_Row, Model):
    """A sum of one revision, frozen with the rule it came from. `source_organisation_id` gave the rule."""

    __tablename__ = "fees_claim_line"
    __table_args__ = (
        PrimaryKeyConstraint("claim_id", "revision", "no"),
        {"info": {"grants": "append"}},
    )

    revision: Mapped[int] = mapped_column(autoincrement=False)
    no: Mapped[int] = mapped_column(autoincrement=False)
    task: Mapped[int] = mapped_column(doc="lines of one piece of work share this number")
    kind: Mapped[str] = mapped_column(String(20), doc="work, preparation, travel, passengers")
    work_type_id: Mapped[int] = mapped_column(ForeignKey("fees_work_type.id", ondelete="RESTRICT"))
    work_type_code: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    start: Mapped[time | None]
    end: Mapped[time | None]
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20), doc="minutes, lessons, metres, passenger-metres")
    unit_cents: Mapped[int] = mapped_column(doc="per hour, lesson or kilometre")
    cents: Mapped[int]
    rate_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("fees_rate_version.id", ondelete="RESTRICT")
    )
    yearly_table_id: Mapped[int | None] = mapped_column(
        ForeignKey("fees_yearly_table.id", ondelete="RESTRICT")
    )
    source_organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT")
    )
    payment_class: Mapped[str] = mapped_column(String(40))
    income_type: Mapped[str] = mapped_column(String(20))


class ClaimStep(_Row, Model):
    """The chain of one revision, frozen when it was sent."""

    __tablename__ = "fees_claim_step"
    __table_args__ = (
        PrimaryKeyConstraint("claim_id", "revision", "no"),
        {"info": {"grants": "append"}},
    )

    revision: Mapped[int] = mapped_column(autoincrement=False)
    no: Mapped[int] = mapped_column(autoincrement=False)
    desk_id: Mapped[int] = mapped_column(ForeignKey("fees_desk.id", ondelete="RESTRICT"))
    desk_kind: Mapped[str] = mapped_column(String(30))
    due_days: Mapped[int]
    required: Mapped[bool] = mapped_column(default=True)
    why_skipped: Mapped[str | None] = mapped_column(String(200))


class ClaimEvent(_Row, Model):
    """One step of a claim: who did what, and where it stood afterwards. `seq` is the claim's version then."""

    __tablename__ = "fees_claim_event"
    __table_args__ = (
        PrimaryKeyConstraint("claim_id", "seq"),
        Index("ix_fees_claim_event_actor", "actor_id", "claim_id"),
        {"info": {"grants": "append"}},
    )

    seq: Mapped[int] = mapped_column(autoincrement=False)
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    step_no: Mapped[int] = mapped_column(doc="the step that waited before the event")
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("fees_desk.id", ondelete="RESTRICT"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(40), doc="no_eligible_member: sent on to be moved")
    revision: Mapped[int]
    total_cents: Mapped[int]
    text_hmac: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class ClaimText(_Row, Model):
    """A reason or a message, erasable with its salt: the event keeps only the keyed hash."""

    __tablename__ = "fees_claim_text"
    __table_args__ = (PrimaryKeyConstraint("claim_id", "seq"),)

    seq: Mapped[int] = mapped_column(autoincrement=False)
    text: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(64))


_LIVE = text("undone_seq IS NULL")


class Approval(_Row, Model):
    """A step's approval. Undone at most once; while it stands, no step and no person has a second."""

    __tablename__ = "fees_approval"
    __table_args__ = (
        PrimaryKeyConstraint("claim_id", "seq"),
        Index(
            "uq_fees_approval_step",
            "claim_id",
            "revision",
            "step_no",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_fees_approval_person",
            "claim_id",
            "revision",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        {"info": {"grants": "keep"}},
    )

    seq: Mapped[int] = mapped_column(autoincrement=False)
    revision: Mapped[int]
    step_no: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    undone_seq: Mapped[int | None]
