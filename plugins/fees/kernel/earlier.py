"""What a person has claimed already on the same days at the same places, and what that leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, select
from sqlalchemy.orm import Session

from core.api import reviewed
from plugins.fees.errors import FeeError
from plugins.fees.kernel.tables import CLAIM, LINE, RECEIPT
from plugins.fees.models.claims import receipt_text
from plugins.fees.quote import Rules
from plugins.fees.sheet import SheetLine
from plugins.fees.states import REJECTED, WITHDRAWN

Place = tuple[int, date]


@dataclass(frozen=True)
class Earlier:
    """Minutes of preparation claimed for a place and day, and the number of the form each work stands on."""

    prepared: dict[Place, int] = field(default_factory=dict)
    numbers: dict[tuple[int, date, time], str] = field(default_factory=dict)


# Put together once: that costs several times what running it does.
_EARLIER = (
    select(
        CLAIM.c.organisation_id, LINE.c.day, LINE.c.start, LINE.c.kind, LINE.c.quantity,
        RECEIPT.c.prefix, RECEIPT.c.year, RECEIPT.c.number,
    )
    .select_from(
        CLAIM.join(LINE, and_(LINE.c.claim_id == CLAIM.c.id, LINE.c.revision == CLAIM.c.revision)).join(
            RECEIPT, RECEIPT.c.sheet_id == CLAIM.c.sheet_id
        )
    )
    .where(
        CLAIM.c.beneficiary_id == bindparam("person", type_=Integer),
        CLAIM.c.id != bindparam("instead_of", type_=Integer),
        CLAIM.c.state.not_in((REJECTED, WITHDRAWN)),
        CLAIM.c.organisation_id.in_(bindparam("places", expanding=True)),
        LINE.c.day.in_(bindparam("days", expanding=True, type_=Date)),
        LINE.c.kind.in_(("work", "preparation")),
    )
)  # fmt: skip


def check_against_earlier(
    session: Session, rules: Rules, tasks: Sequence[SheetLine], person_id: int, instead_of: int | None = None
) -> None:
    """Refuse work that was claimed before, and more preparation than is left of a day's cap.

    Forms that were rejected or withdrawn do not count, nor does the claim the tasks stand `instead_of`.
    """
    earlier = _read(session, tasks, person_id, instead_of)
    # First, because the preparation of work that was claimed before is claimed twice as well.
    _refuse_claimed(tasks, earlier.numbers)
    rules.check_preparation(tasks, earlier.prepared)
    _refuse_twice(tasks)


def _read(session: Session, tasks: Sequence[SheetLine], person_id: int, instead_of: int | None) -> Earlier:
    parameters = {
        "person": person_id,
        "instead_of": instead_of or 0,
        "places": sorted({task.organisation_id for task in tasks}),
        "days": sorted({task.day for task in tasks}),
    }
    found = Earlier()
    with reviewed(__name__):
        for row in session.connection().execute(_EARLIER, parameters):
            _note(found, row)
    return found


def _note(found: Earlier, row: Any) -> None:
    place = (row.organisation_id, row.day)
    if row.kind == "preparation":
        found.prepared[place] = found.prepared.get(place, 0) + row.quantity
    elif row.start is not None:
        found.numbers[(*place, row.start)] = receipt_text(row.prefix, row.year, row.number)


def _refuse_claimed(tasks: Sequence[SheetLine], numbers: Mapping[tuple[int, date, time], str]) -> None:
    """Work that an earlier form has; place, day and beginning tell a piece of work from another."""
    for index, task in enumerate(tasks):
        number = numbers.get(_work(task)) if task.start is not None else None
        if number is not None:
            raise FeeError("claimed_before", "start", index, number=number)


def _refuse_twice(tasks: Sequence[SheetLine]) -> None:
    """One person does one thing at a time."""
    seen = set()
    for index, task in enumerate(tasks):
        if task.start is None:
            continue
        if _work(task) in seen:
            raise FeeError("task_twice", "start", index)
        seen.add(_work(task))


def _work(task: SheetLine) -> tuple[int, date, time]:
    return task.organisation_id, task.day, task.start or time.min
