"""The change log: who changed which fields of which record, in the change's own transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class Change(WithId, Model):
    """One change of one record. Field keys only: values of personal fields never stand here."""

    __tablename__ = "change_log"
    __table_args__ = (Index("ix_change_log_record", "record", "row_id"), {"info": {"grants": "append"}})

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system"
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    record: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(20))
    fields: Mapped[list[str]] = mapped_column(JSON)
