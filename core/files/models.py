"""Tables of stored files: what is known of each, and its content in pieces."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime
from core.scope import Scoped


class StoredFile(WithId, Scoped, Model):
    """What is known of a file. Its address holds the random token, never its number or name."""

    __tablename__ = "stored_file"

    token: Mapped[str] = mapped_column(String(43), unique=True)
    owner: Mapped[str] = mapped_column(String(40), doc="module key; core for the core's own")
    permission: Mapped[str] = mapped_column(String(80), doc="who may read it in its organisation")
    subject_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), index=True, doc="whom it is about; reads it under /me"
    )
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40), doc="media type, told by the content")
    size: Mapped[int] = mapped_column(doc="bytes")
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), index=True, doc="None: the system"
    )
    keep_until: Mapped[date | None] = mapped_column(index=True, doc="the last day it is kept; None: no end")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="the content is gone since")

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """Files about oneself."""
        return cls.subject_id == person_id

    def is_mine(self, person_id: int) -> bool:
        """One may send files about oneself."""
        return self.subject_id == person_id


class StoredPiece(Model):
    """A piece of a file's content."""

    __tablename__ = "stored_piece"
    __table_args__ = ({"info": {"unscoped": "pieces of a stored file, read after its row was found"}},)

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
