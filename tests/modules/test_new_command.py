"""`flask modules new`: what it writes and what it refuses. tests/outside installs and tries the result."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.modules.scaffold.command import LONGEST
from core.testing.catalogues import Owner, problems
from tests.support.plugins import packages_in


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with packages_in(tmp_path_factory.mktemp("packages")) as packages:
        yield packages.start()


def new(app: Flask, name: str, folder: Path) -> str:
    answer = app.test_cli_runner().invoke(args=["modules", "new", name, "--into", str(folder)])
    return answer.output if answer.exit_code == 0 else f"exit {answer.exit_code}: {answer.output}"


def test_it_writes_a_project_and_says_what_comes_next(app: Flask, tmp_path: Path) -> None:
    said = new(app, "training_days", tmp_path / "mine")
    project = tmp_path / "mine" / "kokemussilta-training-days"
    assert f"pip install --no-build-isolation --no-deps --editable {project}" in said
    written = {file.relative_to(project).as_posix() for file in project.rglob("*") if file.is_file()}
    assert {
        "pyproject.toml",
        "tests/conftest.py",
        "tests/test_contract.py",
        "training_days/__init__.py",
        "training_days/README.md",
        "training_days/CHANGELOG.md",
        "training_days/migrations/versions/0001_first_table.py",
        "training_days/translations/fi/LC_MESSAGES/messages.mo",
    } <= written


@pytest.mark.parametrize("name", ["ab", "x" * LONGEST])
def test_what_it_writes_is_whole(app: Flask, tmp_path: Path, name: str) -> None:
    new(app, name, tmp_path)
    package = tmp_path / f"kokemussilta-{name}" / name
    texts = [file.read_text(encoding="utf-8") for file in package.parent.rglob("*") if file.suffix != ".mo"
             if file.is_file()]  # fmt: skip
    assert not [text for text in texts if "$" in text]
    assert list(problems(Owner(package))) == []
    for file in package.parent.rglob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Training", "cannot be the name of a module: it has 2 to 25 small letters"),
        ("training days", "small letters"),
        ("../up", "small letters"),
        ("a", "small letters"),
        ("x" * (LONGEST + 1), "small letters"),
        ("class", "Python has something called class"),
        ("flask", "Python has something called flask"),
        ("core", "Python has something called core"),
        ("records", "the name records is the core's"),
        ("expert", "the name expert is the core's"),
        ("fees", "there is a module called fees already"),
        ("fees_more", "too alike"),
    ],
)
def test_it_refuses_names_that_would_not_work(app: Flask, tmp_path: Path, name: str, why: str) -> None:
    said = new(app, name, tmp_path)
    assert said.startswith("exit 1: Error: ")
    assert why in said
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_an_existing_folder_alone(app: Flask, tmp_path: Path) -> None:
    mine = tmp_path / "kokemussilta-training"
    mine.mkdir()
    assert new(app, "training", tmp_path) == f"exit 1: Error: nothing was written: {mine} is there already\n"
    assert list(mine.iterdir()) == []
