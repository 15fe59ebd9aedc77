"""What start-up knows of plugins: how each is doing, and all that the healthy ones bring."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pluggy
from flask import current_app

from core.modules.spec.plugin import Plugin

if TYPE_CHECKING:
    import click
    from flask import Blueprint

    from core.modules.spec.values import Handler, MenuItem
    from core.records.description import Record
    from core.users.permissions import Permission

ConditionState = Literal["ok", "incompatible", "failed", "missing", "pending", "disabled"]


@dataclass(frozen=True)
class Condition:
    """How one plugin is doing, for the operator.

    ok: in use. incompatible: made for another `core.api`, or something it requires is not there. failed: its
    import, facts or registration failed; `trace` says where. missing: the database or the settings know it,
    no package offers it. pending: its migrations are behind. disabled: off in the whole instance.
    """

    name: str
    state: ConditionState
    reason: str = ""
    trace: str = field(default="", repr=False)
    label: Any = ""

    @property
    def reference(self) -> str:
        """What an administrator tells the support: the same for the same fault on every page and process."""
        return hashlib.sha256(f"{self.name} {self.state} {self.reason}".encode()).hexdigest()[:8]

    def __str__(self) -> str:
        """One line: name, state, reason."""
        return f"{self.name}: {self.state}" + (f" ({self.reason})" if self.reason else "")


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


@dataclass
class Host:
    """The plugins of one application.

    `healthy` are those registered whole, each after what it requires. `at_start` is how start-up found every
    plugin, without asking the database; `conditions` adds what the database says now.
    """

    pm: pluggy.PluginManager
    healthy: dict[str, Registered] = field(default_factory=dict)
    at_start: dict[str, Condition] = field(default_factory=dict)
    # Plugins that the application began to take in: after start-up, those that failed in the middle of it.
    half_taken: list[str] = field(default_factory=list)
    # Whose tables are behind, and why, as last read; None: not read yet, or the database did not answer.
    behind: dict[str, str] | None = None

    @property
    def conditions(self) -> dict[str, Condition]:
        """Every known plugin by name; asks the gate, so it needs a reachable database."""
        from core.modules.gating.gate import current_gate

        return {**self.at_start, **current_gate().held}

    def call(self, plugin: Plugin, hook: str, **kwargs: Any) -> list[Any]:
        """Call a hook of this plugin alone, unguarded: at start-up and in commands.

        Gives its results, none where it does not implement the hook.
        """
        results: list[Any] = self.pm.subset_hook_caller(hook, self.pm.get_plugins() - {plugin})(**kwargs)
        return results


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
