"""docs/records.md knows every type, every part of a field and of a record, with an example that works."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from core.experts.models import Expert
from core.records.description import Field, FieldType, Record, Reference

TEXT = (Path(__file__).parents[2] / "docs" / "records.md").read_text("utf-8")


def table(heading: str) -> dict[str, str]:
    """The names in the first column below a heading, each with the example in the last."""
    below = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in below.splitlines() if line.startswith("| `")]
    return {name: cells[-1].strip("`") for cells in lines for name in re.findall(r"`([^`]+)`", cells[0])}


def test_every_type() -> None:
    assert set(table("Types")) == set(get_args(FieldType))


@pytest.mark.parametrize("kind", get_args(FieldType))
def test_every_example_of_a_type_is_a_field_of_it(kind: str) -> None:
    names: dict[str, Any] = {"Field": Field, "Reference": Reference, "Note": Expert, "sizes": lambda _o: []}
    made = eval(table("Types")[kind], names)  # noqa: S307  # our own documentation
    assert made.type == kind


@pytest.mark.parametrize(
    ("heading", "described"), [("Parts of a field", Field), ("Parts of a record", Record)]
)
def test_every_part_with_an_example(heading: str, described: type[Any]) -> None:
    told, parts = table(heading), list(described.__dataclass_fields__)
    assert sorted(told) == sorted(parts)
    for name, example in told.items():
        call = ast.parse(f"f({example})", mode="eval").body
        assert isinstance(call, ast.Call)
        assert {keyword.arg for keyword in call.keywords} & _beside(told, example), name


def _beside(told: dict[str, str], example: str) -> set[str]:
    """The parts that stand in the same line."""
    return {name for name, other in told.items() if other == example}
