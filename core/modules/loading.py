"""Start-up: every plugin found is registered whole, or set aside with its reason."""

from __future__ import annotations

from collections.abc import Callable

import pluggy
from flask import Flask

from core.modules.discovery import Found, attempt, discover, needing
from core.modules.hookspecs import CoreHooks
from core.modules.host import Condition, Host, Registered
from core.modules.plugin import Plugin
from core.modules.registering import add_specifications, forget, register

Use = Callable[[Registered], None]


class PluginsNotOk(RuntimeError):
    """Start-up was asked to be strict, and not every plugin is ok; the text names each with its reason."""


def load_plugins(app: Flask, use: Use) -> Host:
    """Find and register every plugin, after what it requires; `use` makes each one part of the application.

    A bad one is set aside with its reason. Asks no database.
    """
    config = app.config["KOKEMUSSILTA"]
    host = Host(pluggy.PluginManager("kokemussilta"))
    host.pm.add_hookspecs(CoreHooks)
    app.extensions["kokemussilta.host"] = host
    found = Found() if config.safe_mode else discover(config.plugins)
    host.at_start.update(found.conditions)
    for plugin in _with_specifications(host, found.plugins):
        _add(app, host, plugin, use)
    if config.strict:
        _refuse_not_ok(host)
    return host


def _with_specifications(host: Host, plugins: list[Plugin]) -> list[Plugin]:
    """All own hooks are known before the first implementation: who fails one fails by its own fault."""
    for plugin in plugins:
        host.at_start[plugin.name] = Condition(plugin.name, "ok", label=plugin.label)
        with attempt(plugin.name, host.at_start, plugin):
            add_specifications(host.pm, plugin)
    return [plugin for plugin in plugins if host.at_start[plugin.name].state == "ok"]


def _add(app: Flask, host: Host, plugin: Plugin, use: Use) -> None:
    lacking = set(plugin.requires) - set(host.healthy)
    if lacking:
        host.at_start[plugin.name] = needing(plugin, lacking)
        forget(host, plugin)
        return
    with attempt(plugin.name, host.at_start, plugin):
        register(app, host, plugin)
        use(host.healthy[plugin.name])


def _refuse_not_ok(host: Host) -> None:
    bad = [str(condition) for condition in host.at_start.values() if condition.state != "ok"]
    if bad:
        raise PluginsNotOk("; ".join(bad))
