"""The only writer of sheets."""

from __future__ import annotations

from typing import Any

from core.api import Invalid, db, with_files, writing
from tests.dummy.models import Sheet


def create(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    from tests.dummy.records import SHEETS

    with writing() as session:
        kept = with_files(SHEETS, values, organisation_id=organisation_id, actor_id=actor_id)
        row = Sheet(organisation_id=organisation_id, **{_column(key): value for key, value in kept.items()})
        session.add(row)
        session.flush()
        return row.id


def update(sheet_id: int, values: dict[str, Any], actor_id: int) -> None:
    from tests.dummy.records import SHEETS

    with writing():
        row = db.session().get(Sheet, sheet_id)
        if row is None:
            raise Invalid({"": "This sheet is no longer there."})
        home = row.organisation_id
        kept = with_files(SHEETS, values, organisation_id=home, actor_id=actor_id, row=row)
        for key, value in kept.items():
            setattr(row, _column(key), value)


def _column(key: str) -> str:
    from tests.dummy.records import SHEETS

    return next(field.source for field in SHEETS.fields if field.key == key)
