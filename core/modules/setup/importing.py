"""Reading a set-up file in: everything it would change is shown first, then all of it or nothing is written.

The preview does the very thing and takes it back, so that what is shown is what happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from core.database.session import writing
from core.extensions import db
from core.modules.calling.calls import ask, decide
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.settings.description import Setting
from core.modules.settings.reading import kept
from core.modules.settings.services import NOBODY, Wanted, save_settings
from core.modules.settings.values import from_json, written
from core.modules.settings.versions import SettingsUnreadable, upgraded
from core.modules.setup.file import ModulePart
from core.modules.spec.plugin import Plugin
from core.modules.spec.refusals import Refusal, Refused
from core.modules.spec.values import SetupChange
from core.modules.switching.services import switch_on
from core.modules.switching.states import ModuleError
from core.records.errors import Invalid
from core.records.reading import BadValue

Explain = Callable[[str, ModuleError], str]


@dataclass(frozen=True)
class ModulePreview:
    """What reading the file in changes in one module."""

    label: Any
    changes: tuple[SetupChange, ...]


@dataclass(frozen=True)
class Preview:
    """What reading the file in changes, module by module; with a fault it cannot be read in."""

    modules: tuple[ModulePreview, ...]

    @property
    def changes(self) -> list[SetupChange]:
        """All changes, faults left out."""
        return [c for module in self.modules for c in module.changes if not c.fault]

    @property
    def faults(self) -> list[SetupChange]:
        """What stands in the way."""
        return [c for module in self.modules for c in module.changes if c.fault]

    @property
    def mark(self) -> str:
        """Another one whenever the changes are others."""
        text = "\n".join(repr((c.what, c.before, c.after, c.fault)) for m in self.modules for c in m.changes)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


class NotRead(Exception):
    """The file was not read in: it has faults, or changes other things than were shown. See `preview`."""

    def __init__(self, preview: Preview) -> None:
        super().__init__("not read in")
        self.preview = preview


class _TakenBack(Exception):
    """Ends a preview's transaction."""


@dataclass(frozen=True)
class Reader:
    """Reads a file in at one organisation for one person; `explain` words why a switch does not turn."""

    organisation_id: int
    actor_id: int
    explain: Explain

    def preview(self, parts: Mapping[str, ModulePart]) -> Preview:
        """What would change. Nothing is written."""
        found: list[Preview] = []
        try:
            with writing():
                found.append(self._read(parts))
                raise _TakenBack
        except _TakenBack:
            return found[0]

    def read_in(self, parts: Mapping[str, ModulePart], mark: str) -> Preview:
        """Write it, if it changes what the preview with that mark showed; raises `NotRead`."""
        with writing():
            found = self._read(parts)
            if found.faults or found.mark != mark:
                raise NotRead(found)
            return found

    def _read(self, parts: Mapping[str, ModulePart]) -> Preview:
        """Each module after those it needs; unknown ones last."""
        ordered = [name for name in host().healthy if name in parts]
        unknown = sorted(set(parts) - set(ordered))
        read = [self._module(host().healthy[name].plugin, parts[name]) for name in ordered]
        fault = _("The module is not installed here.")
        missing = [ModulePreview(name, (SetupChange(name, fault=fault),)) for name in unknown]
        return Preview((*read, *missing))

    def _module(self, plugin: Plugin, part: ModulePart) -> ModulePreview:
        changes = [*self._switched(plugin)]
        if not any(change.fault for change in changes):
            changes += self._settings(plugin, part)
            changes += self._setup(plugin, part)
        return ModulePreview(plugin.label, tuple(changes))

    def _switched(self, plugin: Plugin) -> Iterator[SetupChange]:
        if current_gate().on(plugin.name, self.organisation_id, start=True):
            return
        what = _("The module is switched on")
        try:
            switch_on(plugin.name, self.organisation_id, self.actor_id)
            yield SetupChange(what)
        except ModuleError as error:
            yield SetupChange(what, fault=self.explain(plugin.name, error))

    def _settings(self, plugin: Plugin, part: ModulePart) -> Iterator[SetupChange]:
        known = {setting.key: setting for setting in plugin.settings if setting.type != "secret"}
        try:
            raw = upgraded(plugin, self.organisation_id, part.settings_version, part.settings)
        except SettingsUnreadable:
            yield SetupChange(_("Settings"), fault=_("The settings are of a newer version of the module."))
            return
        for key in sorted({*raw, *part.locked} - set(known)):
            yield SetupChange(key, fault=_("The module has no such setting."))
        for key in (key for key in known if key in raw or key in part.locked):
            yield from self._setting(plugin, known[key], raw, key in part.locked)

    def _setting(
        self, plugin: Plugin, setting: Setting, raw: Mapping[str, Any], locked: bool
    ) -> Iterator[SetupChange]:
        layer = kept().layer(plugin, self.organisation_id) or NOBODY
        own, before = setting.key in layer.values, layer.values.get(setting.key)
        try:
            value = from_json(setting, _stored(raw[setting.key])) if setting.key in raw else before
            if (own or setting.key not in raw, before, setting.key in layer.locked) == (True, value, locked):
                return
            wanted = Wanted(own=own or setting.key in raw, value=value, locked=locked)
            save_settings(plugin, self.organisation_id, {setting.key: wanted}, self.actor_id)
        except BadValue as error:
            yield SetupChange(str(setting.label), fault=str(error.message))
        except Invalid as error:
            yield SetupChange(str(setting.label), fault=" ".join(map(str, error.errors.values())))
        else:
            was = _shown(setting, before, setting.key in layer.locked)
            yield SetupChange(str(setting.label), was, _shown(setting, value, locked))

    def _setup(self, plugin: Plugin, part: ModulePart) -> Iterator[SetupChange]:
        if not part.setup:
            return
        asked: dict[str, Any] = {"organisation_id": self.organisation_id, "setup": part.setup}
        try:
            answers = ask("setup_preview", modules=(plugin.name,), **asked)
        except Refusal as error:
            yield SetupChange(str(plugin.label), fault=error.text)
            return
        if not answers or any(not answer.known for answer in answers):
            yield SetupChange(str(plugin.label), fault=_("The module cannot read its part of the file now."))
            return
        changes = [change for answer in answers for change in answer.value]
        yield from changes
        if changes and not any(change.fault for change in changes):
            yield from self._written(plugin, asked)

    def _written(self, plugin: Plugin, asked: dict[str, Any]) -> Iterator[SetupChange]:
        """Let the module write; a fault only now shows what its preview did not."""
        try:
            decide("setup_import", modules=(plugin.name,), actor_id=self.actor_id, **asked)
        except Refusal as error:
            yield SetupChange(str(plugin.label), fault=error.text)
        except Refused as error:
            text = _("The module cannot read its part of the file now.")
            yield SetupChange(str(plugin.label), fault=f"{text} {error.reference}")
        db.session.flush()


def _stored(raw: Any) -> Any:
    """An empty text in a file is an empty value; a day may stand there as TOML writes it."""
    if raw == "":
        return None
    return raw.isoformat() if isinstance(raw, date) else raw


def _shown(setting: Setting, value: Any, locked: bool) -> str:
    text = written(setting, value)
    return _("%(value)s, held fast for those below", value=text) if locked else text
