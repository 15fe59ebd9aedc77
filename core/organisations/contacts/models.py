"""The table of contact persons. Apart from the tree's own tables, because it belongs to a scope."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.scope import Scoped


class OrganisationContact(WithId, Scoped, Model):
    """Somebody to ask at an organisation for some days: a person of the service, or a name alone."""

    __tablename__ = "organisation_contact"
    __table_args__ = (Index("ix_organisation_contact_order", "organisation_id", "valid_from", "id"),)

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200), doc="empty where the person is known")
    task: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
