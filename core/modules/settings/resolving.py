"""Which value of a setting holds where: from an organisation up to the root, locks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from core.modules.settings.values import from_json
from core.modules.settings.versions import upgraded
from core.records.reading import BadValue

if TYPE_CHECKING:
    from core.modules.settings.description import Setting
    from core.modules.spec.plugin import Plugin

Source = Literal["own", "inherited", "default", "locked"]


@dataclass(frozen=True)
class Stored:
    """One organisation's row as it is stored; `secrets` are encrypted."""

    version: int
    values: Mapping[str, Any]
    locked: Sequence[str]
    secrets: Mapping[str, str]


@dataclass(frozen=True)
class Layer:
    """What one organisation says: valid values by key, keys it holds fast, and stored values gone invalid."""

    organisation_id: int
    values: Mapping[str, Any]
    locked: frozenset[str]
    faults: Mapping[str, Any]


@dataclass(frozen=True)
class Resolved:
    """A value and where it comes from: whose it is (None: the default), and who holds it fast."""

    value: Any
    source: Source
    set_by: int | None = None
    locked_by: int | None = None


def layer_of(plugin: Plugin, organisation_id: int, row: Stored) -> Layer:
    """A row in the plugin's own version. Raises `SettingsUnreadable`.

    Keys the plugin no longer has are left out here; the row keeps them.
    """
    raw = upgraded(plugin, organisation_id, row.version, row.values)
    values: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for setting in plugin.settings:
        if setting.type == "secret":
            held = next((row.secrets[key] for key in setting.keys if key in row.secrets), None)
            values.update({} if held is None else {setting.key: held})
        elif setting.key in raw:
            _sort_in(setting, raw[setting.key], values, faults)
    locked = {setting.key for setting in plugin.settings if set(setting.keys) & set(row.locked)}
    return Layer(organisation_id, values, frozenset(locked), faults)


def _sort_in(setting: Setting, raw: Any, values: dict[str, Any], faults: dict[str, Any]) -> None:
    try:
        values[setting.key] = from_json(setting, raw)
    except BadValue:
        faults[setting.key] = raw


def resolve(setting: Setting, organisation_id: int, layers: Sequence[Layer]) -> Resolved:
    """What holds at an organisation. `layers`: those on the way from it to the root that say anything.

    The highest lock wins over everything below it: what holds where it was set holds everywhere below.
    """
    above = [
        i
        for i, layer in enumerate(layers)
        if setting.key in layer.locked and layer.organisation_id != organisation_id
    ]
    holding = layers[above[-1] :] if above else layers
    value, set_by = _nearest(setting, holding)
    if above:
        return Resolved(value, "locked", set_by, holding[0].organisation_id)
    if set_by is None:
        return Resolved(value, "default")
    return Resolved(value, "own" if set_by == organisation_id else "inherited", set_by)


def _nearest(setting: Setting, layers: Sequence[Layer]) -> tuple[Any, int | None]:
    """The nearest valid value and who set it; else the default."""
    for layer in layers:
        if setting.key in layer.values:
            return layer.values[setting.key], layer.organisation_id
    return setting.default, None
