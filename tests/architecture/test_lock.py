"""The lock files name one version of everything that pyproject.toml asks for, and nothing else."""

import re
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tools import lock


def test_every_dependency_is_locked_at_a_version_asked_for() -> None:
    locked = lock.locked(lock.RUNNING, lock.BESIDES)
    wrong = [
        str(requirement)
        for requirement in lock.wanted()
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    ]
    assert wrong == []


@pytest.mark.parametrize("file", [lock.RUNNING, lock.BESIDES], ids=lambda file: file.name)
def test_lock_is_plain_and_sorted(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert lines[0] == lock.HEADER
    assert lines[1:] == sorted(lines[1:])
    assert [line for line in lines[1:] if not re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.]+", line)] == []


def test_locks_are_complete() -> None:
    assert lock.closure().keys() == lock.locked(lock.RUNNING, lock.BESIDES).keys()


def test_what_runs_needs_no_test_tools() -> None:
    """Whoever deploys installs the first file alone."""
    assert lock.closure(development=False).keys() == lock.locked(lock.RUNNING).keys()
    assert not {"pytest", "mypy", "playwright"} & lock.locked(lock.RUNNING).keys()
