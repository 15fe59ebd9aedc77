"""What a piece of work pays: published rules in, lines out, nothing read and nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from plugins.fees.allowance import allowance_days
from plugins.fees.errors import FeeError
from plugins.fees.money import half_up, round_to, round_up
from plugins.fees.quote_values import NO_FEE, Price, Quote, QuoteLine, TravelRule, Work, Yearly
from plugins.fees.sheet import SheetLine

__all__ = ["Price", "Quote", "QuoteLine", "Rules", "TravelRule", "Work", "Yearly"]

MINUTES_PER_HOUR = 60
METRES_PER_KILOMETRE = 1000
EXPENSE = "expense"
KILOMETRES = {"tax_free": "311", "taxable": "357"}  # income types of the Incomes Register
ALLOWANCE = {"tax_free": "331", "taxable": "353"}


@dataclass(frozen=True)
class Rules:
    """Everything published that can decide a price. `path`: a unit and what is above it, to its payer.

    `travel`: how each payer pays journeys in a payment class; nothing said: kilometres only, tax-free.
    """

    path: Callable[[int], Sequence[int]]
    works: Mapping[int, tuple[int, Work]]
    prices: Sequence[Price]
    yearly: Mapping[tuple[int, str], Yearly]
    travel: Mapping[tuple[int, str], TravelRule] = field(default_factory=dict)

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

    def table(self, year: int, kind: str, field: str = "metres") -> Yearly:
        """The year's statutory amount; another year's never stands in for it."""
        if (year, kind) not in self.yearly:
            raise FeeError("yearly_table_missing", field, year=year, kind=kind)
        return self.yearly[year, kind]

    def quote(self, task: SheetLine) -> Quote:
        """The lines a task pays. Preparation's cap is over all tasks of a day: see `check_preparation`."""
        work = self.work(task.organisation_id, task.work_type_id)
        if task.cancelled_by is not None:
            return Quote(tuple(self._cancelled(task, work)))
        lines = [] if work.payment_class == NO_FEE else self._fee(task, work)
        return Quote((*lines, *self._kilometres(task, work), *self._allowance(task, work)))

    def _fee(self, task: SheetLine, work: Work) -> list[QuoteLine]:
        price = self.price(task.organisation_id, work, task.day)
        lines = [_work(task, work, price)]
        if task.preparation_minutes:
            lines.append(_preparation(task, work, price))
        if price.travel_time_percent and work.unit == "hour" and task.travel_minutes:
            lines.append(_travel_time(task, work, price))
        return lines

    def _cancelled(self, task: SheetLine, work: Work) -> list[QuoteLine]:
        """By the orderer within notice: the share of the planned fee, and what was driven. Else nothing."""
        if task.cancelled_by != "orderer" or work.payment_class == NO_FEE:
            return []
        price = self.price(task.organisation_id, work, task.day)
        if task.notice_minutes >= price.cancel_notice_minutes:
            return []
        share = _work(task, work, price, "cancellation", price.cancel_percent)
        return [share, *self._kilometres(task, work)]

    def _rule(self, task: SheetLine, work: Work) -> TravelRule:
        path = self.path(task.organisation_id)
        return self.travel.get((path[-1], work.payment_class), TravelRule())

    def _kilometres(self, task: SheetLine, work: Work) -> list[QuoteLine]:
        if not task.metres:
            return []
        kinds = [("travel", "km", "metres", task.metres)]
        if task.passengers:
            kinds.append(("passengers", "passenger", "passenger-metres", task.metres * task.passengers))
        income = KILOMETRES.get(self._rule(task, work).kilometres, KILOMETRES["tax_free"])
        return [
            _expense(
                kind, work, self.table(task.day.year, table), unit, quantity, METRES_PER_KILOMETRE, income
            )
            for kind, table, unit, quantity in kinds
        ]

    def _allowance(self, task: SheetLine, work: Work) -> list[QuoteLine]:
        """Daily allowances, where the payer pays them for the payment class."""
        tax = self._rule(task, work).allowance
        if tax == "none" or task.away_from is None or task.away_to is None:
            return []
        days = Counter(allowance_days(task.away_from, task.away_to, task.free_meals))
        lines = []
        for day, count in days.items():
            table = self.table(day.year, day.kind, "away_from")
            amount = Yearly(table.id, half_up(table.cents, 2)) if day.halved else table
            lines.append(_expense(day.kind, work, amount, "days", count, 1, ALLOWANCE[tax]))
        return lines

    def check_preparation(
        self, tasks: Sequence[SheetLine], before: Mapping[tuple[int, date], int] | None = None
    ) -> None:
        """Refuse more preparation than the cap of a day and unit, whatever the number of tasks.

        `before`: minutes that were claimed earlier for a unit and day.
        """
        spent = dict(before or {})
        for index, task in enumerate(tasks):
            work = self.work(task.organisation_id, task.work_type_id)
            if work.payment_class == NO_FEE or task.cancelled_by is not None:
                continue
            key = (task.organisation_id, task.day)
            spent[key] = spent.get(key, 0) + task.preparation_minutes
            cap = self.price(task.organisation_id, work, task.day).preparation_cap_minutes
            if task.preparation_minutes and cap is not None and spent[key] > cap:
                raise FeeError("preparation_over_cap", "preparation_minutes", index, minutes=cap)


def _work(task: SheetLine, work: Work, price: Price, kind: str = "work", percent: int = 100) -> QuoteLine:
    """The fee itself: hours by the clock, lessons by their number, any other unit once."""
    cents = price.amount(task.level, task.agreed_cents)
    if work.unit == "lesson":
        if task.lessons < 1:
            raise FeeError("lessons_missing", "lessons")
        return _line(kind, work, price, task.lessons, "lessons", cents, 1, percent)
    if work.unit != "hour":
        return _line(kind, work, price, 1, "pieces", cents, 1, percent)
    rounded = round_to if price.rounding == "nearest" else round_up
    minutes = rounded(task.minutes, price.step_minutes, price.minimum_minutes)
    return _line(kind, work, price, minutes, "minutes", cents, MINUTES_PER_HOUR, percent)


def _preparation(task: SheetLine, work: Work, price: Price) -> QuoteLine:
    """Exact minutes, without step or minimum."""
    cents = price.preparation_unit_cents
    if not cents:
        raise FeeError("preparation_not_paid", "preparation_minutes")
    return _line(
        "preparation", work, price, task.preparation_minutes, "minutes", cents, MINUTES_PER_HOUR, 100
    )


def _travel_time(task: SheetLine, work: Work, price: Price) -> QuoteLine:
    """Exact minutes away from which the work itself is taken off, at the price's share."""
    cents = price.amount(task.level, task.agreed_cents)
    minutes, percent = task.travel_minutes, price.travel_time_percent
    return _line("travel_time", work, price, minutes, "minutes", cents, MINUTES_PER_HOUR, percent)


def _line(
    kind: str, work: Work, price: Price, quantity: int, unit: str, unit_cents: int, per: int, percent: int
) -> QuoteLine:
    """Rounded once: the share is of the exact sum."""
    return QuoteLine(
        kind=kind,
        work_type_id=work.id,
        work_type=work.code,
        quantity=quantity,
        unit=unit,
        unit_cents=unit_cents,
        cents=half_up(quantity * unit_cents * percent, per * 100),
        rate_version_id=price.version_id,
        yearly_table_id=None,
        from_organisation_id=price.organisation_id,
        payment_class=work.payment_class,
        income_type=work.income_type,
    )


def _expense(
    kind: str, work: Work, table: Yearly, unit: str, quantity: int, per: int, income_type: str
) -> QuoteLine:
    return QuoteLine(
        kind=kind,
        work_type_id=work.id,
        work_type=work.code,
        quantity=quantity,
        unit=unit,
        unit_cents=table.cents,
        cents=half_up(quantity * table.cents, per),
        rate_version_id=None,
        yearly_table_id=table.id,
        from_organisation_id=None,
        payment_class=EXPENSE,
        income_type=income_type,
    )
