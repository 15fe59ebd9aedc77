"""Reading settings: from memory, kept as long as the gate's epoch, without asking the database each time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from flask import g, has_request_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.ciphers import SecretUnreadable, unseal
from core.extensions import db
from core.modules.gating.gate import Gate, current_gate
from core.modules.host import host
from core.modules.models import ModuleSecret, ModuleSettings
from core.modules.settings.description import Setting
from core.modules.settings.resolving import Layer, Resolved, Stored, layer_of, resolve
from core.modules.settings.versions import SettingsUnreadable, upgraded
from core.modules.spec.plugin import Plugin
from core.organisations.tree import Tree

log = logging.getLogger(__name__)
Rows = Mapping[tuple[str, int], Stored]


class Kept:
    """Every organisation's settings of one epoch, with what was worked out from them so far."""

    def __init__(self, tree: Tree, rows: Rows) -> None:
        """`rows` by module and organisation."""
        self.tree, self.rows = tree, rows
        self._layers: dict[tuple[str, int], Layer] = {}
        self._resolved: dict[tuple[str, str, int], Resolved] = {}

    def resolved(self, plugin: Plugin, setting: Setting, organisation_id: int) -> Resolved:
        """What holds at an organisation. Raises `SettingsUnreadable`."""
        key = (plugin.name, setting.key, organisation_id)
        found = self._resolved.get(key)
        if found is None:
            layers = self._layers_of(plugin, setting, organisation_id)
            found = self._resolved[key] = resolve(setting, organisation_id, layers)
        return found

    def without_own(self, plugin: Plugin, setting: Setting, organisation_id: int) -> Resolved:
        """What would hold at an organisation if it said nothing itself. Raises `SettingsUnreadable`."""
        layers = self._layers_of(plugin, setting, organisation_id)
        return resolve(setting, organisation_id, [x for x in layers if x.organisation_id != organisation_id])

    def _layers_of(self, plugin: Plugin, setting: Setting, organisation_id: int) -> list[Layer]:
        found = (self.layer(plugin, place) for place in self._path(setting, organisation_id))
        return [layer for layer in found if layer is not None]

    def layer(self, plugin: Plugin, organisation_id: int) -> Layer | None:
        """What one organisation says; None when it says nothing. Raises `SettingsUnreadable`."""
        key = (plugin.name, organisation_id)
        row = self.rows.get(key)
        if row is None:
            return None
        if key not in self._layers:
            self._layers[key] = layer_of(plugin, organisation_id, row)
        return self._layers[key]

    def raw(self, plugin: Plugin, organisation_id: int) -> dict[str, Any]:
        """What one organisation has stored, in the plugin's own version, keys it no longer has included."""
        row = self.rows.get((plugin.name, organisation_id))
        return {} if row is None else upgraded(plugin, organisation_id, row.version, row.values)

    def _path(self, setting: Setting, organisation_id: int) -> Iterator[int]:
        """The organisation and those above it; for what concerns a controller, from that one on."""
        controller = self.tree.by_id[organisation_id].controller_id
        path = [node.id for node in self.tree.upwards(organisation_id)]
        skipped = path.index(controller) if setting.by_controller and controller in path else 0
        return iter(path[skipped:])


_kept: WeakKeyDictionary[Gate, Kept] = WeakKeyDictionary()


def kept() -> Kept:
    """The settings of this session's epoch: two queries for each epoch and process, then none."""
    gate = current_gate()
    found = _kept.get(gate)
    if found is None:
        found = _kept[gate] = Kept(gate.tree, load_rows(db.session()))
    return found


def forget() -> None:
    """Read anew at the next question; asked by whoever changed a row, in the same transaction."""
    _kept.pop(current_gate(), None)


def load_rows(session: Session) -> Rows:
    """Everything that is stored, secrets as they are sealed."""
    secrets: dict[tuple[str, int], dict[str, str]] = {}
    for row in session.scalars(select(ModuleSecret)):
        secrets.setdefault((row.module, row.organisation_id), {})[row.key] = row.ciphertext
    return {
        (row.module, row.organisation_id): Stored(
            row.version, row.values, row.locked, secrets.get((row.module, row.organisation_id), {})
        )
        for row in session.scalars(select(ModuleSettings))
    }


def setting(module: str, key: str, organisation_id: int) -> Any:
    """The value that holds at an organisation: an ancestor's lock, the nearest value set, or the default.

    Money is integer cents, a date a day. Raises `SettingsUnreadable` rather than guess, `LookupError` for a
    key nobody declared or an unknown organisation, and `TypeError` for a secret.
    """
    plugin, declared = declared_setting(module, key)
    if declared.type == "secret":
        raise TypeError(f"{module}.{key} is a secret: it is read with secret()")
    return kept().resolved(plugin, declared, organisation_id).value


def secret(module: str, key: str, organisation_id: int) -> str | None:
    """A secret in plain text, None when none is set there or above. Each reading is logged, never its value.

    Raises `SettingsUnreadable` when it cannot be opened: its key is gone, or somebody moved the row.
    """
    plugin, declared = declared_setting(module, key)
    if declared.type != "secret":
        raise TypeError(f"{module}.{key} is no secret: it is read with setting()")
    found = kept().resolved(plugin, declared, organisation_id)
    facts = {"plugin": module, "setting": key, "organisation_id": organisation_id, "actor_id": _actor()}
    log.info("secret read", extra=facts)
    return None if found.set_by is None else opened(plugin, declared, found.set_by, found.value)


def opened(plugin: Plugin, declared: Setting, organisation_id: int, sealed: str) -> str:
    """The plain text of a secret stored at an organisation. Raises `SettingsUnreadable`."""
    places = [(plugin.name, organisation_id, key) for key in declared.keys]
    try:
        return unseal(places, sealed)
    except SecretUnreadable as error:
        raise SettingsUnreadable(plugin.name, organisation_id, f"{declared.key}: {error}") from error


def declared_setting(module: str, key: str) -> tuple[Plugin, Setting]:
    """The plugin and its description of the setting. Raises `LookupError` or `SettingsUnreadable`."""
    if module not in host().healthy:
        raise SettingsUnreadable(module, None, "the module is not there")
    plugin = host().healthy[module].plugin
    for declared in plugin.settings:
        if declared.key == key:
            return plugin, declared
    raise LookupError(f"{module} declares no setting {key!r}")


def _actor() -> int | None:
    person = g.get("person") if has_request_context() else None
    return person.person_id if person is not None else None
