"""Tables of consent, of what a controller decided about its log, and of receipts of erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime

LIVE = text("withdrawn_at IS NULL")


class Consent(WithId, Model):
    """One person's yes to one purpose, in the wording they were shown. Withdrawn, it stays as proof."""

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_live", "person_id", "purpose", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
        {"info": {"unscoped": "of a person, of no organisation"}},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    wording: Mapped[int] = mapped_column(doc="version of the text, see core.trust.wordings")
    language: Mapped[str] = mapped_column(String(2), doc="in which it was read")
    channel: Mapped[str] = mapped_column(String(10), doc="self, phone or paper")
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_channel: Mapped[str | None] = mapped_column(String(10))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class Erasure(WithId, Model):
    """The receipt of an erasure: that it was done and what stayed, without a word about whom."""

    __tablename__ = "erasure"
    __table_args__ = ({"info": {"grants": "append", "unscoped": "a receipt, of no organisation"}},)

    number: Mapped[str] = mapped_column(String(40), unique=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="the blanked row, for a restored backup"
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSON, doc="what stays, how many, until when and why")


class ControllerChoice(Model):
    """What a controller decided about the names of its staff. Without a row they are told."""

    __tablename__ = "controller_choice"
    __table_args__ = ({"info": {"unscoped": "read for anybody who asks who looked at their data"}},)

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True
    )
    names_told: Mapped[bool]
