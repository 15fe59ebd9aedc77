"""Writes requirements.lock from what is installed: every dependency and theirs, one version each."""

import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = "# Made by tools/lock.py from the installed versions; pyproject.toml says what is asked for."


def wanted() -> list[Requirement]:
    """What pyproject.toml asks for, development tools included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


def locked() -> dict[str, str]:
    """Name and version of every line of the lock file."""
    lines = LOCK.read_text().splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def needs(requirement: Requirement) -> Iterator[Requirement]:
    """What an installed package needs here, with the extras asked of it."""
    extras = ["", *requirement.extras]
    for text in metadata.requires(requirement.name) or []:
        found = Requirement(text)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in extras):
            yield found


def closure() -> dict[str, str]:
    """Every package needed, by way of others too, with its installed version."""
    versions: dict[str, str] = {}
    waiting, seen = wanted(), set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        versions[name] = metadata.version(name)
        waiting.extend(needs(requirement))
    return versions


def main() -> None:
    """Rewrite the lock file."""
    lines = sorted(f"{name}=={version}" for name, version in closure().items())
    LOCK.write_text("\n".join([HEADER, *lines]) + "\n")


if __name__ == "__main__":
    main()
