"""The form of a module's settings at one organisation: where each value comes from, and what to say here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms import Field as Input
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from core.modules.settings.description import Setting
from core.modules.settings.line import INHERITED, OWN, Line
from core.modules.settings.reading import Kept
from core.modules.settings.services import NOBODY, Wanted, mark_of
from core.modules.spec.plugin import Plugin
from core.organisations.tree import OrganisationNode
from core.records import inputs
from core.records.forms import RecordForm
from core.records.reading import strip


class SettingsForm(RecordForm):
    """The form with a line for each setting."""

    lines: tuple[Line, ...]

    def sent(self) -> list[Line]:
        """The lines that were open when the form was shown, and are asked about."""
        return [line for line in self.lines if line.seen.data]

    def checks_out(self) -> bool:
        """Whether everything that is wanted could be read; what it may be is the service's to say."""
        self.validate()
        for line in self.sent():
            line.check()
        return not self.errors

    def ask_again(self) -> None:
        """A secret is not sent back to the browser, not even to the one who wrote it: say so."""
        for line in self.sent():
            if line.setting.type == "secret" and line.own and line.typed:
                line.input.errors = [*line.input.errors, _("Write the secret again.")]

    def wanted(self) -> dict[str, Wanted]:
        """What was asked for, by key."""
        return {line.key: line.wanted() for line in self.sent()}


def settings_form(kept: Kept, plugin: Plugin, node: OrganisationNode, posted: Any = None) -> SettingsForm:
    """The form as it stands at an organisation, or as it was sent. Raises `SettingsUnreadable`."""
    layer = kept.layer(plugin, node.id) or NOBODY
    lines = tuple(
        Line(
            setting,
            kept.resolved(plugin, setting, node.id),
            kept.without_own(plugin, setting, node.id),
            layer,
            kept,
            plugin,
            node,
        )
        for setting in plugin.settings
    )
    parts = {name: part for line in lines for name, part in _parts(line).items()}
    kind = type("SettingsOfModule", (SettingsForm,), {**parts, "lines": lines})
    form: SettingsForm = kind(posted, data=_held(lines))
    for line in lines:
        line.form = form
        if posted is None:
            line.seen.data = mark_of(line.setting, layer)
    return form


def resumed(fresh: SettingsForm, sent: SettingsForm) -> None:
    """Put what a person had changed in the form they sent into one of what holds now."""
    before = {line.key: line for line in sent.sent() if line.touched()}
    for line in fresh.lines:
        old = before.get(line.key)
        if old is None or not line.open:
            continue
        if old.seen.data != line.seen.data:
            line.now = f"{line.source[0]}: {line.value}"
        line.mode.data, line.lock.data = old.mode.data, old.lock.data
        line.input.data, line.input.raw_data = old.input.data, old.input.raw_data
        line.input.errors = list(old.input.errors)
        if line.setting.type == "secret" and old.typed:
            line.input.errors = [_("Write the secret again.")]


def _held(lines: tuple[Line, ...]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for line in lines:
        own = line.key in line.layer.values
        held[f"{line.key}-mode"] = OWN if own else INHERITED
        held[f"{line.key}-locked"] = line.key in line.layer.locked
        if own and line.setting.type != "secret":
            held[line.key] = line.layer.values[line.key]
    return held


def _parts(line: Line) -> dict[str, Any]:
    """The four inputs of a setting."""
    choices = [SelectChoice(INHERITED, line.otherwise), SelectChoice(OWN, _("Own value"))]
    return {
        line.key: _INPUTS[line.setting.type](line.setting),
        f"{line.key}-mode": RadioField(line.setting.label, choices=choices, validate_choice=False),
        f"{line.key}-locked": BooleanField(_("Those below may not change this")),
        f"{line.key}-seen": HiddenField(),
    }


def _text(kind: type[Input], setting: Setting, **look: Any) -> Any:
    return kind(setting.label, filters=[strip], render_kw=look)


def _typed(kind: type[Input], setting: Setting, **look: Any) -> Any:
    return kind(setting.label, render_kw=look)


def _choice(setting: Setting) -> Any:
    pairs: Any = setting.choices or ((True, _("Yes")), (False, _("No")))
    return inputs.ChoiceField(setting.label, pairs, required=setting.required or not setting.choices)


_INPUTS: Mapping[str, Callable[[Setting], Any]] = {
    "text": partial(_text, StringField),
    "longtext": partial(_text, TextAreaField, rows=5),
    "email": partial(_text, StringField, type="email", inputmode="email"),
    "integer": partial(_typed, inputs.WholeField, inputmode="numeric", size=8),
    "money": partial(_typed, inputs.MoneyField, inputmode="decimal", size=10),
    "date": partial(_typed, inputs.DayField, size=12, autocomplete="off"),
    "choice": _choice,
    "yesno": _choice,
    "secret": partial(_typed, PasswordField, autocomplete="new-password"),
}
