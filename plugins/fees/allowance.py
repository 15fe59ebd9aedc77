"""Daily allowance of a journey within Finland: which days pay it, and which of them are halved.

The Tax Administration's decision on tax-free travel: over 6 hours a part-day allowance, over 10 hours a full
one; after the last full day of travel, at least 2 hours more pay a part day and over 6 hours more a full one.
A full day with two free meals, and a part day with one, pays half.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MEALS = {"full_day": 2, "part_day": 1}
Kind = Literal["full_day", "part_day"]


@dataclass(frozen=True)
class AllowanceDay:
    """One day of travel, by the year it began in."""

    year: int
    kind: Kind
    halved: bool


def allowance_days(away_from: datetime, away_to: datetime, free_meals: int) -> list[AllowanceDay]:
    """The days of travel that pay; elapsed hours count, not the clock's.

    `free_meals` is for the whole journey: they halve its days in order, as far as they go.
    """
    first, last = away_from.astimezone(UTC), away_to.astimezone(UTC)
    found: list[AllowanceDay] = []
    while first < last:
        kind = _kind(last - first, first_day=not found)
        if kind is not None:
            halved = free_meals >= MEALS[kind]
            free_meals -= MEALS[kind] if halved else 0
            found.append(AllowanceDay(first.astimezone(away_from.tzinfo).year, kind, halved))
        first += DAY
    return found


def _kind(rest: timedelta, *, first_day: bool) -> Kind | None:
    if first_day:
        return "full_day" if rest > 10 * HOUR else "part_day" if rest > 6 * HOUR else None
    return "full_day" if rest > 6 * HOUR else "part_day" if rest >= 2 * HOUR else None
