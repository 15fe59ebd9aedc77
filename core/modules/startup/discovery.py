"""Finding plugins: entry points alone, the allow-list, facts, and the order they need each other in."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

from core.modules.host import Condition, ConditionState
from core.modules.spec.plugin import Plugin
from core.modules.startup.facts import Incompatible, check_facts, own_label
from core.modules.startup.tables import without_tables

GROUP = "kokemussilta.plugins"
OURS = "kokemussilta"
log = logging.getLogger(__name__)


@dataclass
class Found:
    """Plugins whose facts hold, each after what it requires; and how every other one is doing."""

    plugins: list[Plugin] = field(default_factory=list)
    conditions: dict[str, Condition] = field(default_factory=dict)


def discover(allowed: Collection[str] = ()) -> Found:
    """Look at every entry point, or at the `allowed` names only. Imports no tables and changes nothing."""
    found = Found()
    loaded: dict[str, Plugin] = {}
    entries = _entries(allowed, found.conditions)
    for name, entry in entries.items():
        with attempt(name, found.conditions):
            loaded[name] = _load(entry)
    _refuse_alike(loaded, entries, found.conditions)
    _put_in_order(loaded, found)
    return found


@contextmanager
def attempt(name: str, conditions: dict[str, Condition], plugin: Plugin | None = None) -> Iterator[None]:
    """Whatever one plugin's step raises, even SystemExit, sets only that plugin aside, with its reason."""
    label = own_label(plugin) if plugin else ""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except Incompatible as error:
        log.warning("plugin is incompatible", extra={"plugin": name, "reason": str(error)})
        conditions[name] = Condition(name, "incompatible", str(error), label=label)
    except BaseException as error:  # a plugin may raise anything; the others go on
        log.exception("plugin failed", extra={"plugin": name})
        reason = f"{type(error).__name__}: {error}"
        conditions[name] = Condition(name, "failed", reason, traceback.format_exc(), label)


def _entries(allowed: Collection[str], conditions: dict[str, Condition]) -> dict[str, EntryPoint]:
    """One entry point for each name. Our own package keeps its names; after it, the first that came."""
    taken: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (e.name, _package(e) != OURS)):
        if allowed and entry.name not in allowed:
            continue
        if taken.setdefault(entry.name, entry).value != entry.value:
            key = f"{entry.name} ({_package(entry) or entry.value})"
            conditions[key] = Condition(key, "failed", f"another package already offers {entry.name}")
    for name in sorted(set(allowed) - set(taken)):
        conditions[name] = Condition(name, "missing", "named in PLUGINS, but no package offers it")
    return taken


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def _load(entry: EntryPoint) -> Plugin:
    """Import a plugin's facts and check them; its tables come later, in `register_models`."""
    with without_tables(entry.module):
        plugin = entry.load()
        check_facts(plugin, entry.name)
    checked: Plugin = plugin
    return checked


def _refuse_alike(
    loaded: dict[str, Plugin], names: Collection[str], conditions: dict[str, Condition]
) -> None:
    """Tables and hooks begin with a name and `_`; a name that goes on from another's would claim its own."""
    for name in sorted(loaded):
        other = next((o for o in names if name.startswith(f"{o}_")), None)
        if other is not None:
            reason = f"the name begins with {other}_, which belongs to {other}"
            conditions[name] = Condition(name, "failed", reason, label=own_label(loaded.pop(name)))


def _put_in_order(loaded: dict[str, Plugin], found: Found) -> None:
    """Each after what it requires; those that never come have a cycle, or need what is not there."""
    waiting = dict(loaded)
    ready = True
    while ready:
        ready = False
        for name, plugin in list(waiting.items()):
            if not set(plugin.requires) & set(waiting) - {name}:
                del waiting[name]
                ready = True
                _place(plugin, found)
    for name, plugin in waiting.items():
        state: ConditionState = "failed" if _needs_itself(name, waiting) else "incompatible"
        reason = f"requires go round: {', '.join(sorted(waiting))}"
        found.conditions[name] = Condition(name, state, reason, label=own_label(plugin))


def _place(plugin: Plugin, found: Found) -> None:
    lacking = set(plugin.requires) - {p.name for p in found.plugins}
    if lacking:
        found.conditions[plugin.name] = needing(plugin, lacking)
    else:
        found.plugins.append(plugin)


def needing(plugin: Plugin, lacking: Collection[str]) -> Condition:
    """The condition of a plugin when something it requires is not in use."""
    reason = f"needs {', '.join(sorted(lacking))}"
    return Condition(plugin.name, "incompatible", reason, label=own_label(plugin))


def required_by(plugin: Plugin, among: Iterable[Plugin]) -> list[Plugin]:
    """What the plugin requires, and what that requires."""
    by_name = {other.name: other for other in among}
    found: dict[str, Plugin] = {}
    waiting = list(plugin.requires)
    while waiting:
        needed = by_name[waiting.pop()]
        found[needed.name] = needed
        waiting.extend(needed.requires)
    return list(found.values())


def _needs_itself(name: str, waiting: Mapping[str, Plugin]) -> bool:
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        for needed in waiting[ahead.pop()].requires:
            if needed == name:
                return True
            if needed in waiting and needed not in seen:
                seen.add(needed)
                ahead.append(needed)
    return False
