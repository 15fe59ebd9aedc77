"""Claims as pages show them: plain words made from rows, so that templates only lay them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Protocol

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from core.api import HELSINKI, current_gate, duration, kilometres, money, short_day, today
from core.api import day as full_day
from plugins.fees import words
from plugins.fees.kernel.people import Standing
from plugins.fees.models import Claim, ClaimStep
from plugins.fees.reading import Shelf, is_late, shelve
from plugins.fees.states import ADMINISTRATOR, BEING_DECIDED, IN_APPROVAL, OWN, PAYROLL, RETURNED

EN_DASH = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"


class Sum(Protocol):
    """A line of a quote or of a claim."""

    @property
    def kind(self) -> str: ...  # noqa: D102  # as the tables name them
    @property
    def quantity(self) -> int: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def unit_cents(self) -> int: ...  # noqa: D102
    @property
    def cents(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Line:
    """One sum in words (two lessons at 35,00 €), and which rule gave it."""

    label: str
    cents: int
    source: str = ""


@dataclass(frozen=True)
class Task:
    """One piece of work with its sums."""

    title: str
    times: str
    lines: list[Line]

    @property
    def cents(self) -> int:
        """Sum of the task."""
        return sum(line.cents for line in self.lines)


@dataclass(frozen=True)
class Row:
    """A claim in a list: what it is, where it is, since when and until when."""

    id: int
    version: int
    number: str
    title: str
    expert: str
    unit: str
    cents: int
    state: str
    status: Any
    tone: str
    note: Any
    holder: str
    since: str
    due: str
    late: bool
    yours: bool
    next: str
    for_whom: str


def short(value: date) -> str:
    """A day inside a title: 6.10., with its year when that is not this one."""
    return short_day(value).split(" ", 1)[1] if value.year == today().year else full_day(value)


def span(start: time | None, end: time | None) -> str:
    """Times of day as 10.00–11.40."""
    return EN_DASH.join(f"{t.hour}.{t.minute:02d}" for t in (start, end) if t is not None)


def line_label(line: Sum, name: str) -> str:
    """A sum in words, without the sum itself."""
    if line.kind == "preparation":
        return _("Preparation %(time)s", time=duration(line.quantity))
    if line.kind != "work":
        word = _("Travel") if line.kind == "travel" else _("Passenger supplement")
        return f"{word} {kilometres(line.quantity)} {TIMES} {money(line.unit_cents)}"
    amount = str(line.quantity) if line.unit == "lessons" else duration(line.quantity)
    return f"{name} {amount} {TIMES} {money(line.unit_cents)}"


def rows(session: Session, claims: Sequence[Claim], *, staff: bool = False, reader: int = 0) -> list[Row]:
    """The claims as a list shows them."""
    shelf = shelve(session, claims)
    return [row(shelf, claim, staff=staff, reader=reader) for claim in claims]


def row(shelf: Shelf, claim: Claim, *, staff: bool = False, reader: int = 0) -> Row:
    """One claim as a list shows it; `reader` is who decides, to say for whom."""
    word, tone = words.STATUS[claim.state]
    waits = claim.state in (*BEING_DECIDED, RETURNED)
    acting = [s.acting_for_id for s in shelf.standings(claim.desk_id, claim) if s.person_id == reader]
    for_whom = shelf.names[acting[0]] if acting and all(acting) and acting[0] else ""
    return Row(
        claim.id,
        claim.version,
        shelf.number(claim),
        title(shelf, claim),
        shelf.payees[claim.payee_id],
        unit_name(claim.organisation_id),
        claim.total_cents,
        claim.state,
        _staff_status(shelf, claim) if staff else word,
        tone,
        words.STATUS_NOTE.get(claim.state, ""),
        holder(shelf, claim, staff=staff) if waits or staff else "",
        _short_instant(claim.since),
        _due(claim.due_at),
        waits and is_late(claim),
        claim.state == RETURNED and not staff,
        following(shelf, claim),
        words.person_possessor(for_whom),
    )


def _staff_status(shelf: Shelf, claim: Claim) -> Any:
    """A claim's state to those who handle it; on its way, by the step that waits."""
    step = shelf.current_step(claim)
    if claim.state != IN_APPROVAL or step is None:
        return words.STAFF_STATUS[claim.state]
    return words.approving(step.desk_kind, last=not _later(shelf, claim)).waits


def _later(shelf: Shelf, claim: Claim) -> list[ClaimStep]:
    return [s for s in shelf.steps[claim.id] if s.no > claim.step_no and s.required]


def _short_instant(at: datetime | None) -> str:
    return short(at.astimezone(HELSINKI).date()) if at else ""


def _due(at: datetime | None) -> str:
    return short_day(at.astimezone(HELSINKI).date()) if at else ""


def unit_name(organisation_id: int) -> str:
    """An organisation's name in the reader's language; no query."""
    return str(current_gate().tree.by_id[organisation_id].name)


def title(shelf: Shelf, claim: Claim) -> str:
    """What a claim is about: its first task and how many more."""
    tasks = [line for line in shelf.lines[claim.id] if line.kind == "work"]
    if not tasks:
        return shelf.number(claim)
    first = f"{shelf.work_types[tasks[0].work_type_id]} {short(tasks[0].day)}"
    more = len(tasks) - 1
    return (
        ngettext("%(first)s and %(num)d more task", "%(first)s and %(num)d more tasks", more, first=first)
        if more
        else first
    )


def holder(shelf: Shelf, claim: Claim, *, staff: bool = False) -> str:
    """Who has the claim now: the people behind its desk, and whom they stand in for."""
    desk = shelf.desks.get(claim.desk_id or 0)
    if desk is None:
        return ""
    if desk.kind == OWN:
        return shelf.names.get(desk.person_id or 0, "") if staff else _("you")
    people = [standing(shelf, s) for s in shelf.standings(desk.id, claim)]
    kind = words.DESK_KIND[desk.kind]
    if desk.kind in (ADMINISTRATOR, PAYROLL) or not people:
        return _("%(desk)s, %(organisation)s", desk=kind, organisation=unit_name(desk.organisation_id)) + (
            f" ({', '.join(people)})" if people else ""
        )
    return ", ".join(people)


def standing(shelf: Shelf, found: Standing) -> str:
    """A person at a desk, and whom they stand in for."""
    name = shelf.names[found.person_id]
    return words.deputy(name, shelf.names[found.acting_for_id]) if found.acting_for_id else name


def following(shelf: Shelf, claim: Claim) -> str:
    """What comes after the step that waits."""
    if claim.state not in BEING_DECIDED:
        return ""
    later = _later(shelf, claim)
    return str(words.DESK_KIND[later[0].desk_kind if later else PAYROLL])
