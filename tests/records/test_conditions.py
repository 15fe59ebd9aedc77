"""Conditions hold or not, and survive as JSON; what is no condition is refused."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from core.database.types import Texts
from core.records.conditions import All, AnyOf, BadCondition, Where, fields_in, from_json, holds, to_json

pytestmark = pytest.mark.pages


@pytest.mark.parametrize(
    ("op", "wanted", "held", "expected"),
    [
        ("is", "a", "a", True),
        ("is", "a", "b", False),
        ("is", "", "", False),
        ("is", False, False, True),
        ("is_not", "a", "b", True),
        ("is_not", "a", "a", False),
        ("is_not", "a", None, True),
        ("one_of", ("a", "b"), "b", True),
        ("one_of", ("a", "b"), "c", False),
        ("one_of", ("a",), None, False),
        ("contains", "LAU", "Ylaukaa", True),
        ("contains", "x", "Laukaa", False),
        ("contains", "n", None, False),
        ("contains", "a", ("a", "b"), True),
        ("contains", "c", ("a", "b"), False),
        ("contains", "lek", Texts(fi="Luento", sv="Lektion"), True),
        ("at_least", 3, 3, True),
        ("at_least", 3, 2, False),
        ("at_most", Decimal("1.5"), Decimal("1.5"), True),
        ("at_most", date(2026, 1, 1), date(2026, 1, 2), False),
        ("at_least", 3, None, False),
        ("at_most", 3, "text", False),
        ("empty", None, "", True),
        ("empty", None, (), True),
        ("empty", None, 0, False),
        ("empty", None, False, False),
        ("filled", None, 0, True),
        ("filled", None, None, False),
    ],
)
def test_one_comparison(op: Any, wanted: Any, held: Any, expected: bool) -> None:
    assert holds(Where("it", op, wanted), {"it": held}) is expected


def test_all_and_any() -> None:
    a, b = Where("a", "filled"), Where("b", "filled")
    assert holds(All(a, b), {"a": 1, "b": 2})
    assert not holds(All(a, b), {"a": 1})
    assert holds(AnyOf(a, b), {"a": 1})
    assert not holds(AnyOf(a, b), {})
    assert holds(All(), {})
    assert not holds(AnyOf(), {})
    assert fields_in(All(a, AnyOf(b, a))) == {"a", "b"}


def test_there_and_back_as_json() -> None:
    condition = All(
        Where("status", "one_of", ("active", "paused")),
        AnyOf(
            Where("day", "at_least", date(2026, 10, 6)),
            Where("at", "at_most", time(9, 15)),
            Where("hours", "is", Decimal("1.50")),
            Where("note", "empty"),
        ),
    )
    assert from_json(json.loads(json.dumps(to_json(condition)))) == condition


DEEP: Any = {"field": "a", "op": "filled"}
for _each in range(10):
    DEEP = {"all": [DEEP]}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "x",
        {},
        {"field": "a"},
        {"field": "a", "op": "like"},
        {"field": 1, "op": "is"},
        {"field": "a", "op": []},
        {"field": "a", "op": "is", "value": {"date": "6.10.2026"}},
        {"field": "a", "op": "is", "value": {"number": "x"}},
        {"field": "a", "op": "is", "value": {"date": 1}},
        {"field": "a", "op": "is", "value": {"other": "x"}},
        {"field": "a", "op": "is", "value": {}},
        {"field": "a", "op": "one_of", "value": "ab"},
        {"field": "a", "op": "is", "more": 1},
        {"all": "x"},
        {"all": [], "any": []},
        {"all": [{"field": "a", "op": "filled"}] * 51},
        {"all": [{"all": [{"field": "a", "op": "filled"}] * 30}] * 2},
        DEEP,
    ],
)
def test_what_is_no_condition(raw: Any) -> None:
    with pytest.raises(BadCondition):
        from_json(raw)
