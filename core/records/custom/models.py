"""Tables of the fields that organisations add, and of their values."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import Texts, TextsType
from core.scope import Scoped

LONGEST_WORDS = 200


class CustomField(WithId, Scoped, Model):
    """One field that an organisation adds to a record, for rows of its own and of those below it."""

    __tablename__ = "custom_field"
    __table_args__ = (
        UniqueConstraint("organisation_id", "record", "key"),
        {"sqlite_autoincrement": True},
    )

    record: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(40), doc="never changes: it stands in files and in the log")
    type: Mapped[str] = mapped_column(String(20), doc="never changes: values are stored by it")
    label: Mapped[Texts] = mapped_column(TextsType)
    help: Mapped[Texts | None] = mapped_column(TextsType)
    choices: Mapped[str] = mapped_column(Text, default="", doc="a line each: Finnish | Swedish | English")
    required: Mapped[bool] = mapped_column(default=False)
    in_list: Mapped[bool] = mapped_column(default=False)
    filterable: Mapped[bool] = mapped_column(default=False)
    searchable: Mapped[bool] = mapped_column(default=False)
    personal: Mapped[bool] = mapped_column(default=True)
    purpose: Mapped[str] = mapped_column(String(300), default="")
    retention: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=10)
    retired_on: Mapped[date | None] = mapped_column(doc="from this day on values are kept and shown only")


class CustomValue(WithId, Scoped, Model):
    """The value of such a field in one row; no value, no row. The typed columns are for filters."""

    __tablename__ = "custom_value"
    __table_args__ = (
        UniqueConstraint("field_id", "row_id"),
        Index("ix_custom_value_text", "field_id", "value_text"),
        Index("ix_custom_value_number", "field_id", "value_number"),
        Index("ix_custom_value_date", "field_id", "value_date"),
    )

    field_id: Mapped[int] = mapped_column(ForeignKey("custom_field.id", ondelete="RESTRICT"))
    row_id: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), index=True, doc="whom the row is about; None: nobody"
    )
    value: Mapped[Any] = mapped_column(JSON)
    value_text: Mapped[str | None] = mapped_column(
        String(LONGEST_WORDS), doc="in small letters, its beginning"
    )
    value_number: Mapped[int | None] = mapped_column(BigInteger, doc="a number's in millionths")
    value_date: Mapped[date | None]

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """What is kept about oneself."""
        return cls.person_id == person_id
