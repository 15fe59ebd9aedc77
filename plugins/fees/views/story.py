"""The page of one claim: its sums with their rules, its steps, and what has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.api import current_gate
from core.api import day as full_day
from plugins.fees import words
from plugins.fees.kernel.people import DeskPeople
from plugins.fees.models import Claim, ClaimEvent, ClaimLine, ClaimStep
from plugins.fees.past import History, history
from plugins.fees.payroll.batch_file import cost_centre
from plugins.fees.reading import Shelf, desk_of, shelve
from plugins.fees.settings import contact
from plugins.fees.states import APPROVED, BEING_DECIDED, FINISHED, FULLY_APPROVED, IN_PAYMENT, PAID, PAYROLL
from plugins.fees.views.shown import (
    Line,
    Row,
    Task,
    holder,
    line_label,
    row,
    short,
    span,
    standing,
    unit_name,
)


@dataclass(frozen=True)
class Step:
    """A step of the chain as the status page lists it."""

    label: str
    mark: str
    note: str


@dataclass(frozen=True)
class Event:
    """Something that happened, by whom, for whom."""

    what: str
    who: str
    at: datetime
    text: str
    wrong: bool


@dataclass(frozen=True)
class Reason:
    """Why a claim came back or is not paid, and whom to ask."""

    heading: Any
    text: str
    who: str


@dataclass(frozen=True)
class Story:
    """Everything the page of one claim shows."""

    row: Row
    payer: str
    contact: str
    cost_centre: str
    tasks: list[Task]
    steps: list[Step]
    events: list[Event]
    reason: Reason | None
    desk: DeskPeople | None
    step_kind: str
    last_step: bool
    undoable_by: int | None
    shut: frozenset[int]
    own_people: frozenset[int]
    payer_id: int


def story(session: Session, claim: Claim, *, staff: bool = False, reader: int = 0) -> Story:
    """The whole page of one claim: about twenty queries, whatever its length."""
    shelf, past = shelve(session, [claim]), history(session, claim)
    payer_id, step = shelf.payers[claim.sheet_id], shelf.current_step(claim)
    return Story(
        row(shelf, claim, staff=staff, reader=reader),
        unit_name(payer_id),
        contact(claim.organisation_id),
        cost_centre(current_gate().tree, claim.organisation_id) or "",
        _tasks(shelf, past, claim),
        _steps(shelf, past, claim),
        [_event(past, e) for e in past.events],
        _reason(past, claim),
        shelf.desks.get(claim.desk_id or 0),
        step.desk_kind if step else "",
        not [s for s in shelf.steps[claim.id] if s.no > claim.step_no and s.required],
        _undoable_by(session, shelf, past, claim),
        frozenset(a.person_id for a in past.approvals.values()) | shelf.aside.get(claim.id, frozenset()),
        frozenset({claim.submitter_id, claim.beneficiary_id}),
        payer_id,
    )


def _undoable_by(session: Session, shelf: Shelf, past: History, claim: Claim) -> int | None:
    """Who may take the last approval back: whoever gave it, while they stand at the desk they gave it at."""
    last = past.events[-1]
    if last.action != "approve" or claim.state in IN_PAYMENT:
        return None
    desk, own = (
        desk_of(session, shelf, past.events[-2].desk_id or 0),
        (claim.submitter_id, claim.beneficiary_id),
    )
    stands = desk is not None and desk.standing(last.actor_id, own) is not None
    return last.actor_id if stands else None


def _tasks(shelf: Shelf, past: History, claim: Claim) -> list[Task]:
    found: dict[int, list[ClaimLine]] = {}
    for line in shelf.lines[claim.id]:
        found.setdefault(line.task, []).append(line)
    return [_task(shelf, past, claim, lines) for lines in found.values()]


def _task(shelf: Shelf, past: History, claim: Claim, lines: list[ClaimLine]) -> Task:
    name, first = str(shelf.work_types[lines[0].work_type_id]), lines[0]
    shown = [Line(line_label(line, name), line.cents, _source(past, claim, line)) for line in lines]
    return Task(f"{name} {short(first.day)}", span(first.start, first.end), shown)


def _source(past: History, claim: Claim, line: ClaimLine) -> str:
    """Which rule of which organisation gave the sum."""
    if line.rate_version_id is None or line.source_organisation_id is None:
        return _("Kilometre allowance of %(year)s", year=line.day.year)
    text = _(
        "Fee rates of %(organisation)s, in force from %(day)s",
        organisation=words.possessor(unit_name(line.source_organisation_id)),
        day=full_day(past.rate_days[line.rate_version_id]),
    )
    inherited = line.source_organisation_id != claim.organisation_id
    return _("Inherited: %(source)s", source=text) if inherited else text


def _steps(shelf: Shelf, past: History, claim: Claim) -> list[Step]:
    return [*(_step(shelf, past, claim, step) for step in shelf.steps[claim.id]), _payroll(claim, past)]


def _payroll(claim: Claim, past: History) -> Step:
    """What follows the last approval."""
    label = str(words.DESK_KIND[PAYROLL]).capitalize()
    if claim.state in FULLY_APPROVED and claim.state not in FINISHED:
        return Step(label, "now", str(words.STATUS_NOTE[claim.state]))
    paid = _("Pay day %(day)s", day=full_day(past.paid_on)) if past.paid_on else ""
    return Step(label, "done" if claim.state == PAID else "", paid)


def _step(shelf: Shelf, past: History, claim: Claim, step: ClaimStep) -> Step:
    label = str(words.DESK_KIND[step.desk_kind]).capitalize()
    approval = past.approvals.get(step.no)
    if approval is not None:
        by = words.on_behalf(past.names[approval.person_id], past.names.get(approval.acting_for_id or 0))
        return Step(label, "done", by)
    if not step.required:
        return Step(label, "done", step.why_skipped or "")
    now_here = claim.state in BEING_DECIDED and step.no == claim.step_no
    people = ", ".join(standing(shelf, s) for s in shelf.standings(step.desk_id, claim))
    return Step(label, "now" if now_here else "", holder(shelf, claim) if now_here else people)


def _event(past: History, event: ClaimEvent) -> Event:
    who = words.on_behalf(past.names[event.actor_id], past.names.get(event.acting_for_id or 0))
    return Event(
        str(_happened(past, event)),
        who,
        event.at,
        past.texts.get(event.seq, ""),
        event.action in ("return", "reject", "payroll_problem"),
    )


def _happened(past: History, event: ClaimEvent) -> Any:
    if event.action != "approve":
        return words.HAPPENED[event.action]
    kind = past.steps.get((event.revision, event.step_no), "")
    return words.approving(kind, last=event.to_state == APPROVED).done


def _reason(past: History, claim: Claim) -> Reason | None:
    """The words of the last return or rejection, while they are what the claim waits for or ended with."""
    heading = {"returned": _("What has to be corrected"), "rejected": _("Why this is not paid")}.get(
        claim.state
    )
    last = past.events[-1]
    if heading is None:
        return None
    return Reason(heading, past.texts.get(last.seq, ""), past.names[last.actor_id])


def reason_of(session: Session, claim: Claim) -> Reason | None:
    """Why a claim came back."""
    return _reason(history(session, claim), claim)
