"""What a person says they did: one piece of work, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from core.api import HELSINKI
from plugins.fees.errors import FeeError

MOST = {"lessons": 40, "preparation_minutes": 24 * 60, "metres": 5_000_000, "passengers": 8}

Level = Literal["untrained", "trained", "further"]


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """One task of a sheet. Travel is whole metres, preparation whole minutes; times are Helsinki's clock.

    `ask_overlap`: times over other work of the person are refused, because nobody has confirmed them.
    `away_from`, `away_to`: the whole journey, with zone.
    `notice_minutes`: elapsed between the cancellation and the planned start.
    `agreed_cents`: what was agreed on within a price range. `level`: the expert's training.
    """

    organisation_id: int
    work_type_id: int
    day: date
    start: time | None = None
    end: time | None = None
    lessons: int = 0
    preparation_minutes: int = 0
    metres: int = 0
    passengers: int = 0
    message: str = ""
    ask_overlap: bool = False
    away_from: datetime | None = None
    away_to: datetime | None = None
    free_meals: int = 0
    cancelled_by: Literal["orderer", "expert"] | None = None
    notice_minutes: int = 0
    agreed_cents: int | None = None
    level: Level = "trained"

    @property
    def travel_minutes(self) -> int:
        """Minutes away that were not work."""
        if self.away_from is None or self.away_to is None:
            return 0
        away = self.away_to.astimezone(UTC) - self.away_from.astimezone(UTC)
        return max(int(away.total_seconds()) // 60 - self.minutes, 0)

    @property
    def minutes(self) -> int:
        """Elapsed whole minutes from start to end, true also on the nights when the clock is turned."""
        if self.start is None or self.end is None:
            raise FeeError("times_missing", "start" if self.start is None else "end")
        return elapsed_minutes(self.day, self.start, self.end)

    def check(self, today: date) -> None:
        """Raise for what is wrong whatever the rates are."""
        if self.day > today:
            raise FeeError("day_in_future", "day")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise FeeError("end_before_start", "end")
        for name, most in MOST.items():
            if not 0 <= getattr(self, name) <= most:
                raise FeeError("number_too_large", name, most=most)
        if self.passengers and not self.metres:
            raise FeeError("passengers_without_travel", "metres")


def elapsed_minutes(day: date, start: time, end: time) -> int:
    """Whole minutes between two clock times in Helsinki; an end before the start is of the next day."""
    last_day = day + timedelta(days=1) if end < start else day
    first = datetime.combine(day, start, HELSINKI).astimezone(UTC)
    last = datetime.combine(last_day, end, HELSINKI).astimezone(UTC)
    return int((last - first).total_seconds()) // 60
