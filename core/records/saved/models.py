"""The table of saved lists: what was asked of a list, never what it showed."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId

LONGEST_NAME = 80


class SavedView(WithId, Model):
    """One list of one record: filters, columns and order, saved at an organisation by its owner."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("record", "organisation_id", "owner_id", "name"),
        {"info": {"unscoped": "shared downwards, from where it was saved; its services tell who sees it"}},
    )

    record: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    filters: Mapped[dict[str, str]] = mapped_column(JSON, doc="as in the address, by argument")
    columns: Mapped[list[str]] = mapped_column(JSON, doc="keys of fields; none: those of the description")
    sort: Mapped[str] = mapped_column(String(60), default="", doc="as in the address")
    shared_role: Mapped[str | None] = mapped_column(String(40), doc="None: the owner alone")
