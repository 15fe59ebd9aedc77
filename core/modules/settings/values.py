"""What a setting may hold. One rule for what is written, what is read back, and what a plugin defaults to."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from core.records.checking import UNSEEN, WRITTEN, Allowed, check, faulty
from core.records.reading import BadValue as BadValue

if TYPE_CHECKING:
    from core.modules.settings.description import Setting

LONGEST_SECRET = 4000


def checked(setting: Setting, value: Any) -> Any:
    """The value in its normal form; None is *nothing*. Raises `BadValue` for what the setting refuses."""
    if setting.type == "secret":
        return _secret(setting, value)
    return check(setting, value, _offered(setting))


def fault_of(setting: Setting, value: Any) -> bool:
    """Whether the setting refuses the value; asked where nobody reads the words."""
    return setting.type == "secret" or faulty(setting, value, _offered(setting))


def _offered(setting: Setting) -> Allowed:
    return lambda value: any(type(known) is type(value) and known == value for known, _ in setting.choices)


def to_json(value: Any) -> Any:
    """A checked value as it is stored."""
    return value.isoformat() if isinstance(value, date) else value


def from_json(setting: Setting, raw: Any) -> Any:
    """A stored value, checked anew: the plugin may have changed since. Raises `BadValue`."""
    if setting.type != "date" or raw is None:
        return checked(setting, raw)
    try:
        return checked(setting, date.fromisoformat(raw))
    except (TypeError, ValueError) as error:
        raise BadValue(str(error)) from None


def written(setting: Setting, value: Any) -> str:
    """The value as people read it; nothing as a dash. Never asked of a secret."""
    if value is None or value == "":
        return "–"
    if setting.type == "choice":
        return str(next((label for known, label in setting.choices if known == value), value))
    return str(WRITTEN.get(setting.type, str)(value))


def _secret(setting: Setting, value: Any) -> str | None:
    """Kept as it is, letter by letter."""
    if value is None or value == "":
        if setting.required:
            raise BadValue(_l("Fill in this field."))
        return None
    if not isinstance(value, str) or "\x00" in value:
        raise BadValue(UNSEEN)
    most = setting.max or LONGEST_SECRET
    if len(value) > most:
        raise BadValue(_l("At most %(bound)s characters.", bound=most))
    return value
