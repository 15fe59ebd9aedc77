"""The migrations in a folder, read as text: it is asked at every start, where Alembic would cost too much."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import migrations

_LINE = re.compile(r"^(revision|down_revision)\b[^=\n]*=(.+)$", re.MULTILINE)


class NotLinear(ValueError):
    """A folder's migrations do not follow each other one by one."""


def folder_of(package: str) -> Path | None:
    """Where a package keeps its migrations; None when it has no tables. Its tables are not imported."""
    found = find_spec(package)
    places = list(found.submodule_search_locations or ()) if found else []
    folder = Path(places[0], "migrations", "versions") if places else None
    return folder if folder and folder.is_dir() else None


def core_folder() -> Path:
    """Where the core keeps its migrations."""
    return Path(str(migrations.__file__)).parent / "versions"


def revisions(folder: Path) -> tuple[str, ...]:
    """The revisions from first to newest; raises `NotLinear` when two follow one or one follows none."""
    after: dict[str | None, str] = {}
    for file in sorted(folder.glob("*.py")):
        said = {n: ast.literal_eval(v.strip()) for n, v in _LINE.findall(file.read_text("utf-8"))}
        if "revision" not in said:
            continue
        if (before := said.get("down_revision")) in after:
            raise NotLinear(f"{after[before]} and {said['revision']} both follow {before}")
        after[before] = said["revision"]
    line: list[str] = []
    while found := after.pop(line[-1] if line else None, None):
        line.append(found)
    if after:
        raise NotLinear(f"these follow nothing: {', '.join(sorted(after.values()))}")
    return tuple(line)
