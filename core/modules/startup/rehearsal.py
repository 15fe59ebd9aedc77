"""Trying out what a plugin brings on an application nobody uses, so that only what works is ever used.

An application can take routes in, but never out again. Pages of records are of the core's make, so their
descriptions are checked and their pages not tried.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterable, Iterator
from gettext import GNUTranslations
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask
from werkzeug.routing import Rule

from core.access import Access, declarations
from core.modules.host import Registered
from core.modules.spec.plugin import Plugin
from core.modules.spec.values import MenuItem
from core.modules.startup.tables import core_tables
from core.records.description import Record, endpoint
from core.users.permissions import ROLES, Permission

NODE, DESK = "/o/<org>/", "/me/"
# Where a page stands decides who may open it.
KIND_AT = {NODE: "node", DESK: "me", "/": "public"}
# What a blueprint may register for the whole application, beyond its own pages.
WHOLE_APP = (
    "before_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "url_value_preprocessors",
    "url_default_functions",
    "template_context_processors",
    "error_handler_spec",
)


class Refused(ValueError):
    """Something the plugin brings that the application cannot take; the text tells what."""


def rehearse(app: Flask, brought: Registered) -> None:
    """Raise unless the application, as it is now, can take all of it."""
    name = brought.plugin.name
    check_name(app, name)
    permissions = _check_permissions(app, name, brought.permissions)
    _check_records(name, brought.records, permissions)
    _check_handlers(name, brought.handlers)
    _check_commands(name, brought.commands)
    _check_words(brought.plugin)
    stage = _stage(app, permissions)
    _check_pages(app, stage, brought)
    declared = declarations(stage, permissions)
    for rule in stage.url_map.iter_rules():
        _check_place(app, name, rule, declared[rule.endpoint])
    for item in brought.menu:
        _check_menu([app, stage], brought.records, item, permissions)


def check_name(app: Flask, name: str) -> None:
    """The name begins addresses, tables, permissions and a command; none of these is the core's already."""
    steps = {part for rule in app.url_map.iter_rules() for part in _first_steps(rule.rule)}
    tables = {table for table in core_tables() if table == name or table.startswith(f"{name}_")}
    if name == "core" or name in steps or name in app.cli.commands or tables:
        raise Refused(f"the name {name} is the core's: an address, a command or tables begin with it")


def _first_steps(rule: str) -> Iterator[str]:
    """The first part of an address at each place where a module's pages may stand."""
    for place in KIND_AT:
        if rule.startswith(place):
            yield rule.removeprefix(place).partition("/")[0]


def _check_permissions(app: Flask, name: str, brought: Iterable[Permission]) -> dict[str, Permission]:
    """Every permission as it would be; a module names its own alone, once."""
    known: dict[str, Permission] = dict(app.extensions["kokemussilta.permissions"])
    for permission in brought:
        if not permission.key.startswith(f"{name}.") or permission.key in known:
            raise Refused(f"it cannot declare the permission {permission.key}")
        unknown = (permission.roles | permission.granters) - set(ROLES)
        if unknown:
            raise Refused(f"{permission.key} names unknown roles: {', '.join(sorted(unknown))}")
        known[permission.key] = permission
    return known


def _check_records(name: str, brought: Iterable[Record], permissions: Collection[str]) -> None:
    seen: set[str] = set()
    for record in _with_children(brought):
        if not record.key.startswith(f"{name}.") or record.key in seen:
            raise Refused(f"it cannot describe the record {record.key}")
        for key in (record.read, record.write):
            if key is not None and key not in permissions:
                raise Refused(f"the record {record.key} names an unknown permission {key!r}")
        seen.add(record.key)


def _with_children(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        yield record
        yield from _with_children(record.children)


def _check_handlers(name: str, handlers: dict[str, Any]) -> None:
    for kind, handler in handlers.items():
        if not str(kind).startswith(f"{name}."):
            raise Refused(f"work of the kind {kind} does not begin with {name}.")
        if not callable(handler):
            raise Refused(f"what handles {kind} cannot be called")


def _check_commands(name: str, commands: list[click.Command]) -> None:
    for command in commands:
        if command.name != name or not isinstance(command, click.Group):
            raise Refused(f"the command {command.name} does not stand in a group named {name}")
    if len(commands) > 1:
        raise Refused(f"there are several groups of commands named {name}")


def words_of(plugin: Plugin) -> Path:
    """Where a plugin keeps its translations, if it has any."""
    return Path(str(import_module(plugin.package).__file__)).parent / "translations"


def _check_words(plugin: Plugin) -> None:
    """Every page reads the words of all modules, so all must be readable."""
    for catalogue in words_of(plugin).glob("*/LC_MESSAGES/*.mo"):
        try:
            with catalogue.open("rb") as file:
                GNUTranslations(file)
        except (OSError, ValueError, struct.error) as error:
            raise Refused(f"translations/{catalogue.parts[-3]} cannot be read: {error}") from error


def _stage(app: Flask, permissions: dict[str, Permission]) -> Flask:
    """An application that looks to a blueprint like the real one, without its pages."""
    stage = Flask(app.import_name, static_folder=None)
    stage.config = app.config
    stage.extensions = {**app.extensions, "kokemussilta.permissions": permissions}
    return stage


def _check_pages(app: Flask, stage: Flask, brought: Registered) -> None:
    name, before = brought.plugin.name, _whole_app(stage)
    for blueprint in brought.pages:
        if blueprint.name != name and not blueprint.name.startswith(f"{name}_"):
            raise Refused(f"the blueprint {blueprint.name} does not begin with {name}")
        stage.register_blueprint(blueprint)
    taken = set(app.blueprints) & set(stage.blueprints)
    if taken:
        raise Refused(f"blueprints of others: {', '.join(sorted(taken))}")
    if _whole_app(stage) != before:
        raise Refused(
            "a blueprint reaches beyond its own pages: before_app_request, app_errorhandler or such"
        )


def _whole_app(stage: Flask) -> list[str]:
    """What holds for pages of everybody: functions before and after them, filters and words of templates."""
    functions = [repr(getattr(stage, where).get(None)) for where in WHOLE_APP]
    # Flask makes the templates' environment when somebody first reaches for it, to add a filter for example.
    return [*functions, repr(stage.teardown_appcontext_funcs), str("jinja_env" in vars(stage))]


def _check_place(app: Flask, name: str, rule: Rule, declared: Access) -> None:
    """Under the module's own address in an organisation, on one's desk, or in public."""
    place = next(p for p in KIND_AT if rule.rule.startswith(p))
    if rule.rule.removeprefix(place).partition("/")[0] != name:
        raise Refused(f"{rule.rule} does not stand under {NODE}{name}, {DESK}{name} or /{name}")
    if declared.kind != KIND_AT[place]:
        raise Refused(f"{rule.rule} declares {declared.kind}; a page there is {KIND_AT[place]}")
    if any(known.rule == rule.rule for known in app.url_map.iter_rules()):
        raise Refused(f"{rule.rule} is taken")


def _check_menu(
    apps: Iterable[Flask], records: Iterable[Record], item: MenuItem, permissions: Collection[str]
) -> None:
    """The menu stands on every page, so its addresses must be there and must be whole."""
    rules = [r for app in apps for r in app.url_map.iter_rules() if r.endpoint == item.endpoint]
    given = {*item.values, "org"} if item.where == "node" else set(item.values)
    is_list = item.where == "node" and item.endpoint in {endpoint(record.key) for record in records}
    if not is_list and not any("GET" in (r.methods or ()) and r.arguments <= given for r in rules):
        raise Refused(f"the menu leads to {item.endpoint}, which is no page of that place")
    if item.permission is not None and item.permission not in permissions:
        raise Refused(f"the menu names an unknown permission {item.permission!r}")
