"""One's own copy holds everything descriptions say is about one, and says what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.modules.calling import calls
from core.trust import copying
from tests.trust.conftest import LIST, World


def copy_of(world: World, name: str = "Aino") -> dict[str, Any]:
    answer = world.browser(name).get("/me/export.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found: dict[str, Any] = json.loads(answer.text)
    return found


def part(copy: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return next(each["rows"] for each in copy["parts"] if each["key"] == key)


def test_the_copy_holds_what_is_described_about_one(world: World) -> None:
    world.browser("Kerttu").get(LIST)
    copy = copy_of(world)
    [expert] = part(copy, "core.expert")
    assert expert["name"] == "Aino Aamutähti"
    assert expert["title"] == "trained"
    assert [row["purpose"] for row in part(copy, "core.consent")] == ["register"]
    assert [row["who"] for row in part(copy, "core.access")] == ["Kerttu"]
    assert "Veikko" not in json.dumps(copy)
    assert copy["complete"] is True


def test_the_page_says_the_same_in_words(world: World) -> None:
    page = world.browser("Aino").get("/me/export").text
    assert "Aino Aamutähti" in page
    assert "0401234567" in page
    assert "Veikko" not in page


def test_a_part_that_fails_is_said_to_be_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **values: Any) -> list[calls.Answer]:
        return [calls.Answer(a.plugin, None, known=False) for a in calls.ask(*args, **values)]

    monkeypatch.setattr(copying, "ask", broken)
    copy = copy_of(world)
    assert copy["complete"] is False
    assert [each["key"] for each in copy["parts"] if each["missing"]] == ["fees"]
    assert "notice--error" in world.browser("Aino").get("/me/export").text
