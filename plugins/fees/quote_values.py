"""What a quote reads and gives: published rules as plain values, and the lines a task pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from plugins.fees.errors import FeeError

NO_FEE = "none"
Tax = Literal["none", "tax_free", "taxable"]


@dataclass(frozen=True)
class Work:
    """A work type as the rules need it. Payment class `none`: the work is never paid, its journey is."""

    id: int
    code: str
    unit: str
    payment_class: str
    income_type: str


@dataclass(frozen=True)
class Price:
    """A published rate version and where it comes from.

    `most_cents`: the price is a range from `unit_cents` to it. `untrained_cents` and `further_cents` replace
    `unit_cents` at those levels of training. Percents are whole; a notice is in elapsed minutes.
    """

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
    most_cents: int | None = None
    rounding: str = "up"
    travel_time_percent: int = 0
    cancel_notice_minutes: int = 1440
    cancel_percent: int = 50
    untrained_cents: int | None = None
    further_cents: int | None = None

    def holds(self, day: date) -> bool:
        """Whether the price is of that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def amount(self, level: str, agreed_cents: int | None) -> int:
        """Cents for one unit: what was agreed within a range, else the level's own price."""
        if self.most_cents is not None:
            return self._agreed(agreed_cents, self.most_cents)
        own = {"untrained": self.untrained_cents, "further": self.further_cents}.get(level)
        return self.unit_cents if own is None else own

    def _agreed(self, agreed_cents: int | None, most: int) -> int:
        bounds = {"least": self.unit_cents, "most": most, "organisation_id": self.organisation_id}
        if agreed_cents is None:
            raise FeeError("agreed_missing", "work_type_id", **bounds)
        if not self.unit_cents <= agreed_cents <= most:
            raise FeeError("agreed_outside_range", "work_type_id", **bounds)
        return agreed_cents


@dataclass(frozen=True)
class Yearly:
    """A statutory amount of a year."""

    id: int
    cents: int


@dataclass(frozen=True)
class TravelRule:
    """How a payer pays journeys in one payment class: its daily allowance, and its kilometres' tax mark."""

    allowance: Tax = "none"
    kilometres: Tax = "tax_free"


@dataclass(frozen=True)
class QuoteLine:
    """One sum with the rule it comes from.

    `kind` is work, cancellation, preparation, travel_time, travel, passengers, full_day or part_day.
    `unit` is minutes, lessons, pieces, metres, passenger-metres or days.
    `unit_cents` is for an hour, a lesson, a piece, a kilometre or a day.
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
