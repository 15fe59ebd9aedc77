"""What all set-up services share: finding a row to change, the change log, days in messages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import Invalid, NodeScope, current_gate, record_change, scope_in_force
from plugins.fees.price_reading import path_to_payer

Row = TypeVar("Row")
Values = dict[str, Any]


def locked(session: Session, model: type[Row], row_id: int) -> Row:
    """The row, held until the transaction ends so that two changes of it wait for each other.

    What is only inherited from above is read here, and not changed.
    """
    table: Any = model
    row = session.scalar(
        select(model).where(table.id == row_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None or not _within_reach(session, row):
        raise Invalid({"": _("This is no longer there.")})
    return row


def _within_reach(session: Session, row: Any) -> bool:
    """Whether the permission a page was opened with reaches the row's organisation."""
    scope = scope_in_force(session)
    if not isinstance(scope, NodeScope):
        return True
    tree = current_gate().tree
    return any(tree.reaches(top, row.organisation_id) for top in scope.ancestors)


def payer_of(organisation_id: int) -> int:
    """The organisation that pays for work there; refused where nobody does."""
    path = path_to_payer(current_gate().tree, organisation_id)
    if not path:
        raise Invalid({"": _("No organisation pays for work here. Choose a municipality or a unit of one.")})
    return path[-1]


def changed(row: Any, values: Values, keys: Iterable[str]) -> list[str]:
    """Set what differs and give the keys of it."""
    found = [key for key in keys if key in values and getattr(row, key) != values[key]]
    for key in found:
        setattr(row, key, values[key])
    return found


def log(
    session: Session, record: str, row: Any, action: str, fields: Iterable[str], actor_id: int | None
) -> None:
    """One line of the change log, after the row has its id."""
    session.flush()
    record_change(
        session,
        record=f"fees.{record}",
        row_id=row.id,
        action=action,
        fields=list(fields),
        actor_id=actor_id,
        organisation_id=getattr(row, "organisation_id", None),
    )


def written(day: date) -> str:
    """A day inside a message; the same in every language of the form."""
    return f"{day.day}.{day.month}.{day.year}"


def check_days(valid_from: date, valid_to: date | None) -> None:
    """Refuse a period that ends before it begins."""
    if valid_to is not None and valid_to < valid_from:
        raise Invalid({"valid_to": _("The last day is before the first day.")})
