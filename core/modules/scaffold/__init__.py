"""A new plugin, written from the files in this folder: small, whole, and keeping the contract as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from packaging.version import Version

from core.modules.spec.plugin import API_VERSION

FILES = Path(__file__).parent / "files"
# Files here are texts with `$words`, so that no tool takes them for source; the suffix goes.
SUFFIX = ".txt"
PACKAGE = "package"


def write_plugin(name: str, folder: Path) -> Path:
    """Write the project of a plugin into a new folder, which it gives; raises `FileExistsError`."""
    from core.testing.catalogues import compile_catalogues

    words = _words(name)
    project = folder / words["project"]
    project.mkdir(parents=True)
    for place, text in contents(words):
        file = project / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    compile_catalogues(project / name)
    return project


def contents(words: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Each file of the project: its place and its text."""
    for file in sorted(path for path in FILES.rglob(f"*{SUFFIX}") if path.is_file()):
        place = file.relative_to(FILES).with_suffix("")
        parts = (words["name"] if part == PACKAGE else part for part in place.parts)
        yield Path(*parts), Template(file.read_text(encoding="utf-8")).substitute(words)


def _words(name: str) -> dict[str, str]:
    spoken, api = name.replace("_", " "), Version(API_VERSION)
    return {
        "name": name,
        # With a hyphen, so that nobody imports the project's folder instead of the package in it.
        "project": f"kokemussilta-{name.replace('_', '-')}",
        "title": spoken.capitalize(),
        "class": spoken.title().replace(" ", ""),
        "api": API_VERSION,
        "next_api": str(api.major + 1),
    }
