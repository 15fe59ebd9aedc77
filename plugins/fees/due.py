"""Due times: working days of the Finnish calendar, the last one included to its end in Helsinki."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from core.api import HELSINKI

OWN_DAYS = 10
PAYROLL_DAYS = 5
SATURDAY = 5
_END = time(23, 59, 59)


@lru_cache(maxsize=32)
def holidays_of(year: int) -> frozenset[date]:
    """Public holidays with Christmas Eve and Midsummer Eve, when nobody is at a desk either."""
    import holidays  # only when a claim moves: importing it costs start-up time

    found = set(holidays.country_holidays("FI", years=year))
    midsummer = next(date(year, 6, d) for d in range(19, 26) if date(year, 6, d).weekday() == SATURDAY - 1)
    return frozenset(found | {date(year, 12, 24), midsummer})


def is_working_day(day: date) -> bool:
    """Monday to Friday, unless it is a holiday."""
    return day.weekday() < SATURDAY and day not in holidays_of(day.year)


def due_after(arrived: datetime, working_days: int) -> datetime:
    """The end of the last of `working_days` after the day of arrival."""
    day = helsinki_day(arrived)
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return datetime.combine(day, _END, HELSINKI).astimezone(UTC)


def helsinki_day(at: datetime) -> date:
    """The day of an instant in Helsinki."""
    return at.astimezone(HELSINKI).date()
