"""One table: a note, somebody's own and its organisation's."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.api import Model, Scoped, WithId


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
