"""Settings: whatever an organisation stored under an earlier version can still be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from core.modules.settings.values import fault_of, from_json, to_json
from core.modules.settings.versions import SettingsUnreadable, upgraded
from core.modules.spec.plugin import Plugin
from core.records.reading import BadValue
from core.testing.checks.base import Check, Nothing, told


class Settings(Check):
    """Settings of each version."""

    def test_defaults_are_values_the_settings_take(self, plugin: Plugin, nothing: Nothing) -> None:
        """Each default is of its setting's type and within its bounds."""
        if not plugin.settings:
            return nothing("it has no settings")
        wrong = [s.key for s in plugin.settings if s.default is not None and fault_of(s, s.default)]
        assert not wrong, f"these settings refuse their own default: {', '.join(wrong)}"
        return None

    def test_settings_of_every_earlier_version_can_be_read(self, plugin: Plugin, nothing: Nothing) -> None:
        """Steps take whatever was stored, nothing at all included, and what they give is valid."""
        if plugin.settings_version == 1:
            return nothing("its settings have no earlier version")
        failures = [
            f"version {number}, {values}: {fault}"
            for number in range(1, plugin.settings_version)
            for values in self._samples(plugin, number)
            if (fault := _fault(plugin, number, values))
        ]
        assert not failures, told(failures, "mend the steps, or settings that refuse what they give:")
        return None

    def _samples(self, plugin: Plugin, number: int) -> Iterator[Mapping[str, Any]]:
        """What an organisation may have stored: nothing, the defaults, and what the author tells."""
        yield {}
        yield {s.key: to_json(s.default) for s in plugin.settings if s.default is not None}
        yield from self.terms.stored_settings.get(number, ())


def _fault(plugin: Plugin, number: int, values: Mapping[str, Any]) -> str:
    """What is wrong with reading the values; empty when nothing is."""
    before = deepcopy(dict(values))
    try:
        found, again = (upgraded(plugin, 1, number, values) for _time in range(2))
    except SettingsUnreadable as error:
        return error.why
    if found != again:
        return "the same values give something else each time"
    if dict(values) != before:
        return "a step changed the values it was given"
    return ", ".join(_refused(plugin, found))


def _refused(plugin: Plugin, found: Mapping[str, Any]) -> Iterator[str]:
    for setting in plugin.settings:
        if setting.type != "secret" and setting.key in found:
            try:
                from_json(setting, found[setting.key])
            except BadValue:
                yield f"{setting.key} refuses {found[setting.key]!r}"
