"""Tables of runs, which tell how much went and never whose, and of what a controller decided about time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import UtcDateTime


class RetentionRun(WithId, Model):
    """One run. `night` is its day where the worker did it, so that one of many workers does."""

    __tablename__ = "retention_run"
    __table_args__ = (
        {"info": {"grants": "keep", "unscoped": "of the instance; a controller is shown its own lines"}},
    )

    night: Mapped[date | None] = mapped_column(unique=True, doc="None: by the command")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="None: it goes on, or was broken off"
    )
    lines: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, doc="`core.retention.parts.Line` as plain values"
    )


class RetentionChoice(Model):
    """For how many years a controller keeps what no law or description gives a number for."""

    __tablename__ = "retention_choice"
    __table_args__ = ({"info": {"unscoped": "of a controller, read by the runs and its own page"}},)

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True
    )
    expert_years: Mapped[int | None] = mapped_column(doc="after somebody left the register; None: undecided")
    log_years: Mapped[int] = mapped_column(doc="lines of the access log")
