"""Registering one plugin, whole or not at all: collect, rehearse, and only then use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pluggy
from flask import Flask

from core.modules.calling.guarding import checked
from core.modules.host import Host, Registered
from core.modules.spec.kinds import kind_of
from core.modules.spec.plugin import Plugin
from core.modules.startup.discovery import required_by
from core.modules.startup.rehearsal import rehearse
from core.modules.startup.tables import Declared, stamp, without_tables


class BadHook(ValueError):
    """A hook, or a specification of one, that cannot be the plugin's; the text tells which."""


def own_specifications(plugin: Plugin) -> list[str]:
    """Names of the plugin's own hooks; raises `BadHook` for one without its name or without a kind."""
    if not plugin.hooks:
        return []
    names = [name for name, value in vars(_specification_class(plugin)).items() if _is_specification(value)]
    for name in names:
        if not name.startswith(f"{plugin.name}_"):
            raise BadHook(f"the hook {name} does not begin with {plugin.name}_")
        kind_of(getattr(_specification_class(plugin), name))
    return names


def _specification_class(plugin: Plugin) -> Any:
    module, _, name = plugin.hooks.partition(":")
    return getattr(import_module(module), name)


def _is_specification(value: Any) -> bool:
    return hasattr(value, "kokemussilta_spec") or hasattr(value, "__hook_kind__")


def add_specifications(pm: pluggy.PluginManager, plugin: Plugin) -> None:
    """Let the plugin's own hooks be known. Before any plugin is registered: who implements one is checked."""
    with without_tables(plugin.package):
        if own_specifications(plugin):
            pm.add_hookspecs(_specification_class(plugin))


def register(app: Flask, host: Host, plugin: Plugin, use: Callable[[Registered], None]) -> None:
    """Make the plugin part of the application by `use`; raises without a trace of it where any step fails.

    Except where `use` itself fails after all: then the application is spoiled, and `half_taken` says by whom.
    """
    with _all_or_nothing(host, plugin) as declared:
        host.pm.register(plugin, plugin.name)
        _check_hooks(host, plugin)
        _given(host, plugin, "register_models")
        declared.check(plugin, _required(host, plugin))
        brought = _collect(host, plugin)
        rehearse(app, brought)
        host.half_taken.append(plugin.name)
        use(brought)
    host.half_taken.remove(plugin.name)
    stamp(plugin)
    host.healthy[plugin.name] = brought


def _required(host: Host, plugin: Plugin) -> list[Plugin]:
    return required_by(plugin, [registered.plugin for registered in host.healthy.values()])


@contextmanager
def _all_or_nothing(host: Host, plugin: Plugin) -> Iterator[Declared]:
    declared = Declared.now()
    try:
        yield declared
    except BaseException:
        forget(host, plugin)
        declared.undo(plugin.package)
        raise


def forget(host: Host, plugin: Plugin) -> None:
    """Take a plugin's hooks, and the specifications of its own, out of pluggy."""
    if host.pm.is_registered(plugin):
        host.pm.unregister(plugin)
    for name, caller in list(vars(host.pm.hook).items()):
        if not isinstance(caller, pluggy.HookCaller):
            continue
        if name.startswith(f"{plugin.name}_") and caller.has_spec():
            caller.spec = None  # optional implementations of others may stay; nobody calls them
        if not caller.has_spec() and not caller.get_hookimpls():
            delattr(host.pm.hook, name)


def _check_hooks(host: Host, plugin: Plugin) -> None:
    """Every hook it implements exists, or is another's and optional; one of another's needs that other."""
    host.pm.check_pending()
    for caller in host.pm.get_hookcallers(plugin) or ():
        for implementation in caller.get_hookimpls():
            if implementation.plugin is plugin and not implementation.optionalhook:
                _check_reach(host, plugin, caller.name)


def _check_reach(host: Host, plugin: Plugin, hook: str) -> None:
    reached = {plugin.name, *(p.name for p in _required(host, plugin))}
    owners = {name for name in host.at_start if hook.startswith(f"{name}_")}
    if owners and not owners & reached:
        raise BadHook(
            f"{hook} is a hook of {', '.join(owners)}: require it, or implement it optionalhook=True"
        )


def _collect(host: Host, plugin: Plugin) -> Registered:
    return Registered(
        plugin,
        permissions=_many(host, plugin, "register_permissions"),
        pages=_many(host, plugin, "register_pages"),
        menu=_many(host, plugin, "register_menu"),
        records=_many(host, plugin, "register_records"),
        handlers={kind: h for part in _given(host, plugin, "register_handlers") for kind, h in part.items()},
        commands=_many(host, plugin, "register_commands"),
    )


def _many(host: Host, plugin: Plugin, hook: str) -> list[Any]:
    return [item for part in _given(host, plugin, hook) for item in part]


def _given(host: Host, plugin: Plugin, hook: str) -> list[Any]:
    """The plugin's answers, each of the type that the hook promises."""
    specification: Any = getattr(host.pm.hook, hook).spec
    kind = kind_of(specification.function)
    return [checked(kind, [value]) for value in host.call(plugin, hook)]
