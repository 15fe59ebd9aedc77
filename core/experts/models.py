"""Tables of the register. That somebody is in it may itself reveal health history: treat it as sensitive."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId


class Expert(WithId, Model):
    """An expert by experience, kept by the organisation responsible for the record."""

    __tablename__ = "expert"
    __table_args__ = (
        Index("ix_expert_sort", "sort_key", "id"),
        Index("ix_expert_organisation_sort", "organisation_id", "sort_key", "id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200))
    municipality: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(80), default="")
    status: Mapped[str] = mapped_column(String(20), default="active")


class ExpertGrant(WithId, Model):
    """The expert lets an organisation see the record for one purpose, until withdrawn."""

    __tablename__ = "expert_grant"
    __table_args__ = (Index("ix_expert_grant_organisation", "organisation_id", "purpose", "expert_id"),)

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    purpose: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    withdrawn_on: Mapped[date | None]
