"""Start-up: every plugin found is registered whole, or set aside with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pluggy
from flask import Flask

from core.modules.host import Condition, Host, Registered
from core.modules.spec.hookspecs import CoreHooks
from core.modules.spec.plugin import Plugin
from core.modules.startup.discovery import Found, attempt, discover, needing
from core.modules.startup.registering import add_specifications, forget, register

Use = Callable[[Registered], None]


class PluginsNotOk(RuntimeError):
    """Start-up was asked to be strict, and not every plugin is ok; the text names each with its reason."""


def load_plugins(app: Flask, use: Use, set_aside: Mapping[str, Condition]) -> Host:
    """Find and register every plugin, after what it requires; `use` makes each one part of the application.

    A bad one is set aside with its reason; those in `set_aside` are not tried. Asks no database.
    """
    config = app.config["KOKEMUSSILTA"]
    host = Host(pluggy.PluginManager("kokemussilta"))
    host.pm.add_hookspecs(CoreHooks)
    app.extensions["kokemussilta.host"] = host
    found = Found() if config.safe_mode else discover(config.plugins)
    host.at_start.update({**found.conditions, **set_aside})
    trying = [plugin for plugin in found.plugins if plugin.name not in set_aside]
    for plugin in _with_specifications(host, trying):
        _add(app, host, plugin, use)
    return host


def _with_specifications(host: Host, plugins: list[Plugin]) -> list[Plugin]:
    """All own hooks are known before the first implementation: who fails one fails by its own fault."""
    for plugin in plugins:
        host.at_start[plugin.name] = Condition(plugin.name, "ok", label=plugin.label)
        with attempt(plugin.name, host.at_start, plugin):
            add_specifications(host.pm, plugin)
        if host.at_start[plugin.name].state != "ok":
            forget(host, plugin)
    return [plugin for plugin in plugins if host.at_start[plugin.name].state == "ok"]


def _add(app: Flask, host: Host, plugin: Plugin, use: Use) -> None:
    lacking = set(plugin.requires) - set(host.healthy)
    if lacking:
        host.at_start[plugin.name] = needing(plugin, lacking)
        forget(host, plugin)
        return
    with attempt(plugin.name, host.at_start, plugin):
        register(app, host, plugin, use)


def refuse_not_ok(host: Host) -> None:
    """Raise `PluginsNotOk` unless start-up found every plugin ok."""
    bad = [str(condition) for condition in host.at_start.values() if condition.state != "ok"]
    if bad:
        raise PluginsNotOk("; ".join(bad))
