"""Writes the two lock files from what is installed: every dependency and theirs, one version each.

`requirements.lock` is what the product runs with, `requirements-dev.lock` what tests and tools need besides.
"""

import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
RUNNING, BESIDES = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
HEADER = "# Made by tools/lock.py from the installed versions; pyproject.toml says what is asked for."


def wanted(*, development: bool = True) -> list[Requirement]:
    """What pyproject.toml asks for, with or without the development tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tools = project["optional-dependencies"]["dev"] if development else []
    return [Requirement(text) for text in project["dependencies"] + tools]


def locked(*files: Path) -> dict[str, str]:
    """Name and version of every line of the lock files."""
    lines = [line for file in files for line in file.read_text().splitlines()]
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def needs(requirement: Requirement) -> Iterator[Requirement]:
    """What an installed package needs here, with the extras asked of it."""
    extras = ["", *requirement.extras]
    for text in metadata.requires(requirement.name) or []:
        found = Requirement(text)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in extras):
            yield found


def closure(*, development: bool = True) -> dict[str, str]:
    """Every package needed, by way of others too, with its installed version."""
    versions: dict[str, str] = {}
    waiting, seen = wanted(development=development), set()
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
    """Rewrite the lock files."""
    running = closure(development=False)
    write(RUNNING, running)
    write(BESIDES, {name: version for name, version in closure().items() if name not in running})


def write(file: Path, versions: dict[str, str]) -> None:
    """One lock file, sorted."""
    file.write_text("\n".join([HEADER, *sorted(f"{n}=={v}" for n, v in versions.items())]) + "\n")


if __name__ == "__main__":
    main()
