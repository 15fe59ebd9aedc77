"""Writing what an organisation has set up."""

from __future__ import annotations

from typing import Any

from core.modules.calling.calls import ask
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.settings.reading import kept
from core.modules.settings.values import to_json
from core.modules.setup.file import ModulePart, written
from core.modules.spec.plugin import Plugin


class CannotTell(Exception):
    """A module does not tell its set-up now; half a file would look like a whole one."""

    def __init__(self, module: str) -> None:
        super().__init__(module)
        self.module = module


def export(organisation_id: int) -> str:
    """The set-up file of the modules that are on at the organisation; raises `CannotTell`."""
    gate = current_gate()
    parts = {
        name: _part(registered.plugin, organisation_id)
        for name, registered in host().healthy.items()
        if gate.on(name, organisation_id)
    }
    return written(parts, gate.tree.by_id[organisation_id].slug)


def _part(plugin: Plugin, organisation_id: int) -> ModulePart:
    return ModulePart(_setup(plugin.name, organisation_id), *_settings(plugin, organisation_id))


def _setup(module: str, organisation_id: int) -> dict[str, Any] | None:
    answers = ask("setup_export", modules=(module,), organisation_id=organisation_id)
    if any(not answer.known for answer in answers):
        raise CannotTell(module)
    return next((answer.value for answer in answers), None)


def _settings(plugin: Plugin, organisation_id: int) -> tuple[dict[str, Any], int, tuple[str, ...]]:
    """What the organisation itself says, and what it holds fast; an empty value is an empty text."""
    layer = kept().layer(plugin, organisation_id)
    open_ones = [setting.key for setting in plugin.settings if setting.type != "secret"]
    if layer is None:
        return {}, plugin.settings_version, ()
    values = {key: to_json(layer.values[key]) for key in open_ones if key in layer.values}
    plain = {key: "" if value is None else value for key, value in values.items()}
    return plain, plugin.settings_version, tuple(key for key in open_ones if key in layer.locked)
