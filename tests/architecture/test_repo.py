"""The repository speaks of the product alone, in files of a size that can be read."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TEXT = frozenset({".py", ".md", ".toml", ".html", ".txt", ".css", ".js", ".po", ".lock", ".mako", ".svg", ""})
WORDS = frozenset({".py", ".md", ".toml", ".mako", ""})

# Written so that no pattern finds itself.
MACHINE_PATH = re.compile(
    r"/wor[k]/(?:main|shared)|\.\./share[d]/|/roo[t]/|/bash_job[s]|/opt/(?:py[p]i|wheel[s])"
)
INDEX_HOST = re.compile(r"py[p]i\.(?:org|python)|pythonhoste[d]|npm[j]s|index[-_]ur[l]|find[-_]link[s]")
ISSUE_NUMBER = re.compile(r"(?<![\w&/#])#\d{1,4}\b")
UNFINISHED = re.compile(r"\b(?:TOD[O]|FIXM[E])\b")


def files(suffixes: frozenset[str]) -> Iterator[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in names.split("\0") if name)
    yield from (path for path in paths if path.suffix in suffixes and path.is_file())


def found(pattern: re.Pattern[str], suffixes: frozenset[str]) -> list[str]:
    lines = (
        (path, number, line)
        for path in files(suffixes)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    )
    return [
        f"{path.relative_to(ROOT)}:{n}: {line.strip()}" for path, n, line in lines if pattern.search(line)
    ]


def test_no_machine_paths() -> None:
    assert found(MACHINE_PATH, TEXT) == []


def test_no_package_index_hosts() -> None:
    assert found(INDEX_HOST, TEXT) == []


def test_no_issue_numbers() -> None:
    assert found(ISSUE_NUMBER, WORDS) == []


def test_nothing_is_left_for_later() -> None:
    assert found(UNFINISHED, TEXT) == []


def test_python_files_are_short() -> None:
    """Migrations are as long as the tables they make."""
    written = [path for path in files(frozenset({".py"})) if path.parent.name != "versions"]
    lengths = {path: len(path.read_text().splitlines()) for path in written}
    assert [str(path.relative_to(ROOT)) for path, length in lengths.items() if length >= 400] == []


def test_programs_of_the_makefile_exist() -> None:
    programs = set(re.findall(r"\$\(BIN\)/([\w-]+)", MAKEFILE))
    scripts = set(re.findall(r"\btools/\w+\.py", MAKEFILE))
    folder = Path(sys.executable).parent
    assert [name for name in programs if not (folder / name).exists()] == []
    assert [name for name in scripts if not (ROOT / name).is_file()] == []


def test_modules_of_the_makefile_exist() -> None:
    modules = re.findall(r"python -m (\w+)", MAKEFILE)
    command = [
        sys.executable,
        "-c",
        "import importlib.util as u, sys; print([m for m in sys.argv[1:] if not u.find_spec(m)])",
    ]
    result = subprocess.run([*command, *modules], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_targets_of_the_makefile_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {"demo", "test", "test-full", "check", "bench", "venv", "clean"} <= targets


@pytest.mark.parametrize("words", re.findall(r"--app wsgi ((?:[a-z]+ )+)", MAKEFILE))
def test_commands_of_the_makefile_exist(words: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words.split(), "--help"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
