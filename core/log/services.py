"""The only writer of the change log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from core.database.types import now
from core.log.models import Change
from core.log.values import Pairs, as_json, sealed_for


def record_change(
    session: Session,
    *,
    record: str,
    row_id: int,
    action: str,
    fields: Iterable[str] = (),
    actor_id: int | None,
    organisation_id: int | None = None,
    at: datetime | None = None,
    person_id: int | None = None,
    values: Pairs | None = None,
    personal: Pairs | None = None,
) -> None:
    """Add one line in the change's own transaction; no actor: the system.

    `fields` are keys, and those of `values` and `personal` are added: what stood before and what stands now,
    by key. Whatever is about somebody belongs into `personal`: it is sealed for `person_id`, whom the row is
    about, and where that is None it is left out. A field given by its key alone tells only that it changed.
    """
    values, personal = values or {}, personal or {}
    sealed = None
    if personal and person_id is not None:
        sealed = sealed_for(session, person_id, record, row_id, personal)
    session.add(
        Change(
            at=at or now(),
            actor_id=actor_id,
            organisation_id=organisation_id,
            record=record,
            row_id=row_id,
            action=action,
            fields=sorted({*fields, *values, *personal}),
            values_plain=as_json(values) or None,
            values_sealed=sealed,
            person_id=person_id,
        )
    )
