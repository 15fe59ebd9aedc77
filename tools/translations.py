"""Message catalogues of this repository: update, compile, check that none is behind the source.

Each owner of messages (the core and every bundled plugin) keeps its own catalogues.
"""

import argparse
import sys
from pathlib import Path

from core.testing import catalogues
from core.testing.catalogues import Owner, problems

ROOT = Path(__file__).resolve().parent.parent
UPDATE = "python tools/translations.py --update"


def owners(root: Path = ROOT) -> list[Owner]:
    """The core, the plugin that tries every hook, then the plugins by name."""
    plugins = sorted(path.parent for path in root.glob("plugins/*/__init__.py"))
    folders = (root / "core", root / "tests" / "dummy", *plugins)
    return [Owner(folder) for folder in folders if folder.is_dir()]


def update(root: Path = ROOT) -> None:
    """Bring every catalogue up to the source."""
    catalogues.update(owners(root))


def compile_all(root: Path = ROOT) -> None:
    """Make the binary catalogues that the running application reads, where they are behind."""
    catalogues.compile_catalogues(*(owner.folder for owner in owners(root)))


def check(root: Path = ROOT) -> list[str]:
    """Every problem of every catalogue, one line each."""
    return [
        f"{owner.folder.relative_to(root)}/{problem}" for owner in owners(root) for problem in problems(owner)
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run the command named by its option."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--update", action="store_true", help="bring the catalogues up to the source")
    choice.add_argument("--compile", action="store_true", help="make the .mo files")
    choice.add_argument("--check", action="store_true", help="fail if a message is missing, fuzzy or wrong")
    options = parser.parse_args(arguments)
    if options.update:
        update()
    elif options.compile:
        compile_all()
    found = check() if options.check else []
    if found:
        print("\n".join(found), f"Is the source newer? Then: {UPDATE}", sep="\n", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
