"""Looking up the plugins of the current application."""

from __future__ import annotations

from flask import current_app

from core.modules.host import Host
from core.modules.plugin import Plugin


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
