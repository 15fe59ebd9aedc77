"""Two tables: a note, somebody's own and its organisation's; a sheet with a column of every type."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

from sqlalchemy import ColumnElement, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Model, NumberType, Scoped, SeveralType, Texts, TextsType, WithId


class Note(WithId, Scoped, Model):
    __tablename__ = "dummy_note"

    text: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]
    open: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        return cls.person_id == person_id

    def is_mine(self, person_id: int) -> bool:
        return self.person_id == person_id


class Sheet(WithId, Scoped, Model):
    __tablename__ = "dummy_sheet"

    words: Mapped[str] = mapped_column(String(200))
    more: Mapped[str | None] = mapped_column(Text)
    count: Mapped[int | None]
    hours: Mapped[Decimal | None] = mapped_column(NumberType(1))
    price: Mapped[int | None]
    day: Mapped[date | None]
    starts: Mapped[time | None]
    size: Mapped[str | None] = mapped_column(String(10))
    colours: Mapped[tuple[str, ...]] = mapped_column(SeveralType, default=())
    done: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    paper_id: Mapped[int | None]
    title: Mapped[Texts | None] = mapped_column(TextsType)
    municipality: Mapped[str | None] = mapped_column(String(3))
    place_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    note_id: Mapped[int | None] = mapped_column(ForeignKey("dummy_note.id", ondelete="RESTRICT"), index=True)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        return cls.person_id == person_id

    def is_mine(self, person_id: int) -> bool:
        return self.person_id == person_id
