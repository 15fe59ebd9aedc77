"""The summary of an unfinished form with its sums, and sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.api import access, current_gate, db, duration, today
from plugins.fees import drafts
from plugins.fees.drafts import Answer, Unfinished
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.forms import TaskForm
from plugins.fees.kernel.earlier import check_against_earlier
from plugins.fees.kernel.submit import submit
from plugins.fees.kernel.transition import transition
from plugins.fees.offers import Offers
from plugins.fees.price_reading import load_rules
from plugins.fees.quote import QuoteLine, Rules
from plugins.fees.reading import sent_number
from plugins.fees.sheet import SheetLine
from plugins.fees.views.blueprint import Page, mine
from plugins.fees.views.draft import offers_of, opened, still_open, task_form
from plugins.fees.views.shown import Line, Task, line_label, short, span, unit_name
from plugins.fees.words import possessor, refusal


@dataclass(frozen=True)
class Problem:
    """Why the form cannot be sent yet, in which task, and the earlier form that has the work already.

    `times`: they are to be confirmed or corrected.
    """

    text: str
    task: int | None
    earlier: str | None = None
    times: bool = False


@dataclass(frozen=True)
class Entry:
    """One task on the summary; one that is not complete has no sums."""

    number: int
    task: Task
    unit: str = ""
    message: str = ""


@dataclass
class Summary:
    """The tasks with their sums; without problems it can be sent."""

    entries: list[Entry]
    problems: list[Problem]
    payers: list[str]

    @property
    def cents(self) -> int:
        """Sum of all tasks."""
        return sum(entry.task.cents for entry in self.entries)


@mine.get("/drafts/<key>/summary")
@access("me")
def summary(key: str) -> Page:
    """What will be sent, and what it pays."""
    return _page(opened(key))


@mine.post("/drafts/<key>/send")
@access("me")
def send(key: str) -> Page:
    """Send it. A second click, or a second window, gives the same receipt."""
    person_id: int = g.person.person_id
    unfinished = drafts.draft_of(db.session(), person_id, key)
    if unfinished is None:
        return _to_receipt(sent_number(db.session(), person_id, key) or abort(404))
    forms = _forms(still_open(unfinished), offers_of(unfinished))
    complete = [form.validate() for form in forms]  # all of them, so that each shows what it lacks
    if not all(complete):
        return _page(unfinished), 422
    try:
        return _send(unfinished, [form.line() for form in forms])
    except NotAllowed:
        raise
    except FeeError as error:
        return _page(unfinished, _problem(error, error.line)), 422


def _send(unfinished: Unfinished, lines: Sequence[SheetLine]) -> Response:
    """Send a new form, or a returned claim again in the version its sender saw."""
    answer, person_id = unfinished.answer, g.person.person_id
    if answer is None:
        return _to_receipt(submit(person_id, unfinished.key, lines).number)
    transition(answer.claim_id, answer.version, "resend", person_id, lines=lines)
    return redirect(url_for("fees.claim", claim_id=answer.claim_id))


def _to_receipt(number: str) -> Response:
    return redirect(url_for("fees.receipt", number=number))


def _problem(error: FeeError, task: int | None) -> Problem:
    return Problem(refusal(error), task, error.earlier_form, error.overlaps)


def _forms(unfinished: Unfinished, offers: Offers) -> list[TaskForm]:
    return [task_form(offers, typed, unfinished.key) for typed in unfinished.tasks]


def _page(unfinished: Unfinished, *more: Problem) -> str:
    found = _read(unfinished)
    found.problems.extend(p for p in more if p.text not in {known.text for known in found.problems})
    return render_template(
        "fees/summary.html",
        summary=found,
        key=unfinished.key,
        saved_at=unfinished.saved_at,
        answer=unfinished.answer,
        payers=_joined(found.payers),
    )


def _joined(names: Sequence[str]) -> str:
    return ", ".join(possessor(name) for name in names)


def _read(unfinished: Unfinished) -> Summary:
    """The form's tasks, priced where they can be."""
    found = Summary([], [], [])
    offers = offers_of(unfinished)
    complete: list[tuple[int, SheetLine]] = []
    for number, form in enumerate(_forms(unfinished, offers)):
        if form.validate():
            complete.append((number, form.line()))
        else:
            _note_incomplete(found, offers, number, form)
    if complete:
        _price(found, offers, complete, unfinished.answer)
    found.entries.sort(key=lambda entry: entry.number)
    return found


def _note_incomplete(found: Summary, offers: Offers, number: int, form: TaskForm) -> None:
    """A task without sums: something is missing, or its payer takes nothing new."""
    place = offers.closed(form.unit.data or "")
    title = Task(_("Task %(number)s", number=number + 1), "", [])
    found.entries.append(Entry(number, title, str(place.name) if place else ""))
    text = form.closed or _("Task %(number)s is not complete.", number=number + 1)
    found.problems.append(Problem(text, number))


def _price(
    found: Summary, offers: Offers, complete: Sequence[tuple[int, SheetLine]], answer: Answer | None
) -> None:
    lines = [line for _number, line in complete]
    rules = load_rules(db.session(), lines)
    names = {work.id: str(work.name) for work in offers.work_types}
    for number, line in complete:
        found.entries.append(_entry(found, rules, names[line.work_type_id], number, line))
        payer = str(offers.payer(current_gate().tree.by_id[line.organisation_id]).name)
        if payer not in found.payers:
            found.payers.append(payer)
    if not found.problems:
        _check_together(found, rules, complete, answer)


def _check_together(
    found: Summary, rules: Rules, complete: Sequence[tuple[int, SheetLine]], answer: Answer | None
) -> None:
    """What holds for all tasks of a day together, those of earlier forms among them."""
    lines = [line for _number, line in complete]
    try:
        check_against_earlier(
            db.session(), rules, lines, g.person.person_id, answer.claim_id if answer else None
        )
    except FeeError as error:
        task = complete[error.line or 0][0]
        found.problems.append(_problem(error, task))


def _entry(found: Summary, rules: Rules, name: str, number: int, line: SheetLine) -> Entry:
    sums: list[Line] = []
    try:
        line.check(today())
        quoted = rules.quote(line).lines
        sums = [Line(line_label(s, name), s.cents, _rounding(rules, line, s)) for s in quoted]
    except FeeError as error:
        found.problems.append(Problem(refusal(error), number))
    task = Task(f"{name} {short(line.day)}", span(line.start, line.end), sums)
    return Entry(number, task, unit_name(line.organisation_id), line.message)


def _rounding(rules: Rules, task: SheetLine, line: QuoteLine) -> str:
    """How worked time became paid time, where the two differ."""
    if (line.kind, line.unit) != ("work", "minutes") or line.quantity == task.minutes:
        return ""
    unit = task.organisation_id
    price = rules.price(unit, rules.work(unit, task.work_type_id), task.day)
    worked = duration(task.minutes)
    if line.quantity == price.minimum_minutes:
        return _("Worked %(time)s, paid at least %(least)s.", time=worked, least=duration(line.quantity))
    return _("Worked %(time)s, rounded up by %(step)s.", time=worked, step=duration(price.step_minutes))
