"""The plugin whose tests these are, found as the product finds it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from core.modules.spec.plugin import Plugin
from core.modules.startup.discovery import GROUP, discover, required_by
from core.testing.catalogues import compile_catalogues


@dataclass(frozen=True)
class Subject:
    """The plugin, and the names of all that must be installed with it: what it requires, and itself."""

    plugin: Plugin
    modules: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its package lies."""
        module = sys.modules.get(self.plugin.package) or import_module(self.plugin.package)
        return Path(str(module.__file__)).parent


def subject(name: str) -> Subject:
    """The plugin of that name; raises `LookupError` that tells why it is not there."""
    found = discover()
    plugin = next((p for p in found.plugins if p.name == name), None)
    if plugin is None:
        raise LookupError(_why_not(name, str(found.conditions.get(name, ""))))
    made = Subject(plugin, (*(p.name for p in required_by(plugin, found.plugins)), name))
    compile_catalogues(made.folder)
    return made


def _why_not(name: str, condition: str) -> str:
    if condition:
        return f"the plugin cannot be used: {condition}"
    return (
        f"no installed package offers a plugin named {name}. In its pyproject.toml: "
        f'[project.entry-points."{GROUP}"] {name} = "package:plugin"; then install the package'
    )
