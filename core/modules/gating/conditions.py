"""What the database says against plugins: disabled, behind in their migrations, known but not here.

Read with the gate, so that all processes see a change at their next request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.lineages.pending import pending
from core.database.lineages.revisions import folder_of
from core.modules.gating.gate import current_gate
from core.modules.host import Condition, Host, host
from core.modules.models import InstalledModule
from core.modules.startup.discovery import needing

_INSTALLED = select(InstalledModule.name, InstalledModule.label, InstalledModule.disabled_at)


def held_now(session: Session, host: Host, spoken_of: Collection[str]) -> dict[str, Condition]:
    """Plugins that cannot be used now, whatever start-up found of them; `spoken_of` are names in states."""
    labels: dict[str, Any] = dict.fromkeys(spoken_of, "")
    held: dict[str, Condition] = {}
    for name, label, disabled_at in session.execute(_INSTALLED):
        labels[name] = label
        if disabled_at is not None and name in host.healthy:
            held[name] = Condition(name, "disabled", "off in the whole instance", label=label)
    held = _pending(host, labels) | held  # what the operator meant is said first
    held.update(_without_what_they_need(host, held))
    held.update(_not_healthy(host, labels))
    return held


def _pending(host: Host, labels: Mapping[str, Any]) -> dict[str, Condition]:
    """Plugins whose tables are not at the newest; asked again only as long as there are some."""
    if host.behind is None or host.behind:
        host.behind = _behind(host)
    behind = {name: reason for name, reason in (host.behind or {}).items() if name in host.healthy}
    return {n: Condition(n, "pending", why, label=labels.get(n) or n) for n, why in behind.items()}


def _behind(host: Host) -> dict[str, str] | None:
    from core.extensions import db

    return pending(db.engine.url.render_as_string(hide_password=False), folders_of(host))


def folders_of(host: Host) -> dict[str, Path]:
    """Where each plugin that runs keeps its migrations, of those that have any."""
    found = ((name, folder_of(brought.plugin.package)) for name, brought in host.healthy.items())
    return {name: folder for name, folder in found if folder is not None}


def _without_what_they_need(host: Host, held: Mapping[str, Condition]) -> dict[str, Condition]:
    """Who requires what is held is held too; the healthy stand each after what it requires."""
    found: dict[str, Condition] = {}
    for name, brought in host.healthy.items():
        lacking = {n for n in brought.plugin.requires if n in held or n in found}
        if lacking and name not in held:
            found[name] = needing(brought.plugin, lacking)
    return found


def _not_healthy(host: Host, labels: Mapping[str, Any]) -> dict[str, Condition]:
    """Those that failed at start, with the label the database remembers; and those nobody offers."""
    found: dict[str, Condition] = {}
    for name, label in labels.items():
        known = host.at_start.get(name)
        if known is None:
            found[name] = Condition(name, "missing", _why_missing(), label=label or name)
        elif name not in host.healthy and not known.label:
            found[name] = Condition(name, known.state, known.reason, known.trace, label or name)
    return found


def _why_missing() -> str:
    config = current_app.config["KOKEMUSSILTA"]
    if config.safe_mode:
        return "SAFE_MODE starts without plugins"
    return "not named in PLUGINS" if config.plugins else "no package offers it"


def not_to_be_used(organisation_id: int) -> list[Condition]:
    """Modules without a card, which an organisation has, or could have, and cannot use."""
    mended, found = current_gate().mended(), host()
    return [
        condition
        for condition in found.conditions.values()
        if condition.state != "ok" and condition.name not in found.healthy
        if condition.state != "missing" or mended.reachable(condition.name, organisation_id)
    ]
