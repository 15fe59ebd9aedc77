"""The import rules in pyproject.toml hold, and would notice a breach."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--config", str(folder / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_import_rules_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


BREACHES = [
    ("core/users/views.py", "import plugins.fees", "core never imports plugins"),
    ("core/users/views.py", "import flask_admin", "only core.admin imports flask_admin"),
    ("plugins/fees/views.py", "from flask_admin import Admin", "only core.admin imports flask_admin"),
    ("core/admin/services.py", "from flask_admin import Admin", "services never import flask_admin"),
    ("plugins/fees/views.py", "from core import users", "plugins import core.api alone"),
    ("plugins/fees/views.py", "from core.users import services", "plugins import core.api alone"),
    ("plugins/fees/views.py", "from core import testing", "plugins import core.api alone"),
]
ALLOWED = [
    ("core/admin/views.py", "import flask_admin"),
    ("plugins/fees/views.py", "from core.api import Anything"),
    ("plugins/fees/views.py", "from core import api"),
    ("plugins/fees/tests/test_it.py", "from core.testing import contract"),
]
MODULES = [
    "core/api.py",
    "core/users/services.py",
    "core/users/views.py",
    "core/admin/services.py",
    "core/admin/views.py",
    "core/testing/contract.py",
    "plugins/fees/services.py",
    "plugins/fees/views.py",
    "plugins/fees/tests/test_it.py",
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house under the same rules."""
    for module in MODULES:
        path = tmp_path / module
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for folder in list(path.relative_to(tmp_path).parents)[:-1]:
            (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


@pytest.mark.parametrize(("path", "line", "rule"), BREACHES)
def test_breach_is_noticed(house: Path, path: str, line: str, rule: str) -> None:
    (house / path).write_text(line + "\n")
    result = lint(house)
    assert result.returncode == 1
    broken = [text for text in result.stdout.splitlines() if text.endswith("BROKEN")]
    assert any(text.startswith(rule) for text in broken), result.stdout


def test_what_is_allowed_passes(house: Path) -> None:
    for path, line in ALLOWED:
        with (house / path).open("a") as file:
            file.write(line + "\n")
    result = lint(house)
    assert result.returncode == 0, result.stdout


def test_everything_the_facade_promises_is_there() -> None:
    from core import api

    assert [name for name in api.__all__ if not hasattr(api, name)] == []
