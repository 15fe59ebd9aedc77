"""Tables of the gate."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class ModuleState(WithId, Model):
    """What one organisation says about one module. No row: it inherits from its parent."""

    __tablename__ = "module_state"
    __table_args__ = (UniqueConstraint("module", "organisation_id"),)

    module: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    state: Mapped[str | None] = mapped_column(String(10), doc="on, closing, off; None inherits")
    required: Mapped[bool] = mapped_column(default=False, doc="on here and everywhere below")
    blocked: Mapped[bool] = mapped_column(default=False, doc="off here and everywhere below")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class Epoch(Model):
    """One row: a number raised by every change of tree, delegation or module state, in its transaction."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(default=0)
