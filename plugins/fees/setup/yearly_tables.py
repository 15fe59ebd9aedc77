"""Statutory yearly tables: the same for every organisation, so only the instance's operator writes them."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from core.api import Invalid, writing
from plugins.fees.models import YearlyTable
from plugins.fees.setup.common import log

FIELDS = ("year", "kind", "cents", "source", "approved_by_id")
KINDS = ("km", "passenger", "full_day", "part_day")


def create(year: int, kind: str, cents: int, source: str, approved_by_id: int | None = None) -> int:
    """Add a year's amount: cents per kilometre, or per day of travel.

    `source` names where the amount is published.
    A year's amount is never changed afterwards: claims have been counted with it.
    """
    if kind not in KINDS:
        raise Invalid({"kind": _("Choose one from the list.")})
    with writing() as session:
        taken = select(YearlyTable.id).where(YearlyTable.year == year, YearlyTable.kind == kind)
        if session.scalar(taken):
            raise Invalid({"year": _("The amount of this year is already there.")})
        row = YearlyTable(year=year, kind=kind, cents=cents, source=source, approved_by_id=approved_by_id)
        session.add(row)
        log(session, "yearly_table", row, "create", FIELDS, approved_by_id)
        return row.id
