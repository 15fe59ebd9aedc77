"""Past runs as a controller reads them, and the years it decides."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.log.services import record_change
from core.records.errors import Invalid
from core.retention.models import RetentionChoice, RetentionRun

SHOWN = 30
MOST_YEARS = 50
# The database refuses to delete younger lines of the log, see the migration.
LEAST_LOG_YEARS = 2


class Choice(NamedTuple):
    """The years as they were typed."""

    expert_years: str
    log_years: str


class Report(NamedTuple):
    """One run: when, whether it came to its end, and what went of the controller's own."""

    at: datetime
    finished: bool
    lines: list[tuple[str, int, int]]


def reports(session: Session, controller_id: int, language: str) -> list[Report]:
    """The newest runs, with the controller's own lines."""
    rows = session.scalars(select(RetentionRun).order_by(RetentionRun.id.desc()).limit(SHOWN)).all()
    return [
        Report(
            row.started_at,
            row.finished_at is not None,
            [
                (line["what"][language], line["count"], line["waits"])
                for line in row.lines
                if line["controller_id"] == controller_id
            ],
        )
        for row in rows
    ]


def chosen(typed: Choice) -> tuple[int | None, int]:
    """Whole years; nothing for experts is undecided. Raises `Invalid`."""
    errors = {}
    expert, log = _whole(typed.expert_years), _whole(typed.log_years)
    if typed.expert_years.strip() and (expert is None or not 1 <= expert <= MOST_YEARS):
        errors["expert_years"] = _("Write a whole number of years, from 1 to 50, or leave it empty.")
    if log is None or not LEAST_LOG_YEARS <= log <= MOST_YEARS:
        errors["log_years"] = _("Write a whole number of years, from 2 to 50.")
    if errors or log is None:
        raise Invalid(errors)
    return expert, log


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None


def decide_years(controller_id: int, expert_years: int | None, log_years: int, *, actor_id: int) -> None:
    """Keep what the controller decided."""
    with writing() as session:
        row = RetentionChoice(organisation_id=controller_id, expert_years=expert_years, log_years=log_years)
        session.merge(row)
        record_change(
            session, record="core.retention_choice", row_id=controller_id, action="update",
            fields=["expert_years", "log_years"], actor_id=actor_id, organisation_id=controller_id,
        )  # fmt: skip
