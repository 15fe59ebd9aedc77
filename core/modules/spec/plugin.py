"""What a plugin is to the host: static facts, readable without importing its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from core.modules.settings.description import Setting, SettingsStep

# The version of `core.api`. The first number rises when something is taken away, the second when something
# is added; docs/plugin-quality.md tells how long what is to go stays.
API_VERSION = "1.0"

Category = Literal["work", "money", "learning", "people", "other"]


@dataclass(frozen=True, kw_only=True)
class Retained:
    """Rows of a table that a law or an agreement keeps for years after the day or instant in `since`."""

    table: str
    since: str
    years: int
    why: str


class Plugin:
    """A module. Subclass it in the plugin's `__init__`, set the facts, implement hooks as methods.

    name: the module key: small letters, digits and `_`; it begins every table, permission, address, job and
    hook of the plugin. version: its own. api: the range of `core.api` it works with. requires: modules that
    must be on where it is on. category: where its card stands. personal_data: what it stores about people,
    in plain words; empty means nothing. settings: what each organisation may set, at `settings_version`, with
    a pure step from each earlier version. hooks: hook specifications of its own, as "package.module:Class".
    public_tables: tables others may refer to by foreign key to `id`; never renamed. retained: rows that
    `flask modules purge` must not drop yet.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    label: ClassVar[Any]
    description: ClassVar[Any]
    api: ClassVar[str] = ">=1.0,<2"
    category: ClassVar[Category] = "other"
    requires: ClassVar[tuple[str, ...]] = ()
    personal_data: ClassVar[Any] = ""
    settings: ClassVar[tuple[Setting, ...]] = ()
    settings_version: ClassVar[int] = 1
    settings_steps: ClassVar[Mapping[int, SettingsStep]] = {}
    hooks: ClassVar[str] = ""
    public_tables: ClassVar[tuple[str, ...]] = ()
    retained: ClassVar[tuple[Retained, ...]] = ()
    package: ClassVar[str] = ""

    def __init__(self) -> None:
        """Know the package one lives in, for migrations, templates and translations."""
        type(self).package = type(self).__module__
