"""The forms people fill in: one task of a claim, reasons, an absence. Nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, ValidationError

from core.api import HELSINKI, DayField, Filled, Within, now, today
from core.api import kilometres as in_kilometres
from plugins.fees.errors import FeeError
from plugins.fees.inputs import CLOCK_HELP, KILOMETRES_HELP, ClockField, CountField, KilometresField
from plugins.fees.offers import Offers
from plugins.fees.settings import contact
from plugins.fees.sheet import MOST, SheetLine, elapsed_minutes
from plugins.fees.words import refusal

_l: Any = lazy_gettext  # WTForms' types know plain strings only; labels and messages may be lazy
MINUTES_PER_HOUR = 60
FIRST_DAY = date(2000, 1, 1)
YEAR = timedelta(days=366)
TEXT_LIMIT = 1000
MOST_PREPARED = MOST["preparation_minutes"]

DAY_HELP = _l("Write the day like this: 6.10.2026.")
LESSON_MINUTES = 45
LENGTH = Length(max=TEXT_LIMIT, message=_l("The text is too long: at most 1,000 characters."))
# Fields of a task as the rules name them, and where a page shows their errors.
SHOWN_AT = {
    "organisation_id": "unit",
    "work_type_id": "work_type",
    "metres": "kilometres",
    "preparation_minutes": "preparation_hours",
}


def _nothing() -> SelectChoice:
    """The first line of a list: nothing is chosen yet."""
    return SelectChoice("", str(_l("Choose")))


def _ways() -> list[SelectChoice]:
    return [SelectChoice("none", str(_l("I did not travel"))), SelectChoice("car", str(_l("Own car")))]


def _of_our_time(_form: Form, field: Field) -> None:
    """A year written short, such as 26, is not a day of work."""
    if field.data is not None and field.data < FIRST_DAY:
        raise ValidationError(DAY_HELP)


class TaskForm(Form):
    """One task of a claim, read against what the page offers."""

    work_type = SelectField(
        _l("What was the task?"), validate_choice=False, validators=[Filled(_l("Choose the task."))]
    )
    unit = SelectField(
        _l("Where did you do the work?"), validate_choice=False, validators=[Filled(_l("Choose the place."))]
    )
    day = DayField(_l("Day"), [Filled(DAY_HELP), _of_our_time], description=DAY_HELP)
    start = ClockField(_l("Started at"), [Filled(CLOCK_HELP)], description=_l("For example 9.30."))
    end = ClockField(_l("Ended at"), [Filled(CLOCK_HELP)], description=_l("For example 11.00."))
    overlap = HiddenField()
    lessons = CountField(
        _l("Lessons (45 min)"),
        MOST["lessons"],
        description=_l("Only when the task is paid by the lesson. Left empty, we count them from the times."),
    )
    preparation_hours = CountField(_l("Hours of preparation"), MOST_PREPARED // MINUTES_PER_HOUR)
    preparation_minutes = CountField(_l("Minutes of preparation"), MOST_PREPARED)
    travel = RadioField(_l("Travel"), default="none", validate_choice=False, choices=_ways)
    kilometres = KilometresField(
        _l("Kilometres in all"),
        [Within(None, MOST["metres"], in_kilometres)],
        description=_l("Both ways together."),
    )
    passengers = CountField(
        _l("Passengers"), MOST["passengers"], description=_l("How many you drove with you.")
    )
    message = TextAreaField(
        _l("Message to the handler"),
        description=_l("Do not write clients' names or anybody's health details."),
        validators=[LENGTH],
    )
    submit_key = HiddenField()
    offers: Offers
    earlier_form: str | None = None
    overlapping = False
    closed: str | None = None

    def show_choices(self) -> None:
        """Set what the page lets one choose: tasks, and units under their payers; one that closed stays."""
        offers = self.offers
        kinds = [SelectChoice(code, str(name)) for code, name in offers.kinds]
        units = [
            SelectChoice(value, name, optgroup=payer)
            for payer, found in offers.units.items()
            for value, name in found
        ]
        closed = offers.closed(self.unit.data or "")
        if closed is not None:
            payer = str(offers.payer(closed).name)
            units.append(SelectChoice(str(closed.id), str(closed.name), optgroup=payer))
        self.work_type.choices = [_nothing(), *kinds]
        self.unit.choices = [_nothing(), *units]

    def validate_unit(self, _field: Field) -> None:
        """Only a place that was offered; one where nothing new is taken says so, and whom to ask."""
        if self._unit_id():
            return
        closed = self.offers.closed(self.unit.data or "")
        if closed is None:
            raise ValidationError(_l("Choose the place from the list."))
        self.closed = _closed(str(self.offers.payer(closed).name), contact(closed.id))
        raise ValidationError(self.closed)

    def validate_work_type(self, field: Field) -> None:
        """Only work that is paid at the place."""
        if self._unit_id() and self.offers.work_type(self._unit_id(), field.data) is None:
            raise ValidationError(_l("This task is not paid at that place. Choose another task or place."))

    def validate_end(self, field: Field) -> None:
        """Work ends after it began, and before it is claimed."""
        if self.start.data and field.data and field.data <= self.start.data:
            raise ValidationError(refusal(FeeError("end_before_start")))
        clock = now().astimezone(HELSINKI)
        if self.day.data == clock.date() and field.data and field.data > clock.time():
            raise ValidationError(refusal(FeeError("end_in_future")))

    def validate_day(self, field: Field) -> None:
        """Work is claimed when it is done."""
        if field.data and field.data > today():
            raise ValidationError(refusal(FeeError("day_in_future")))

    def validate_lessons(self, field: Field) -> None:
        """Nought is not left empty: it would be counted from the times."""
        if field.data == 0:
            raise ValidationError(_l("Write at least 1 lesson, or leave the field empty."))

    def validate_kilometres(self, field: Field) -> None:
        """Kilometres and the way of travel go together, so that none are lost unseen."""
        if self.travel.data == "car" and not field.data and not field.errors:
            raise ValidationError(KILOMETRES_HELP)
        if self.travel.data != "car" and (field.data or self.passengers.data):
            raise ValidationError(_l("You wrote a journey. Choose Own car above, or empty the kilometres."))

    def _unit_id(self) -> int:
        """The chosen unit, or 0 when it is not among those offered."""
        offered = {str(node.id): node.id for node in self.offers.open_units}
        chosen: str = self.unit.data or ""
        return offered.get(chosen, 0)

    @property
    def stamp(self) -> str:
        """Place and times as a confirmation names them: for other ones it does not hold."""
        when = (self.day.data, self.start.data, self.end.data)
        return " ".join([self.unit.data or "", *(part.isoformat() if part else "" for part in when)])

    @property
    def confirmed(self) -> bool:
        """Whether the person said that just these times are right, though there is other work."""
        return bool(self.overlap.data == self.stamp)

    def line(self) -> SheetLine:
        """The task as plain values; asked of a valid form only."""
        kind = self.offers.work_type(self._unit_id(), self.work_type.data)
        assert kind is not None  # noqa: S101  # validated
        car = self.travel.data == "car"
        return SheetLine(
            organisation_id=self._unit_id(),
            work_type_id=kind.id,
            day=self.day.data,
            start=self.start.data,
            end=self.end.data,
            lessons=self._lessons() if kind.unit == "lesson" else 0,
            preparation_minutes=(self.preparation_hours.data or 0) * MINUTES_PER_HOUR
            + (self.preparation_minutes.data or 0),
            metres=self.kilometres.data or 0 if car else 0,
            passengers=self.passengers.data or 0 if car else 0,
            message=(self.message.data or "").strip(),
            ask_overlap=not self.confirmed,
        )

    def _lessons(self) -> int:
        """What was typed, else as many whole lessons as fit between start and end; the summary shows it."""
        minutes = elapsed_minutes(self.day.data, self.start.data, self.end.data)
        return self.lessons.data or max(minutes // LESSON_MINUTES, 1)

    def refuse(self, error: FeeError) -> None:
        """Show what a rule refused beside its field."""
        name = SHOWN_AT.get(error.field or "", error.field or "")
        field = self._fields.get(name, self.work_type)
        field.errors = [*field.errors, refusal(error)]
        self.earlier_form = error.earlier_form
        self.overlapping = error.overlaps


def _closed(payer: str, whom: str) -> str:
    """That a payer takes nothing new, and whom to ask."""
    text = _("%(payer)s does not take new claim forms now.", payer=payer)
    ask = _("Ask: %(contact)s.", contact=whom) if whom else _("Ask the administrator of the payer.")
    return f"{text} {ask}"


class ReturnForm(Form):
    """What has to be corrected."""

    text = TextAreaField(
        _l("What has to be corrected? The expert sees this."),
        validators=[Filled(_l("Write what has to be corrected.")), LENGTH],
    )


class RejectForm(Form):
    """Why a claim is not paid."""

    text = TextAreaField(
        _l("Why is this not paid? The expert sees the reason and your contact details."),
        validators=[Filled(_l("Write why this is not paid.")), LENGTH],
    )


class ProblemForm(Form):
    """Why payroll cannot pay a claim as it is."""

    text = TextAreaField(
        _l("What is wrong? The expert sees this."),
        validators=[Filled(_l("Write what is wrong.")), LENGTH],
    )


class AwayForm(Form):
    """An absence and who acts meanwhile."""

    first = DayField(_l("Away from"), [Filled(DAY_HELP), _of_our_time], description=DAY_HELP)
    last = DayField(_l("Away until"), [Filled(DAY_HELP), _of_our_time], description=_l("The last day away."))
    sure = BooleanField(_l("The absence really lasts that long."))
    deputy = SelectField(_l("Deputy"), validators=[Filled(_l("Choose the deputy."))])
    asks = False

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Set who may be named."""
        self.deputy.choices = [_nothing(), *(SelectChoice(str(i), name) for i, name in people)]

    def validate_last(self, field: Field) -> None:
        """An absence ends after it began, and not in the past."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_l("The last day is before the first. Check the days."))
        if field.data and field.data < today():
            raise ValidationError(_l("The absence is already over. Check the days."))
        self.asks = bool(field.data and self.first.data and field.data - self.first.data > YEAR)
        if self.asks and not self.sure.data:
            raise ValidationError(_l("The absence lasts over a year. Check the days, or confirm them."))


class PaidForm(Form):
    """On which day a batch was paid."""

    day = DayField(_l("Pay day"), [Filled(DAY_HELP)], description=DAY_HELP)


class MoveForm(Form):
    """Which handler takes a claim over."""

    desk = SelectField(_l("Handler"), validators=[Filled(_l("Choose the handler."))])

    def offer(self, desks: Sequence[tuple[int, str]]) -> None:
        """Set where it may go."""
        self.desk.choices = [_nothing(), *(SelectChoice(str(i), name) for i, name in desks)]
