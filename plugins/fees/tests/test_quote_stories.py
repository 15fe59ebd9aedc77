"""What the demonstration region's rates pay: the stories' amounts to the cent, and the edges of each rule."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from core.api import HELSINKI
from plugins.fees.demo import places
from plugins.fees.errors import FeeError
from plugins.fees.quote import Price, Rules, TravelRule, Work, Yearly
from plugins.fees.sheet import SheetLine

PATHS = {
    "koulu": ("koulu", "laukaa"),
    "osasto": ("osasto", "hyvaks"),
    "perusopetus": ("perusopetus", "jyvaskyla"),
    "nuorisopalvelut": ("nuorisopalvelut", "jyvaskyla"),
    "kirjasto": ("kirjasto", "jyvaskyla"),
}
NAMES = sorted({name for path in PATHS.values() for name in path})
ID = {name: number for number, name in enumerate(NAMES, 1)}
PAYERS = ("laukaa", "hyvaks", "jyvaskyla")
HOUR, LESSON, TASK, NO_FEE = 0, 1, 2, 3
UNITS = ("hour", "lesson", "task", "hour")
DAY = date(2026, 11, 12)
TABLES = {"km": 55, "passenger": 4, "full_day": 5400, "part_day": 2500}


def rules(*more: Price, travel: TravelRule | None = None) -> Rules:
    """The demonstration region's rules as plain values, and more prices."""
    works = {}
    for nth, payer in enumerate(PAYERS):
        for kind, unit in enumerate(UNITS):
            number = nth * len(UNITS) + kind
            payment = "none" if kind == NO_FEE else "lecture"
            works[number] = (ID[payer], Work(number, f"{payer}{kind}", unit, payment, "214"))
    prices = [
        Price(ID[p.where], None, p.unit, number, p.first, p.last, p.unit_cents, p.step, p.minimum,
              p.preparation, p.cap)
        for number, p in enumerate(places.PRICES, 1)
    ]  # fmt: skip
    yearly = {(2026, kind): Yearly(n, cents) for n, (kind, cents) in enumerate(TABLES.items(), 1)}
    found = {(ID["hyvaks"], "lecture"): travel or TravelRule("tax_free")}
    by_id = {ID[unit]: tuple(ID[name] for name in path) for unit, path in PATHS.items()}
    return Rules(lambda unit: by_id.get(unit, ()), works, [*prices, *more], yearly, found)


def task(unit: str, kind: int, hours: float = 1, **more: Any) -> SheetLine:
    payer = PAYERS.index(PATHS[unit][-1])
    start = datetime.combine(DAY, time(12))
    values = {"day": DAY, "start": start.time(), "end": (start + timedelta(hours=hours)).time(), **more}
    return SheetLine(organisation_id=ID[unit], work_type_id=payer * len(UNITS) + kind, **values)


def own(**more: Any) -> Price:
    """A price of Hyvaks' work by the hour, or of its tasks."""
    unit = more.pop("unit", "hour")
    kind = UNITS.index(unit) + PAYERS.index("hyvaks") * len(UNITS)
    values = {"unit_cents": 2500, "step_minutes": 30, "minimum_minutes": 60, "preparation_unit_cents": 2500,
              "preparation_cap_minutes": None, "valid_to": None, **more}  # fmt: skip
    return Price(organisation_id=ID["hyvaks"], work_type_id=kind, unit=unit, version_id=99,
                 valid_from=date(2026, 1, 1), **values)  # fmt: skip


def away(hours: float, meals: int = 0, start: datetime | None = None) -> dict[str, Any]:
    first = start or datetime(2026, 11, 12, 8, tzinfo=HELSINKI)
    return {"away_from": first, "away_to": first + timedelta(hours=hours), "free_meals": meals}


ORDERER = {"cancelled_by": "orderer", "metres": 30_000}
STORIES: dict[str, tuple[list[SheetLine], list[int]]] = {
    "US1 a lesson": (
        [task("koulu", LESSON, lessons=2, preparation_minutes=60, metres=48_000)],
        [7000, 2500, 2640],
    ),
    "US2 four wards": ([task("osasto", HOUR, h) for h in (1.5, 1.5, 7 / 6, 0.75)], [3750, 3750, 3750, 2500]),
    "US3 own and inherited": (
        [
            task("perusopetus", LESSON, lessons=1),
            task("nuorisopalvelut", HOUR, 1.5),
            task("kirjasto", HOUR),
        ],
        [4000, 3750, 3000],
    ),
    "US4 the day of work": (
        [task("osasto", HOUR, 2, day=date(2026, 12, 30)), task("osasto", HOUR, 2, day=date(2027, 1, 13))],
        [5000, 5400],
    ),
    "US6 cancelled the same day": (
        [task("osasto", HOUR, 2, notice_minutes=230, preparation_minutes=60, **ORDERER)],
        [2500, 1650],
    ),
    "US6 one minute short of a day": (
        [task("osasto", HOUR, 2, notice_minutes=1439, **ORDERER)],
        [2500, 1650],
    ),
    "US6 a whole day before": ([task("osasto", HOUR, 2, notice_minutes=1440, **ORDERER)], []),
    "US6 the expert is ill": ([task("osasto", HOUR, 2, cancelled_by="expert", metres=30_000)], []),
    "US7 a journey": (
        [task("osasto", HOUR, metres=196_000, passengers=1, **away(7.25, 1))],
        [2500, 10780, 784, 1250],
    ),
    "US8 the card changes no amount": ([task("osasto", HOUR)], [2500]),
    "US9 preparation after the new year": (
        [task("osasto", HOUR, day=date(2027, 1, 13), preparation_minutes=60)],
        [2700, 2700],
    ),
    "US10 the same lesson again": ([task("koulu", LESSON, lessons=1)], [3500]),
    "no fee, only the journey": ([task("osasto", NO_FEE, metres=10_000)], [550]),
    "no allowance where the payer has none": ([task("koulu", LESSON, lessons=1, **away(12))], [3500]),
    "over midnight": ([task("osasto", HOUR, start=time(22), end=time(1))], [7500]),
    "the autumn night": ([task("osasto", HOUR, day=date(2026, 10, 25), start=time(2), end=time(5))], [10000]),
    "the spring night": ([task("osasto", HOUR, day=date(2026, 3, 29), start=time(2), end=time(5))], [5000]),
    "half a cent goes up": ([task("osasto", HOUR, preparation_minutes=1, metres=10)], [2500, 42, 1]),
}


@pytest.mark.parametrize("story", STORIES)
def test_amounts_of_the_stories(story: str) -> None:
    tasks, cents = STORIES[story]
    found = rules()
    assert [line.cents for t in tasks for line in found.quote(t).lines] == cents


@pytest.mark.parametrize(
    ("hours", "meals", "days"),
    [
        (6, 0, []), (6.01, 0, [2500]), (6.01, 1, [1250]), (10, 0, [2500]), (10.01, 0, [5400]),
        (10.01, 1, [5400]), (10.01, 2, [2700]), (25, 0, [5400]), (26, 0, [5400, 2500]),
        (30.01, 0, [10800]), (26, 3, [2700, 1250]), (48, 0, [10800]),
    ],
)  # fmt: skip
def test_daily_allowance(hours: float, meals: int, days: list[int]) -> None:
    lines = rules().quote(task("osasto", HOUR, **away(hours, meals))).lines
    assert [line.cents for line in lines[1:]] == days
    assert {line.income_type for line in lines[1:]} <= {"331"}


def test_allowance_counts_elapsed_hours() -> None:
    """In the night when the clock goes back, seven hours by the clock are eight."""
    found = away(0, start=datetime(2026, 10, 25, 0, tzinfo=HELSINKI))
    found["away_to"] = datetime(2026, 10, 25, 5, 30, tzinfo=HELSINKI)
    assert rules().quote(task("osasto", HOUR, **found)).lines[-1].kind == "part_day"


def test_taxable_journeys_carry_their_mark() -> None:
    found = rules(travel=TravelRule("taxable", "taxable"))
    lines = found.quote(task("osasto", HOUR, metres=1000, **away(7))).lines
    assert [line.income_type for line in lines] == ["214", "357", "353"]


def test_a_year_without_its_table_is_held() -> None:
    with pytest.raises(FeeError) as error:
        rules().quote(task("osasto", HOUR, day=date(2027, 1, 13), metres=1000))
    assert error.value.code == "yearly_table_missing"


@pytest.mark.parametrize(("agreed", "cents"), [(10_000, 10_000), (60_000, 60_000), (12_345, 12_345)])
def test_a_range_pays_what_was_agreed(agreed: int, cents: int) -> None:
    found = rules(own(unit="task", unit_cents=10_000, most_cents=60_000))
    assert found.quote(task("osasto", TASK, agreed_cents=agreed)).total_cents == cents


@pytest.mark.parametrize(
    ("agreed", "code"),
    [(None, "agreed_missing"), (9_999, "agreed_outside_range"), (60_001, "agreed_outside_range")],
)
def test_a_range_without_a_fitting_agreement(agreed: int | None, code: str) -> None:
    with pytest.raises(FeeError) as error:
        rules(own(unit="task", unit_cents=10_000, most_cents=60_000)).quote(
            task("osasto", TASK, agreed_cents=agreed)
        )
    assert error.value.code == code


@pytest.mark.parametrize(("level", "cents"), [("untrained", 2000), ("trained", 2500), ("further", 3100)])
def test_the_level_of_training_has_its_price(level: str, cents: int) -> None:
    found = rules(own(untrained_cents=2000, further_cents=3100))
    assert found.quote(task("osasto", HOUR, level=level)).total_cents == cents


@pytest.mark.parametrize(("minutes", "cents"), [(74, 2500), (75, 3750), (104, 3750), (105, 5000), (10, 2500)])
def test_rounding_to_the_nearest_step(minutes: int, cents: int) -> None:
    assert rules(own(rounding="nearest")).quote(task("osasto", HOUR, minutes / 60)).total_cents == cents


def test_travel_time_pays_its_share_of_the_time_away() -> None:
    found = rules(own(travel_time_percent=50), travel=TravelRule())
    lines = found.quote(task("osasto", HOUR, 2, **away(5))).lines
    assert [(line.kind, line.quantity, line.cents) for line in lines] == [
        ("work", 120, 5000),
        ("travel_time", 180, 3750),
    ]


def test_the_payers_own_terms_of_cancellation() -> None:
    found = rules(own(cancel_notice_minutes=60, cancel_percent=100))
    cancelled = [task("osasto", HOUR, 2, cancelled_by="orderer", notice_minutes=n) for n in (59, 60)]
    assert [found.quote(t).total_cents for t in cancelled] == [5000, 0]
