"""The lock file names one version of everything that pyproject.toml asks for, and nothing else."""

import re

from packaging.utils import canonicalize_name

from tools import lock


def test_every_dependency_is_locked_at_a_version_asked_for() -> None:
    locked = lock.locked()
    wrong = [
        str(requirement)
        for requirement in lock.wanted()
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    ]
    assert wrong == []


def test_lock_is_plain_and_sorted() -> None:
    lines = lock.LOCK.read_text().splitlines()
    assert lines[0] == lock.HEADER
    assert lines[1:] == sorted(lines[1:])
    assert [line for line in lines[1:] if not re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.]+", line)] == []


def test_lock_is_complete() -> None:
    assert lock.closure().keys() == lock.locked().keys()
