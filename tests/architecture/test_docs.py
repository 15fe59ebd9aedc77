"""Documentation keeps up: every setting and every command is named in it, and every link leads somewhere."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from config import Config, TestConfig

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
INTERNAL = {"environment", "testing"}
FLASKS_OWN = {"run", "shell", "routes"}


@pytest.mark.parametrize("name", [f.name for f in fields(Config) if f.name not in INTERNAL])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name.upper()}`" in OPERATIONS


def test_every_command_is_documented() -> None:
    from core import create_app

    app = create_app(TestConfig(database_url="sqlite://"))
    missing = [c for c in _commands(app.cli) if f"flask {c}" not in OPERATIONS]
    assert missing == []


def _commands(group: click.Group, prefix: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if not prefix and name in FLASKS_OWN:
            continue
        if isinstance(command, click.Group):
            found += _commands(command, f"{prefix}{name} ")
        else:
            found.append(prefix + name)
    return found


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    folder = (ROOT / page).parent
    assert [t for t in targets if "://" not in t and not (folder / t).exists()] == []
