"""Which rule prices a piece of work, and how sums are rounded. No database: rules are plain values."""

from collections.abc import Mapping
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.fees.due import due_after, is_working_day
from plugins.fees.errors import FeeError
from plugins.fees.money import half_up, round_up
from plugins.fees.quote import Price, Rules, Work, Yearly
from plugins.fees.sheet import SheetLine, elapsed_minutes
from tests.support.payers import MONDAY

CITY, SCHOOLS, YOUTH, LIBRARY = 1, 2, 3, 4
HOUR = Work(1, "hour", "hour", "wage", "210")
LESSON = Work(2, "lesson", "lesson", "wage", "214")
DAY = date(2026, 10, 6)
PATHS: Mapping[int, tuple[int, ...]] = {
    CITY: (CITY,),
    SCHOOLS: (SCHOOLS, CITY),
    YOUTH: (YOUTH, CITY),
    LIBRARY: (LIBRARY, CITY),
}


def price(place: int, work: Work | None, unit: str, cents: int, **more: object) -> Price:
    values: dict[str, object] = {
        "organisation_id": place,
        "work_type_id": work.id if work else None,
        "unit": unit,
        "version_id": cents,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "unit_cents": cents,
        "step_minutes": 30,
        "minimum_minutes": 0,
        "preparation_unit_cents": 2500,
        "preparation_cap_minutes": 60,
        **more,
    }
    return Price(**values)  # type: ignore[arg-type]  # the fields of Price, by name


def rules(*prices: Price) -> Rules:
    works = {1: (CITY, HOUR), 2: (CITY, LESSON)}
    yearly = {(2026, "km"): Yearly(1, 55), (2026, "passenger"): Yearly(2, 4)}
    return Rules(lambda unit: PATHS.get(unit, ()), works, prices, yearly)


def task(unit: int, work: Work, day: date = DAY, **more: object) -> SheetLine:
    values = {"start": time(10), "end": time(11), "lessons": 1, **more}
    return SheetLine(organisation_id=unit, work_type_id=work.id, day=day, **values)  # type: ignore[arg-type]  # as above


JYVASKYLA = rules(
    price(CITY, None, "hour", 3000), price(SCHOOLS, LESSON, "lesson", 4000), price(YOUTH, HOUR, "hour", 2500)
)


@pytest.mark.parametrize(
    ("unit", "work", "more", "cents", "source"),
    [
        (SCHOOLS, LESSON, {}, 4000, SCHOOLS),
        (YOUTH, HOUR, {"end": time(11, 30)}, 3750, YOUTH),
        (LIBRARY, HOUR, {}, 3000, CITY),
        (SCHOOLS, HOUR, {}, 3000, CITY),
    ],
)
def test_nearest_own_rate_then_the_general_one(
    unit: int, work: Work, more: dict[str, object], cents: int, source: int
) -> None:
    (line,) = JYVASKYLA.quote(task(unit, work, **more)).lines
    assert (line.cents, line.from_organisation_id) == (cents, source)


def test_own_rate_above_beats_a_general_one_nearer() -> None:
    found = rules(price(CITY, HOUR, "hour", 2000), price(YOUTH, None, "hour", 9000))
    assert found.quote(task(YOUTH, HOUR)).total_cents == 2000


def test_no_rate_is_an_error_that_names_what_and_where() -> None:
    with pytest.raises(FeeError) as error:
        JYVASKYLA.quote(task(LIBRARY, LESSON))
    assert error.value.params == {"work_type": "lesson", "organisation_id": LIBRARY}


def test_the_day_of_work_decides() -> None:
    found = rules(
        price(CITY, HOUR, "hour", 2500, valid_to=date(2026, 12, 31)),
        price(CITY, HOUR, "hour", 2700, valid_from=date(2027, 1, 1)),
    )
    two_hours = {"end": time(12)}
    days = (date(2026, 12, 30), date(2027, 1, 13))
    assert [found.quote(task(CITY, HOUR, day, **two_hours)).total_cents for day in days] == [5000, 5400]


def test_travel_and_passengers_are_lines_of_their_own() -> None:
    found = JYVASKYLA.quote(task(CITY, HOUR, metres=196_000, passengers=1))
    assert [(line.kind, line.cents) for line in found.lines[1:]] == [("travel", 10780), ("passengers", 784)]


@pytest.mark.parametrize(
    ("minutes", "step", "minimum", "rounded"),
    [(90, 30, 60, 90), (70, 30, 60, 90), (45, 30, 60, 60), (61, 30, 0, 90), (1, 1, 0, 1)],
)
def test_hours_are_rounded_up(minutes: int, step: int, minimum: int, rounded: int) -> None:
    assert round_up(minutes, step, minimum) == rounded


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_half_up_is_the_nearest_whole_number(numerator: int, denominator: int) -> None:
    found = half_up(numerator, denominator)
    assert abs(2 * (found * denominator - numerator)) <= denominator
    assert half_up(-numerator, denominator) == -found


def test_half_a_cent_goes_up() -> None:
    assert [half_up(n, 2) for n in (1, 3, -1)] == [1, 2, -1]


def test_the_night_the_clock_is_turned() -> None:
    assert elapsed_minutes(date(2026, 10, 25), time(2, 30), time(4, 30)) == 180
    assert elapsed_minutes(date(2026, 3, 29), time(2, 30), time(4, 30)) == 60


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 10, 12), True),
        (date(2026, 10, 10), False),
        (date(2026, 12, 24), False),
        (date(2026, 6, 19), False),
        (date(2026, 12, 31), True),
        (date(2027, 1, 6), False),
    ],
)
def test_working_days(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_three_working_days_end_on_thursday_evening() -> None:
    due = due_after(MONDAY, 3)
    assert due.isoformat() == "2026-10-15T20:59:59+00:00"
