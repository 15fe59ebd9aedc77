"""The file itself: its layout, writing it, and reading it with every doubt."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w
from flask_babel import gettext as _

import config
from core.database.types import Texts
from core.modules.setup.bounds import TooMuch, check_keys, check_values

LAYOUT = 1
MOST_BYTES = 200_000
TEMPLATES = Path(str(config.__file__)).parent / "setups"


class BadFile(ValueError):
    """What is given is no set-up file; the message tells people why."""


@dataclass(frozen=True)
class ModulePart:
    """One module's table. `setup` is the module's own; settings are as they are stored, without secrets."""

    setup: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    settings_version: int = 1
    locked: tuple[str, ...] = ()


def written(parts: Mapping[str, ModulePart], organisation: str) -> str:
    """The file's text; `organisation` says where it comes from and is not read back."""
    tables = {name: _table(part) for name, part in parts.items()}
    return tomli_w.dumps({"layout": LAYOUT, "organisation": organisation, "modules": tables})


def _table(part: ModulePart) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if part.settings or part.locked:
        table["settings_version"] = part.settings_version
        table["locked"] = list(part.locked)
        table["settings"] = part.settings
    if part.setup is not None:
        table["setup"] = part.setup
    return table


def read(text: str) -> dict[str, ModulePart]:
    """The tables by module; raises `BadFile`."""
    if len(text.encode("utf-8")) > MOST_BYTES:
        raise BadFile(_("The file is too large for a set-up file."))
    found = _parsed(text.replace("\r\n", "\n"))
    modules = found.get("modules")
    if found.get("layout") != LAYOUT or not isinstance(modules, dict) or not modules:
        raise BadFile(_("This is not a set-up file of this service."))
    return {name: _part(name, table) for name, table in modules.items()}


def _parsed(text: str) -> dict[str, Any]:
    """What stands in the file, of a size that may be worked on; raises `BadFile`."""
    try:
        check_keys(text)
        found = tomllib.loads(text)
        check_values(found)
    except TooMuch as error:
        raise BadFile(str(error)) from None
    except (ValueError, RecursionError) as error:  # a number or a day that Python cannot make, and bad TOML
        raise BadFile(_("The file cannot be read: %(why)s", why=str(error)[:200])) from None
    return found


def _part(name: str, table: Any) -> ModulePart:
    if not isinstance(table, dict) or not set(table) <= {"setup", "settings", "settings_version", "locked"}:
        raise BadFile(_("The part of the module %(module)s cannot be read.", module=name))
    setup, settings = table.get("setup"), table.get("settings", {})
    version, locked = table.get("settings_version", 1), table.get("locked", [])
    right = (
        isinstance(setup, dict | None)
        and isinstance(settings, dict)
        and type(version) is int
        and isinstance(locked, list)
        and all(isinstance(key, str) for key in locked)
    )
    if not right:
        raise BadFile(_("The part of the module %(module)s cannot be read.", module=name))
    return ModulePart(setup, settings, version, tuple(locked))


@dataclass(frozen=True)
class Template:
    """A set-up file that comes along with the service."""

    name: str
    title: Texts
    text: str


def templates() -> list[Template]:
    """The set-up files in `config/setups`, by name."""
    return [_template(path) for path in sorted(TEMPLATES.glob("*.toml"))]


def _template(path: Path) -> Template:
    text = path.read_text(encoding="utf-8")
    return Template(path.stem, Texts(**tomllib.loads(text)["title"]), text)
