"""The only writer of the change log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.database.types import now
from core.log.models import Change


def record_change(
    session: Session,
    *,
    record: str,
    row_id: int,
    action: str,
    fields: Sequence[str] = (),
    actor_id: int | None,
    organisation_id: int | None = None,
    at: datetime | None = None,
) -> None:
    """Add one line in the change's own transaction. `fields` are keys, never values; no actor: the system."""
    session.add(
        Change(
            at=at or now(),
            actor_id=actor_id,
            organisation_id=organisation_id,
            record=record,
            row_id=row_id,
            action=action,
            fields=sorted(fields),
        )
    )
