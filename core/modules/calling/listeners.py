"""Which plugins implement a hook, and which of them are asked at a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from core.modules.gating.gate import Gate
from core.modules.host import Condition, Host, host
from core.modules.spec.kinds import HookKind, kind_of
from core.modules.spec.plugin import Plugin


@dataclass(frozen=True)
class Listener:
    """One plugin's implementation of a hook; `call` gives pluggy's list: the result, or nothing for None."""

    name: str
    plugin: Plugin
    call: Callable[..., list[Any]]


@dataclass(frozen=True)
class Hook:
    """A hook with its kind and who implements it, each after what it requires."""

    name: str
    kind: HookKind
    listeners: tuple[Listener, ...]

    def of(self, plugin: str) -> Listener | None:
        """A plugin's implementation."""
        return next((found for found in self.listeners if found.name == plugin), None)


@dataclass(frozen=True)
class Where:
    """Who is asked: the modules that are on in an organisation, are reachable at a node, or are named."""

    on: int | None = None
    reachable: int | None = None
    modules: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """A call says where, once."""
        if [self.on, self.reachable, self.modules].count(None) != 2:
            raise TypeError("a hook is called with exactly one of on, reachable and modules")

    def chosen(self, hook: Hook, gate: Gate) -> Iterator[Listener]:
        """The hook's listeners here. Named ones come also when they are disabled, and then do not answer."""
        for listener in hook.listeners:
            if self._includes(listener.name, gate):
                yield listener

    def held(self, hook: Hook, gate: Gate) -> Condition | None:
        """Why somebody who would be asked here cannot be: their tables are behind, or a module's they need.

        What the operator switched off in the whole instance is not asked: that was meant.
        """
        held = [one.name for one in hook.listeners if one.name in gate.held and not _meant(one.name, gate)]
        if not held:
            return None
        healthy = host().healthy
        mended = gate.mended({name: brought.plugin.requires for name, brought in healthy.items()})
        return next((gate.held[name] for name in held if self._includes(name, mended)), None)

    def _includes(self, module: str, gate: Gate) -> bool:
        if self.modules is not None:
            return module in self.modules
        if self.on is not None:
            return gate.on(module, self.on)
        return gate.reachable(module, self.reachable or 0)


def _meant(module: str, gate: Gate) -> bool:
    """Whether the operator disabled the module, or one that it needs."""
    held = gate.held.get(module)
    if held is None:
        return False
    return held.state == "disabled" or any(_meant(n, gate) for n in host().healthy[module].plugin.requires)


def hook_named(name: str) -> Hook:
    """The hook of that name in this application; put together once. Unknown names raise `AttributeError`."""
    found = host()
    known: dict[tuple[str, int], Hook] = current_app.extensions.setdefault("kokemussilta.hooks", {})
    key = (name, len(found.healthy))
    if key not in known:
        known[key] = _hook(found, name)
    return known[key]


def _hook(found: Host, name: str) -> Hook:
    caller = getattr(found.pm.hook, name)
    if caller.spec is None:
        raise AttributeError(f"no hook {name}")
    implementers = {implementation.plugin for implementation in caller.get_hookimpls()}
    everybody = found.pm.get_plugins()
    listeners = tuple(
        Listener(key, brought.plugin, found.pm.subset_hook_caller(name, everybody - {brought.plugin}))
        for key, brought in found.healthy.items()
        if brought.plugin in implementers
    )
    return Hook(name, kind_of(caller.spec.function), listeners)
