"""A record's values as plain ones for a file, and back, within the same bounds as in the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from core.database.types import Texts
from core.records.checking import LANGUAGES, checked
from core.records.display import values_of
from core.records.errors import Invalid
from core.records.fields import Field
from core.records.reading import BadValue, number, typed_number


def to_plain(fields: Iterable[Field], row: Any) -> dict[str, Any]:
    """The row's values of these fields, without what is empty; a file's number means nothing elsewhere."""
    found = {field.key: values_of(field, [row])[0] for field in fields if field.type != "file"}
    return {key: _plain(value) for key, value in found.items() if value not in (None, "", ())}


def _plain(value: Any) -> Any:
    if isinstance(value, Texts):
        return {language: text for language in LANGUAGES if (text := getattr(value, language))}
    if isinstance(value, Decimal):
        return typed_number(value)
    return list(value) if isinstance(value, tuple) else value


def from_plain(fields: Iterable[Field], item: Any, organisation_id: int) -> dict[str, Any]:
    """The values a service takes; raises `Invalid` with a message by key, also for a key nobody knows."""
    known = {field.key: field for field in fields}
    if not isinstance(item, Mapping):
        raise Invalid({"": _("Something else stands here than a table.")})
    errors: dict[str, Any] = {key: _("Nobody knows this key.") for key in item if key not in known}
    values: dict[str, Any] = {}
    for key, field in known.items():
        try:
            values[key] = checked(field, _read(field, item.get(key, standing(field))), organisation_id)
        except BadValue as error:
            errors[key] = error.message
    if errors:
        raise Invalid(errors)
    return values


def _read(field: Field, value: Any) -> Any:
    """A file writes a number with decimals as words, or as its own kind of number."""
    if field.type == "number" and type(value) in (str, int, float):
        return number(str(value))
    return value


def standing(field: Field) -> Any:
    """The field's default, unless it is worked out when a form is opened."""
    return None if callable(field.default) else field.default
