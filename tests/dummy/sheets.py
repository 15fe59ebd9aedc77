"""The only writer of sheets. It names no field: the description does."""

from __future__ import annotations

from typing import Any

from core.api import Invalid, store, writing
from tests.dummy.models import Sheet


def create(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    from tests.dummy.records import SHEETS

    with writing() as session:
        row = Sheet(organisation_id=organisation_id)
        store(session, SHEETS, row, values, actor_id=actor_id, action="create")
        return row.id


def update(sheet_id: int, values: dict[str, Any], actor_id: int) -> None:
    from tests.dummy.records import SHEETS

    with writing() as session:
        row = session.get(Sheet, sheet_id)
        if row is None:
            raise Invalid({"": "This sheet is no longer there."})
        store(session, SHEETS, row, values, actor_id=actor_id)
