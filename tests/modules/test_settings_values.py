"""What a setting may hold, how a description is refused, and how old values become new ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.modules.settings.description import BadSetting, Setting
from core.modules.settings.resolving import Layer, Stored, layer_of, resolve
from core.modules.settings.values import checked, from_json, to_json
from core.modules.settings.versions import SettingsUnreadable
from core.records.reading import BadValue

GOOD: list[tuple[dict[str, Any], Any]] = [
    ({"type": "text"}, "Palkanlaskenta"),
    ({"type": "longtext"}, "first\nsecond"),
    ({"type": "integer", "min": 1, "max": 60}, 60),
    ({"type": "money", "min": 0}, 12140),
    ({"type": "date"}, date(2026, 10, 6)),
    ({"type": "choice", "choices": (("a", "A"), (1, "One"))}, 1),
    ({"type": "yesno"}, False),
    ({"type": "email"}, "palkat@laukaa.example"),
    ({"type": "secret"}, " kept as typed "),
]
BAD: list[tuple[dict[str, Any], Any]] = [
    ({"type": "text"}, 7),
    ({"type": "text"}, "a\u202eb"),
    ({"type": "text", "max": 3}, "four"),
    ({"type": "longtext"}, "a\x07"),
    ({"type": "integer"}, True),
    ({"type": "integer"}, 1.5),
    ({"type": "integer"}, "7"),
    ({"type": "integer", "min": 1}, 0),
    ({"type": "integer"}, 10**30),
    ({"type": "money", "max": 100}, 101),
    ({"type": "date"}, "2026-10-06"),
    ({"type": "date"}, datetime(2026, 10, 6, tzinfo=UTC)),
    ({"type": "date", "min": date(2026, 1, 1)}, date(2025, 12, 31)),
    ({"type": "choice", "choices": ((1, "One"),)}, True),
    ({"type": "choice", "choices": ((1, "One"),)}, "1"),
    ({"type": "yesno"}, 1),
    ({"type": "email"}, "not an address"),
    ({"type": "email"}, "a@b.fi\nBcc: c@d.fi"),
    ({"type": "secret"}, "a\x00b"),
    ({"required": True}, None),
    ({"required": True}, "  "),
]


def made(**facts: Any) -> Setting:
    return Setting(**{"key": "k", "label": "Label", **facts})


@pytest.mark.parametrize(("facts", "value"), GOOD)
def test_a_good_value_is_kept_and_read_back(facts: dict[str, Any], value: Any) -> None:
    setting = made(**facts)
    assert checked(setting, value) == value
    assert from_json(setting, to_json(value)) == value


@pytest.mark.parametrize(("facts", "value"), BAD)
def test_a_bad_value_is_refused_on_the_way_in_and_out(facts: dict[str, Any], value: Any) -> None:
    with pytest.raises(BadValue):
        checked(made(**facts), value)


@pytest.mark.parametrize("raw", ["6.10.2026", 7, True, ["2026-10-06"], {}, "2026-13-01"])
def test_a_stored_day_that_is_none_is_refused(raw: Any) -> None:
    with pytest.raises(BadValue):
        from_json(made(type="date"), raw)


def test_nothing_is_a_value_unless_something_is_asked_for() -> None:
    assert checked(made(), "  ") is None
    assert from_json(made(type="date"), None) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "Not-a-key"},
        {"was": ("Old",)},
        {"type": "float"},
        {"type": "choice"},
        {"choices": (("a", "A"),)},
        {"type": "secret", "default": "x"},
    ],
)
def test_a_description_that_cannot_hold_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        made(**facts)


DAYS = made(key="days", type="integer", default=10, min=1, max=60)
WARD, COUNTY, REGION = 3, 2, 1


def layer(organisation_id: int, *locked: str, **values: Any) -> Layer:
    return Layer(organisation_id, values, frozenset(locked), {})


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], (10, "default", None)),
        ([layer(WARD, days=3)], (3, "own", WARD)),
        ([layer(COUNTY, days=7)], (7, "inherited", COUNTY)),
        ([layer(WARD, days=3), layer(COUNTY, days=7)], (3, "own", WARD)),
        ([layer(WARD, days=3), layer(COUNTY, "days", days=7)], (7, "locked", COUNTY)),
        # the highest lock wins, and holds fast what is inherited there
        (
            [layer(WARD, days=3), layer(COUNTY, "days", days=7), layer(REGION, "days", days=5)],
            (5, "locked", REGION),
        ),
        ([layer(COUNTY, days=7), layer(REGION, "days")], (10, "locked", REGION)),
        ([layer(WARD, days=3), layer(COUNTY, "days"), layer(REGION, days=5)], (5, "locked", COUNTY)),
        # one's own lock binds those below alone
        ([layer(WARD, "days", days=3)], (3, "own", WARD)),
        ([layer(WARD, days=None), layer(COUNTY, days=7)], (None, "own", WARD)),
    ],
)
def test_what_holds_at_a_ward(layers: list[Layer], expected: tuple[Any, str, int | None]) -> None:
    found = resolve(DAYS, WARD, layers)
    assert (found.value, found.source, found.locked_by or found.set_by) == expected


def plugin(version: int = 3, **more: Any) -> Any:
    steps = {
        1: lambda old: {"day_count": old["weeks"] * 7},
        2: lambda old: {"days": old["day_count"]},
    }
    facts = {"name": "x", "settings": (made(key="days", type="integer", max=60, was=("weeks",)),)}
    return SimpleNamespace(**{**facts, "settings_version": version, "settings_steps": steps, **more})


def stored(version: int, locked: tuple[str, ...] = (), **values: Any) -> Stored:
    return Stored(version, values, locked, {})


def test_old_values_go_through_every_step_and_locks_follow_their_setting() -> None:
    row = stored(1, ("weeks",), weeks=2)
    found = layer_of(plugin(), WARD, row)
    assert (found.values, found.locked, found.faults) == ({"days": 14}, {"days"}, {})
    assert row.values == {"weeks": 2}, "a step may not change what it was given"


def test_a_value_that_no_longer_validates_counts_as_not_set_and_is_reported() -> None:
    found = layer_of(plugin(), WARD, stored(3, days=61))
    assert (found.values, found.faults) == ({}, {"days": 61})


def broken(old: dict[str, Any]) -> dict[str, Any]:
    raise SystemExit(str(old))


@pytest.mark.parametrize("step", [broken, lambda old: old["missing"], lambda _old: None, lambda _old: {1: 2}])
def test_a_step_that_fails_or_gives_nonsense_is_no_guess(step: Any) -> None:
    with pytest.raises(SettingsUnreadable):
        layer_of(plugin(2, settings_steps={1: step}), WARD, stored(1, weeks=2))


def test_settings_of_a_newer_plugin_are_not_read() -> None:
    with pytest.raises(SettingsUnreadable):
        layer_of(plugin(), WARD, stored(4, days=3))
