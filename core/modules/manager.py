"""Finding plugins through entry points and registering each one whole or not at all."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import pluggy
from flask import Blueprint, Flask, current_app

from core.modules.hookspecs import CoreHooks
from core.modules.plugin import Plugin
from core.scope.model import Scoped

if TYPE_CHECKING:
    import click

    from core.modules.values import Handler, MenuItem
    from core.records.description import Record
    from core.users.permissions import Permission

GROUP = "kokemussilta.plugins"
log = logging.getLogger(__name__)


@dataclass
class Registered:
    """All that one plugin brings, collected before any of it is used."""

    plugin: Plugin
    permissions: list[Permission] = field(default_factory=list)
    pages: list[Blueprint] = field(default_factory=list)
    menu: list[MenuItem] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    handlers: dict[str, Handler] = field(default_factory=dict)
    commands: list[click.Command] = field(default_factory=list)


@dataclass(frozen=True)
class Broken:
    """A plugin that could not be registered, and why, for the operator."""

    name: str
    reason: str
    trace: str


@dataclass
class Host:
    """The plugins of one application: pluggy's manager, the healthy and the broken."""

    pm: pluggy.PluginManager
    healthy: dict[str, Registered] = field(default_factory=dict)
    broken: dict[str, Broken] = field(default_factory=dict)


def load_plugins(app: Flask) -> Host:
    """Register every plugin found, after what it requires. A bad one is set aside with its reason."""
    pm = pluggy.PluginManager("kokemussilta")
    pm.add_hookspecs(CoreHooks)
    host = Host(pm)
    app.extensions["kokemussilta.host"] = host
    if app.config["KOKEMUSSILTA"].safe_mode:
        return host
    waiting = dict(_found(host))
    while ready := _next_ready(waiting, host):
        plugin = waiting.pop(ready)
        _attempt(host, plugin.name, partial(_register, host, plugin))
    for name, plugin in waiting.items():
        host.broken[name] = Broken(name, f"needs {', '.join(plugin.requires)}", "")
    return host


def _found(host: Host) -> Iterator[tuple[str, Plugin]]:
    """Plugins by name, each import in its own try."""
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        found: dict[str, Plugin] = {}
        _attempt(host, entry.name, partial(_import, entry, found))
        yield from found.items()


def _import(entry: EntryPoint, found: dict[str, Plugin]) -> None:
    plugin = entry.load()
    if not isinstance(plugin, Plugin) or plugin.name != entry.name:
        raise TypeError(f"entry point {entry.name} is not a Plugin of that name")
    found[plugin.name] = plugin


def _next_ready(waiting: Mapping[str, Plugin], host: Host) -> str | None:
    return next((n for n, p in waiting.items() if all(r in host.healthy for r in p.requires)), None)


def _attempt(host: Host, name: str, step: Callable[[], object]) -> None:
    """Run one plugin's step; whatever it raises, even SystemExit, sets only that plugin aside."""
    try:
        step()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may raise anything; the others go on
        log.exception("plugin failed", extra={"plugin": name})
        host.broken[name] = Broken(name, f"{type(error).__name__}: {error}", traceback.format_exc())


def _register(host: Host, plugin: Plugin) -> None:
    """Collect what the plugin brings, stamping ownership; keep it only when all of it came."""
    before = set(Scoped.registry_of_scoped)
    host.pm.register(plugin, plugin.name)
    try:
        host.pm.check_pending()
        brought = _collect(host, plugin)
    except BaseException:
        host.pm.unregister(plugin)
        raise
    for table in set(Scoped.registry_of_scoped) - before | _tables_of(plugin):
        table.module = plugin.name
    host.healthy[plugin.name] = brought


def _tables_of(plugin: Plugin) -> set[type[Scoped]]:
    """Tables already imported by an earlier application of this process."""
    return {t for t in Scoped.registry_of_scoped if t.__module__.startswith(plugin.package + ".")}


def _collect(host: Host, plugin: Plugin) -> Registered:
    own = caller(host, plugin)
    own("register_models")
    return Registered(
        plugin,
        permissions=_flat(own("register_permissions")),
        pages=_flat(own("register_pages")),
        menu=_flat(own("register_menu")),
        records=_flat(own("register_records")),
        handlers={kind: handler for part in own("register_handlers") for kind, handler in part.items()},
        commands=_flat(own("register_commands")),
    )


def _flat(parts: list[Any]) -> list[Any]:
    return [item for part in parts for item in part]


def caller(host: Host, plugin: Plugin) -> Callable[..., list[Any]]:
    """Calls a hook of this plugin alone; gives its results, none where it does not implement the hook."""
    others = [other for other in host.pm.get_plugins() if other is not plugin]

    def call(hook: str, **kwargs: Any) -> list[Any]:
        return list(host.pm.subset_hook_caller(hook, others)(**kwargs))

    return call


def host() -> Host:
    """The current application's host."""
    found: Host = current_app.extensions["kokemussilta.host"]
    return found


def plugins() -> list[Plugin]:
    """The healthy plugins, each after what it requires."""
    return [registered.plugin for registered in host().healthy.values()]


def owner_of(endpoint: str) -> str | None:
    """The module key that owns an endpoint, or None for the core's own."""
    owner: str | None = current_app.extensions["kokemussilta.owners"].get(endpoint)
    return owner
