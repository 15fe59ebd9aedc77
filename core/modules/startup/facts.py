"""Checking the static facts of a plugin. No table is imported for it, no page asked."""

from __future__ import annotations

import re
from typing import Any, get_args

from flask_babel.speaklater import LazyString
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from core.database.types import Texts
from core.modules.settings.description import Setting
from core.modules.spec.plugin import API_VERSION, Category, Plugin, Retained

NAME = re.compile(r"[a-z](_?[a-z0-9]){1,39}")
LONGEST = 40


class BadFact(ValueError):
    """A fact of the plugin that cannot be; the text tells which."""


class Incompatible(Exception):
    """The plugin is made for another `core.api` than this one."""


def check_facts(plugin: object, name: str) -> None:
    """Raise `BadFact` where a fact is not what `Plugin` promises, `Incompatible` for another `core.api`."""
    if not isinstance(plugin, Plugin):
        raise BadFact(f"the entry point {name} is not a Plugin, but {type(plugin).__name__}")
    for check in (_name, _words, _versions, _references, _settings, _data):
        check(plugin)
    if plugin.name != name:
        raise BadFact(f"the entry point {name} holds a plugin named {plugin.name}")
    if not SpecifierSet(plugin.api).contains(API_VERSION):
        raise Incompatible(f"made for core.api {plugin.api}; this is {API_VERSION}")


def own_label(plugin: Plugin) -> Any:
    """What people call the plugin, or its name where its label is none."""
    label = getattr(plugin, "label", None)
    return label if _is_text(label) else plugin.name


def _is_text(value: object) -> bool:
    """Words to be shown; those that wait for a language are not asked what they say."""
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, LazyString | Texts)


def _name(plugin: Plugin) -> None:
    name = getattr(plugin, "name", None)
    if not isinstance(name, str) or len(name) > LONGEST or not NAME.fullmatch(name):
        raise BadFact(f"name {name!r}: small letters, digits and single _ between them, 2 to {LONGEST}")


def _words(plugin: Plugin) -> None:
    for fact in ("label", "description"):
        if not _is_text(getattr(plugin, fact, None)):
            raise BadFact(f"{fact} is missing")
    if plugin.personal_data != "" and not _is_text(plugin.personal_data):
        raise BadFact("personal_data is a text, or empty")
    if plugin.category not in get_args(Category):
        raise BadFact(f"category {plugin.category!r} is none of {', '.join(get_args(Category))}")


def _versions(plugin: Plugin) -> None:
    try:
        Version(getattr(plugin, "version", ""))
    except (InvalidVersion, TypeError):
        raise BadFact(f"version {getattr(plugin, 'version', '')!r} is not one as PEP 440 writes it") from None
    try:
        SpecifierSet(plugin.api)
    except (InvalidSpecifier, AttributeError):
        raise BadFact(f"api {plugin.api!r} is not a range of versions, such as '>=1.0,<2'") from None


def _references(plugin: Plugin) -> None:
    _tuple_of(plugin, "requires", str)
    if plugin.name in plugin.requires:
        raise BadFact("it requires itself")
    if not isinstance(plugin.hooks, str) or (plugin.hooks and plugin.hooks.count(":") != 1):
        raise BadFact(f"hooks {plugin.hooks!r} is not written as 'package.module:Class'")


def _settings(plugin: Plugin) -> None:
    _tuple_of(plugin, "settings", Setting)
    keys = [key for setting in plugin.settings for key in setting.keys]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise BadFact(f"settings named twice: {', '.join(twice)}")
    for setting in plugin.settings:
        if not _is_text(setting.label):
            raise BadFact(f"setting {setting.key}: the label is missing")
        _default(setting)
    earlier = set(range(1, plugin.settings_version))
    if set(plugin.settings_steps) != earlier:
        raise BadFact(f"settings_steps has {sorted(plugin.settings_steps)}, not {sorted(earlier)}")


def _default(setting: Setting) -> None:
    from core.modules.settings.values import fault_of

    if setting.default is not None and fault_of(setting, setting.default):
        raise BadFact(f"setting {setting.key}: it refuses its own default {setting.default!r}")


def _data(plugin: Plugin) -> None:
    _tuple_of(plugin, "public_tables", str)
    _tuple_of(plugin, "retained", Retained)
    named = [*plugin.public_tables, *(kept.table for kept in plugin.retained)]
    foreign = [table for table in named if not table.startswith(f"{plugin.name}_")]
    if foreign:
        raise BadFact(f"tables that are not its own: {', '.join(foreign)}")


def _tuple_of(plugin: Plugin, fact: str, kind: type) -> None:
    value = getattr(plugin, fact)
    if not isinstance(value, tuple) or not all(isinstance(item, kind) for item in value):
        raise BadFact(f"{fact} is a tuple of {kind.__name__}")
