"""What a person has claimed already on the same days at the same places, and what that leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
class Span:
    """Work on a day from a time to a time, and the number of its form; None for the form in hand."""

    day: date
    start: time
    end: time
    number: str | None = None

    def meets(self, other: Span) -> bool:
        """Whether both go on at the same moment."""
        return self.day == other.day and self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Earlier:
    """Minutes of preparation claimed for a place and day, the form each work stands on, and when it was."""

    prepared: dict[Place, int] = field(default_factory=dict)
    numbers: dict[tuple[int, date, time], str] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)


# Put together once: that costs several times what running it does.
_EARLIER = (
    select(
        CLAIM.c.organisation_id, LINE.c.day, LINE.c.start, LINE.c.end, LINE.c.kind, LINE.c.quantity,
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
        LINE.c.day.in_(bindparam("days", expanding=True, type_=Date)),
        LINE.c.kind.in_(("work", "preparation")),
    )
)  # fmt: skip


def check_against_earlier(
    session: Session, rules: Rules, tasks: Sequence[SheetLine], person_id: int, instead_of: int | None = None
) -> None:
    """Refuse work that was claimed before, and more preparation than is left of a day's cap.

    Times over other work, wherever it was, are refused for the tasks that ask about it. Forms that were
    rejected or withdrawn do not count, nor does the claim the tasks stand `instead_of`.
    """
    earlier = _read(session, tasks, person_id, instead_of)
    # First, because the preparation of work that was claimed before is claimed twice as well.
    _refuse_claimed(tasks, earlier.numbers)
    rules.check_preparation(tasks, earlier.prepared)
    _refuse_twice(tasks)
    _ask_about_overlaps(tasks, earlier.spans)


def _read(session: Session, tasks: Sequence[SheetLine], person_id: int, instead_of: int | None) -> Earlier:
    parameters = {
        "person": person_id,
        "instead_of": instead_of or 0,
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
        number = receipt_text(row.prefix, row.year, row.number)
        found.numbers[(*place, row.start)] = number
        if row.end is not None:
            found.spans.append(Span(row.day, row.start, row.end, number))


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


def _ask_about_overlaps(tasks: Sequence[SheetLine], earlier: Iterable[Span]) -> None:
    """Nobody works at two places at once; who says they did has to say it twice."""
    known = list(earlier)
    for index, task in enumerate(tasks):
        if task.start is None or task.end is None:
            continue
        own = Span(task.day, task.start, task.end)
        met = next((span for span in known if span.meets(own)), None)
        if met is not None and task.ask_overlap:
            code = "overlaps_here" if met.number is None else "overlaps_earlier"
            raise FeeError(code, "start", index, **({"number": met.number} if met.number else {}))
        known.append(own)


def _work(task: SheetLine) -> tuple[int, date, time]:
    return task.organisation_id, task.day, task.start or time.min
