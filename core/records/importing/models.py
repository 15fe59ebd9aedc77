"""The table of files that wait for their sender to confirm them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class ImportRun(WithId, Model):
    """A file somebody sent for one record of one organisation. Confirmed or a day old, it goes."""

    __tablename__ = "import_run"
    __table_args__ = (
        {"sqlite_autoincrement": True, "info": {"unscoped": "its sender's alone; its services ask for that"}},
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    record: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
