"""`flask fees quote`: what would be paid, as an operator or a test asks it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.payers import Payers

TASK = {"work_date": "2026-10-06", "start": "10:00", "end": "11:40"}


def run(payers: Payers, folder: Path, data: Any) -> Any:
    file = folder / "task.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return payers.app.test_cli_runner().invoke(args=["fees", "quote", "--input", str(file)])


def lesson(payers: Payers, **more: Any) -> dict[str, Any]:
    return {**TASK, "unit": "school", "work_type": "LESSON", "lessons": 2, **more}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "nowhere"}, "unit: there is no organisation 'nowhere'"),
        ({"work_date": "6.10."}, "work_date: write a day such as 2026-10-06"),
        ({"start": "25:00"}, "start: write a time"),
        ({"metres": -1}, "metres: write a whole number"),
        ({"metres": 1.5}, "metres: write a whole number"),
        ({"cancelled_by": "cat"}, "cancelled_by: one of orderer, expert"),
        ({"cancelled_by": "orderer"}, "notice_minutes: say how long"),
        ({"speed": 1}, "speed: nobody knows this key"),
        ({"work_type": "NOTHING"}, "work_type: "),
        ({"passengers": 1}, "passengers: there are passengers but no metres"),
        ({"away_from": "08:00"}, "away_to: give both"),
    ],
)
def test_bad_input_is_named(payers: Payers, tmp_path: Path, change: dict[str, Any], message: str) -> None:
    code = _code(payers)
    found = run(payers, tmp_path, {**lesson(payers, work_type=code), **change})
    assert (found.exit_code, message in found.output) == (2, True), found.output


def test_the_first_story(payers: Payers, tmp_path: Path) -> None:
    data = lesson(payers, work_type=_code(payers), preparation_minutes=60, metres=48_000)
    found = run(payers, tmp_path, data)
    assert found.exit_code == 0, found.output
    quoted = json.loads(found.output)
    assert quoted["total_cents"] == 12_140
    assert [line["cents"] for line in quoted["lines"]] == [7000, 2500, 2640]
    assert quoted["lines"][0]["from_organisation"] == "laukaa"
    assert quoted["lines"][0]["rate_version"] is not None


def _code(payers: Payers) -> str:
    return next(name for name in payers.work if "lesson" in name.lower())
