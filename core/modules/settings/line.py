"""One setting on the form: where its value comes from, its inputs, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from core.modules.settings.description import Setting
from core.modules.settings.reading import Kept, opened
from core.modules.settings.resolving import Layer, Resolved
from core.modules.settings.services import Wanted, mark, may_set
from core.modules.settings.values import checked, to_json, written
from core.modules.settings.versions import SettingsUnreadable
from core.modules.spec.plugin import Plugin
from core.organisations.tree import OrganisationNode
from core.records.reading import BadValue

OWN, INHERITED = "own", "inherited"


@dataclass
class Line:
    """One setting as the form shows it. `now`: what somebody else has set meanwhile."""

    setting: Setting
    found: Resolved
    without: Resolved
    layer: Layer
    kept: Kept
    plugin: Plugin
    node: OrganisationNode
    form: Any = None
    now: str = ""

    @property
    def key(self) -> str:
        """The setting's key; its inputs are named after it."""
        return self.setting.key

    @cached_property
    def open(self) -> bool:
        """Whether this organisation may say anything about it."""
        return may_set(self.kept, self.plugin, self.setting, self.node.id)

    @property
    def lockable(self) -> bool:
        """Whether there is anybody below who could set it, or it is held fast already."""
        below = self.kept.tree.children.get(self.node.id, [])
        free = below and not (self.setting.by_controller and self.node.controller_id is not None)
        return bool(free) or self.key in self.layer.locked

    @property
    def source(self) -> tuple[str, str]:
        """Where the value in force comes from, and the kind of its chip."""
        if self.found.source == "locked":
            return _("Locked: %(organisation)s", organisation=self._name(self.found.locked_by)), "wait"
        return self._source_of(self.found), "ok" if self.found.source == OWN else ""

    def _source_of(self, found: Resolved) -> str:
        if found.source == OWN:
            return _("Own value")
        if found.set_by is not None:
            return _("Inherited: %(organisation)s", organisation=self._name(found.set_by))
        return _("Default") if self.setting.default is not None else _("Not set")

    @property
    def value(self) -> str:
        """The value in force in people's words; of a secret only whether there is one."""
        return self._written(self.found)

    @property
    def otherwise(self) -> str:
        """What holds when this organisation says nothing: where from, and the value."""
        source = self._source_of(self.without)
        return source if self.without.value is None else f"{source}: {self._written(self.without)}"

    def _written(self, found: Resolved) -> str:
        if self.setting.type == "secret":
            return _("Not set") if found.value is None else _("A secret is stored.")
        return written(self.setting, found.value)

    @property
    def stored_secret(self) -> bool:
        """Whether this organisation's own secret is stored, so that an empty box keeps it."""
        return self.setting.type == "secret" and self.key in self.layer.values

    @cached_property
    def fault(self) -> str:
        """What is wrong with what is stored here, in words; empty when nothing is."""
        if self.key in self.layer.faults:
            stored = str(self.layer.faults[self.key])[:200]
            return _("The stored value %(value)s is no longer valid. It is not used.", value=stored)
        if self.stored_secret:
            try:
                opened(self.plugin, self.setting, self.node.id, self.layer.values[self.key])
            except SettingsUnreadable:
                return _("The stored secret cannot be opened. Write it again.")
        return ""

    def _name(self, organisation_id: int | None) -> str:
        node = self.kept.tree.by_id.get(organisation_id or 0)
        return str(node.name) if node else ""

    # --- the inputs ---------------------------------------------------------------------------------------

    @property
    def input(self) -> Any:
        """The box for a value of one's own."""
        return self.form[self.key]

    @property
    def mode(self) -> Any:
        """Own or inherited."""
        return self.form[f"{self.key}-mode"]

    @property
    def lock(self) -> Any:
        """Whether it is held fast for those below."""
        return self.form[f"{self.key}-locked"]

    @property
    def seen(self) -> Any:
        """The mark of what was shown."""
        return self.form[f"{self.key}-seen"]

    @property
    def own(self) -> bool:
        """Whether a value of one's own is chosen."""
        return bool(self.mode.data == OWN)

    @property
    def typed(self) -> str:
        """The text as it was typed."""
        return str((self.input.raw_data or [""])[0]).strip()

    def wanted(self) -> Wanted:
        """What was asked for."""
        locked = bool(self.lock.data) if self.lockable else self.key in self.layer.locked
        value = self.input.data if self.own else None
        return Wanted(self.own, value, locked, seen=self.seen.data)

    def check(self) -> None:
        """What is beside *inherited* need not be readable; but what was typed there is not dropped either."""
        if self.own:
            self._check_value()
            return
        self.input.errors = []
        if self.typed and self.key not in self.layer.values:
            self.input.errors = [_("You wrote a value. Choose “Own value”, or empty the field.")]

    def _check_value(self) -> None:
        """Say at once what the service would refuse."""
        if self.input.errors or self.setting.type == "secret":
            return
        try:
            checked(self.setting, self.input.data)
        except BadValue as error:
            self.input.errors = [str(error.message)]

    def touched(self) -> bool:
        """Whether the person changed what was shown to them."""
        asked = self.wanted()
        if self.input.errors or (self.setting.type == "secret" and self.typed):
            return True
        if self.setting.type == "secret" and self.own:
            return False
        try:
            raw = to_json(checked(self.setting, asked.value)) if self.own else None
        except BadValue:
            return True
        return mark(self.own, raw, asked.locked) != asked.seen
