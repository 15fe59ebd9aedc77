"""Payroll batches: what was sealed, byte for byte, and which claims each pays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.api import Model, Scoped, UtcDateTime, WithId
from plugins.fees.models.claims import OfClaim


class Batch(WithId, Scoped, Model):
    """A sealed batch of a payer (`organisation_id`): sealed, sent or settled. An open one is a query."""

    __tablename__ = "fees_batch"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        {"info": {"grants": "keep"}},
    )

    number: Mapped[int] = mapped_column(doc="from 1 at each payer")
    prefix: Mapped[str] = mapped_column(String(20), doc="the payer's code when it was sealed")
    state: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="when it was marked as paid")
    paid_on: Mapped[date | None] = mapped_column(doc="the pay day, as payroll says")

    @property
    def text(self) -> str:
        """The number as people see it: LAU-E0012."""
        return batch_text(self.prefix, self.number)


def batch_text(prefix: str, number: int) -> str:
    """A batch number as people see it: LAU-E0012."""
    return f"{prefix}-E{number:04d}"


class BatchChunk(Scoped, Model):
    """A piece of a sealed file; together the very bytes that every download gives."""

    __tablename__ = "fees_batch_chunk"
    __table_args__ = (PrimaryKeyConstraint("batch_id", "no"), {"info": {"grants": "append"}})

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("fees_batch.id", ondelete="RESTRICT"), autoincrement=False
    )
    no: Mapped[int] = mapped_column(autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


_LIVE = text("status <> 'rejected'")


class Payout(WithId, OfClaim, Model):
    """A claim's place in a batch. At most one that is not rejected: a claim is paid at most once."""

    __tablename__ = "fees_payout"
    __table_args__ = (
        Index("uq_fees_payout_live", "claim_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        CheckConstraint("cents <> 0", name="cents"),
        {"info": {"grants": "keep"}},
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("fees_batch.id", ondelete="RESTRICT"), index=True)
    cents: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="live", doc="live or rejected")

    @declared_attr
    def claim_id(cls) -> Mapped[int]:
        """The claim it pays."""
        return mapped_column(ForeignKey("fees_claim.id", ondelete="RESTRICT"))
