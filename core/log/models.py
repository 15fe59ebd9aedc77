"""The change log: who changed which fields of which record, in the change's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class Change(WithId, Model):
    """One change of one record. Old and new values of personal fields stand here sealed, or not at all."""

    __tablename__ = "change_log"
    __table_args__ = (
        Index("ix_change_log_record", "record", "row_id", "id"),
        Index("ix_change_log_person", "person_id", "id"),
        {"info": {"grants": "append"}},
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system"
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    record: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(20))
    fields: Mapped[list[str]] = mapped_column(JSON)
    values_plain: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True), doc="[old, new] by field key, of fields that are not personal"
    )
    values_sealed: Mapped[str | None] = mapped_column(
        Text, doc="the same of personal fields, under the key of the person the row is about"
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="whom the row is about; None: nobody"
    )


class PersonKey(Model):
    """What opens the personal values in the log about one person. Without the row nobody reads them again."""

    __tablename__ = "person_key"
    __table_args__ = ({"info": {"unscoped": "about a person, of no organisation"}},)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text, doc="under DATA_KEYS, bound to the person")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccessRow(WithId, Model):
    """One person whose data somebody was shown, or refused: written before the page is answered."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_subject", "subject_id", "id"),
        Index("ix_access_log_controller", "controller_id", "id"),
        {"info": {"grants": "aged", "unscoped": "read by its own pages: a person's, or a controller's"}},
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system"
    )
    controller_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), doc="whose staff looked"
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), doc="whose page it was"
    )
    subject_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: a refused address that leads to nobody"
    )
    record: Mapped[str] = mapped_column(String(60))
    how: Mapped[str] = mapped_column(String(10), doc="page, list, search, export or refused")
    why: Mapped[str] = mapped_column(String(200), doc="the permission it was opened with, or a reason")
