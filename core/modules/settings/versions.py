"""Bringing stored values to the plugin's version of its settings. What cannot be brought raises."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.modules.spec.plugin import Plugin


class SettingsUnreadable(Exception):
    """Settings that cannot be read now, so that whoever needs one must stop instead of guessing.

    `organisation_id` is where they were stored, None when it is the module that is not there.
    """

    def __init__(self, module: str, organisation_id: int | None, why: str) -> None:
        super().__init__(f"{module} at {organisation_id}: {why}")
        self.module, self.organisation_id, self.why = module, organisation_id, why


def upgraded(plugin: Plugin, organisation_id: int, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values at the plugin's settings_version. Raises `SettingsUnreadable`."""
    if not 1 <= version <= plugin.settings_version:
        why = f"stored by a version that is not known here, this is {plugin.settings_version}"
        raise SettingsUnreadable(plugin.name, organisation_id, why)
    found: Any = dict(values)
    for number in range(version, plugin.settings_version):
        found = _stepped(plugin, organisation_id, number, found)
    return dict(found)


def _stepped(plugin: Plugin, organisation_id: int, number: int, values: dict[str, Any]) -> dict[str, Any]:
    """One step; whatever it raises, even SystemExit, says only that these settings cannot be read."""
    try:
        found: Any = plugin.settings_steps[number](deepcopy(values))
    except (Exception, SystemExit) as error:
        why = f"the step from version {number} failed: {type(error).__name__}"
        raise SettingsUnreadable(plugin.name, organisation_id, why) from error
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        why = f"the step from version {number} gave no dictionary by key"
        raise SettingsUnreadable(plugin.name, organisation_id, why)
    return found
