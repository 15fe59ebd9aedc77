"""Small plugins in packages of their own, found as installed ones are, and gone after the test."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from flask import Flask

from config import TestConfig
from core import create_app
from core.modules.host import Condition, Host
from core.modules.startup import discovery
from core.modules.startup.tables import Declared

HEAD = """
from flask import Blueprint
import click
import pluggy
from core.api import *
from core.api import Plugin, hookimpl, hookspec, permission, MenuItem, Setting, access
"""
FACTS = """
class {title}(Plugin):
    name = "{name}"
    version = "1.0"
    label = "{title}"
    description = "Made for a test."
"""


class Packages:
    """Installs packages into a folder; `start` builds an application that finds them beside the bundled."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.entries: list[EntryPoint] = list(entry_points(group=discovery.GROUP))
        patch.syspath_prepend(str(folder))
        patch.setattr(discovery, "entry_points", lambda group: [e for e in self.entries if e.group == group])

    def add(self, name: str, facts: str = "", *, before: str = "", entry: str = "", **modules: str) -> str:
        """A plugin whose class body goes on with `facts`; `before` stands above it; gives its package."""
        package = f"pkg_{name}"
        home = self.folder / package
        home.mkdir()
        body = FACTS.format(title=name.title().replace("_", ""), name=name)
        body += textwrap.indent(textwrap.dedent(facts), "    ")
        text = f"{HEAD}\n{textwrap.dedent(before)}\n{body}\nplugin = {name.title().replace('_', '')}()\n"
        (home / "__init__.py").write_text(text)
        for module, content in modules.items():
            (home / f"{module}.py").write_text(textwrap.dedent(content))
        self.entries.append(EntryPoint(entry or name, f"{package}:plugin", discovery.GROUP))
        return package

    def change(self, name: str, module: str, change: Callable[[str], str]) -> None:
        """Another version of one file of an installed plugin; the next application imports it anew."""
        file = self.folder / f"pkg_{name}" / f"{module}.py"
        file.write_text(change(file.read_text()))
        for known in [m for m in sys.modules if m.partition(".")[0] == f"pkg_{name}"]:
            del sys.modules[known]
        invalidate_caches()

    def remove(self, name: str) -> None:
        """Uninstall a plugin."""
        self.entries = [entry for entry in self.entries if entry.name != name]

    def start(self, **config: object) -> Flask:
        """An application with what is installed now, without a database unless the settings name one."""
        settings = {"database_url": f"sqlite:///{self.folder / 'none.sqlite3'}", **config}
        return create_app(TestConfig(**settings))  # type: ignore[arg-type]  # each test names what it needs


def host_of(app: Flask) -> Host:
    """The application's host."""
    found: Host = app.extensions["kokemussilta.host"]
    return found


def condition(app: Flask, name: str) -> Condition:
    """How start-up found a plugin."""
    return host_of(app).at_start[name]


@contextmanager
def packages_in(folder: Path) -> Iterator[Packages]:
    """Packages that leave nothing in the process."""
    if "plugins.fees.models" not in sys.modules:  # the bundled ones stay in the process
        create_app(TestConfig(database_url=f"sqlite:///{folder / 'none.sqlite3'}"))
    before = Declared.now()
    with pytest.MonkeyPatch.context() as patch:
        yield Packages(folder, patch)
        before.undo("pkg_")
        for module in [m for m in sys.modules if m.startswith("pkg_")]:
            del sys.modules[module]
