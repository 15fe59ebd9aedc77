"""What a piece of work pays: published rules in, lines out, nothing read and nothing written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plugins.fees.errors import FeeError
from plugins.fees.money import half_up, round_up
from plugins.fees.sheet import SheetLine

MINUTES_PER_HOUR = 60
METRES_PER_KILOMETRE = 1000
EXPENSE = "expense"
INCOME_KILOMETRES = "311"


@dataclass(frozen=True)
class Work:
    """A work type as the rules need it."""

    id: int
    code: str
    unit: str
    payment_class: str
    income_type: str


@dataclass(frozen=True)
class Price:
    """A published rate version and where it comes from."""

    organisation_id: int
    work_type_id: int | None
    unit: str
    version_id: int
    valid_from: date
    valid_to: date | None
    unit_cents: int
    step_minutes: int
    minimum_minutes: int
    preparation_unit_cents: int | None
    preparation_cap_minutes: int | None

    def holds(self, day: date) -> bool:
        """Whether the price is of that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Yearly:
    """A statutory amount of a year."""

    id: int
    cents: int


@dataclass(frozen=True)
class QuoteLine:
    """One sum with the rule it comes from.

    `kind` is work, preparation, travel or passengers; `unit` is minutes, lessons, metres or passenger-metres;
    `unit_cents` is for an hour, a lesson or a kilometre.
    """

    kind: str
    work_type_id: int
    work_type: str
    quantity: int
    unit: str
    unit_cents: int
    cents: int
    rate_version_id: int | None
    yearly_table_id: int | None
    from_organisation_id: int | None
    payment_class: str
    income_type: str


@dataclass(frozen=True)
class Quote:
    """The lines of one task and their sum."""

    lines: tuple[QuoteLine, ...]

    @property
    def total_cents(self) -> int:
        """Sum of the lines."""
        return sum(line.cents for line in self.lines)


@dataclass(frozen=True)
class Rules:
    """Everything published that can decide a price. `path`: a unit and what is above it, to its payer."""

    path: Callable[[int], Sequence[int]]
    works: Mapping[int, tuple[int, Work]]
    prices: Sequence[Price]
    yearly: Mapping[tuple[int, str], Yearly]

    def work(self, unit_id: int, work_type_id: int) -> Work:
        """The work type, if the unit owns or inherits it."""
        owner, work = self.works.get(work_type_id, (None, None))
        if work is None or owner not in self.path(unit_id):
            raise FeeError("work_type_unknown", "work_type_id")
        return work

    def price(self, unit_id: int, work: Work, day: date) -> Price:
        """The work type's own price, nearest first; then the nearest general one in the same unit of work."""
        path = self.path(unit_id)
        for wanted in (work.id, None):
            found = [
                p
                for p in self.prices
                if p.work_type_id == wanted
                and p.unit == work.unit
                and p.organisation_id in path
                and p.holds(day)
            ]
            if found:
                return min(found, key=lambda p: (path.index(p.organisation_id), -p.valid_from.toordinal()))
        raise FeeError("rate_missing", "work_type_id", work_type=work.code, organisation_id=unit_id)

    def table(self, year: int, kind: str) -> Yearly:
        """The year's statutory amount; another year's never stands in for it."""
        if (year, kind) not in self.yearly:
            raise FeeError("yearly_table_missing", "metres", year=year, kind=kind)
        return self.yearly[year, kind]

    def quote(self, task: SheetLine) -> Quote:
        """The lines a task pays. Preparation's cap is over all tasks of a day: see `check_preparation`."""
        work = self.work(task.organisation_id, task.work_type_id)
        price = self.price(task.organisation_id, work, task.day)
        lines = [_work(task, work, price)]
        if task.preparation_minutes:
            lines.append(_preparation(task, work, price))
        if task.metres:
            lines += self._travel(task, work)
        return Quote(tuple(lines))

    def _travel(self, task: SheetLine, work: Work) -> list[QuoteLine]:
        kinds = [("travel", "km", "metres", task.metres)]
        if task.passengers:
            kinds.append(("passengers", "passenger", "passenger-metres", task.metres * task.passengers))
        return [
            _kilometres(kind, work, self.table(task.day.year, table), unit, quantity)
            for kind, table, unit, quantity in kinds
        ]

    def check_preparation(
        self, tasks: Sequence[SheetLine], before: Mapping[tuple[int, date], int] | None = None
    ) -> None:
        """Refuse more preparation than the cap of a day and unit, whatever the number of tasks.

        `before`: minutes that were claimed earlier for a unit and day.
        """
        spent = dict(before or {})
        for index, task in enumerate(tasks):
            key = (task.organisation_id, task.day)
            spent[key] = spent.get(key, 0) + task.preparation_minutes
            cap = self.price(
                task.organisation_id, self.work(task.organisation_id, task.work_type_id), task.day
            ).preparation_cap_minutes
            if task.preparation_minutes and cap is not None and spent[key] > cap:
                raise FeeError("preparation_over_cap", "preparation_minutes", index, minutes=cap)


def _work(task: SheetLine, work: Work, price: Price) -> QuoteLine:
    if work.unit == "lesson":
        if task.lessons < 1:
            raise FeeError("lessons_missing", "lessons")
        return _line("work", work, price, task.lessons, "lessons", price.unit_cents, 1)
    minutes = round_up(task.minutes, price.step_minutes, price.minimum_minutes)
    return _line("work", work, price, minutes, "minutes", price.unit_cents, MINUTES_PER_HOUR)


def _preparation(task: SheetLine, work: Work, price: Price) -> QuoteLine:
    """Exact minutes, without step or minimum."""
    if not price.preparation_unit_cents:
        raise FeeError("preparation_not_paid", "preparation_minutes")
    minutes = task.preparation_minutes
    return _line(
        "preparation", work, price, minutes, "minutes", price.preparation_unit_cents, MINUTES_PER_HOUR
    )


def _line(
    kind: str, work: Work, price: Price, quantity: int, unit: str, unit_cents: int, per: int
) -> QuoteLine:
    return QuoteLine(
        kind=kind,
        work_type_id=work.id,
        work_type=work.code,
        quantity=quantity,
        unit=unit,
        unit_cents=unit_cents,
        cents=half_up(quantity * unit_cents, per),
        rate_version_id=price.version_id,
        yearly_table_id=None,
        from_organisation_id=price.organisation_id,
        payment_class=work.payment_class,
        income_type=work.income_type,
    )


def _kilometres(kind: str, work: Work, table: Yearly, unit: str, quantity: int) -> QuoteLine:
    return QuoteLine(
        kind=kind,
        work_type_id=work.id,
        work_type=work.code,
        quantity=quantity,
        unit=unit,
        unit_cents=table.cents,
        cents=half_up(quantity * table.cents, METRES_PER_KILOMETRE),
        rate_version_id=None,
        yearly_table_id=table.id,
        from_organisation_id=None,
        payment_class=EXPENSE,
        income_type=INCOME_KILOMETRES,
    )
