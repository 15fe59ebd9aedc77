"""A record's values as plain ones for a file, and back, within the same bounds as in the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from core.database.types import Texts
from core.modules.settings.description import Setting
from core.modules.settings.values import BadValue, checked
from core.records.description import Field
from core.records.errors import Invalid
from core.users.words import unsafe

LANGUAGES = ("fi", "sv", "en")
LONGEST = 200


def to_plain(fields: Iterable[Field], row: Any) -> dict[str, Any]:
    """The row's values of these fields; nothing is left out where nothing stands."""
    found = {field.key: getattr(row, field.key) for field in fields}
    return {key: _plain(value) for key, value in found.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, Texts):
        return {language: text for language in LANGUAGES if (text := getattr(value, language))}
    return value


def from_plain(fields: Iterable[Field], item: Any, organisation_id: int) -> dict[str, Any]:
    """The values a service takes; raises `Invalid` with a message by key, also for a key nobody knows."""
    known = {field.key: field for field in fields}
    if not isinstance(item, Mapping):
        raise Invalid({"": _("Something else stands here than a table.")})
    errors: dict[str, Any] = {key: _("Nobody knows this key.") for key in item if key not in known}
    values: dict[str, Any] = {}
    for key, field in known.items():
        try:
            values[key] = _value(field, item.get(key, field.default), organisation_id)
        except BadValue as error:
            errors[key] = error.message
    if errors:
        raise Invalid(errors)
    return values


def _value(field: Field, value: Any, organisation_id: int) -> Any:
    if callable(value):  # a default that is worked out when a form is opened
        value = None
    if field.type == "texts":
        return _texts(field, value)
    choices = tuple(field.choices(organisation_id)) if field.choices else ()
    kind: Any = field.type
    setting = Setting(
        key=field.key,
        label=field.label,
        type=kind,
        choices=choices,
        min=field.min,
        max=field.max,
        required=field.required,
    )
    return checked(setting, value)


def _texts(field: Field, value: Any) -> Texts | None:
    if value is None and not field.required:
        return None
    if not isinstance(value, Mapping) or not set(value) <= set(LANGUAGES) or not any(value.values()):
        raise BadValue(_("Write the words by language: fi, sv, en."))
    for text in value.values():
        if not isinstance(text, str) or len(text) > LONGEST or unsafe(text):
            raise BadValue(_("Write the words by language: fi, sv, en."))
    return Texts(**value)
