"""What a setting may hold. One rule for what is written, what is read back, and what a plugin defaults to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from core import formats
from core.records.inputs import ADDRESS, strip
from core.users.words import unsafe

if TYPE_CHECKING:
    from core.modules.settings.description import Setting

LENGTHS = {"text": 200, "longtext": 4000, "email": 254, "secret": 4000}
LARGEST = 10**9


class BadValue(ValueError):
    """A value the setting refuses; `message` tells people what to write, in the language it is shown in."""

    @property
    def message(self) -> Any:
        """What to write instead."""
        return self.args[0]


def checked(setting: Setting, value: Any) -> Any:
    """The value in its normal form; None is *nothing*. Raises `BadValue` for what the setting refuses."""
    if setting.type in ("text", "longtext", "email"):
        value = strip(value)
    if value is None or value == "":
        if setting.type == "yesno" or (setting.required and setting.type == "choice"):
            raise BadValue(_l("Choose one."))
        if setting.required:
            raise BadValue(_l("Fill in this field."))
        return None
    return _CHECKS[setting.type](setting, value)


def fault_of(setting: Setting, value: Any) -> bool:
    """Whether the setting refuses the value; asked where nobody reads the words."""
    try:
        _CHECKS[setting.type](setting, value)
    except BadValue:
        return True
    return False


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
    return str(_WRITTEN.get(setting.type, str)(value))


def _text(setting: Setting, value: Any) -> str:
    _typed(value, str)
    if unsafe(value):
        raise BadValue(_l("The text has characters that cannot be seen. Write it again."))
    return _short(setting, value)


def _long_text(setting: Setting, value: Any) -> str:
    text = str(_typed(value, str)).replace("\r\n", "\n").replace("\t", " ")
    if any(unsafe(line) for line in text.split("\n")):
        raise BadValue(_l("The text has characters that cannot be seen. Write it again."))
    return _short(setting, text)


def _email(setting: Setting, value: Any) -> str:
    if not ADDRESS.fullmatch(_text(setting, value)):
        raise BadValue(_l("Write the e-mail address like this: name@example.fi."))
    return str(value)


def _secret(setting: Setting, value: Any) -> str:
    if "\x00" in _typed(value, str):
        raise BadValue(_l("The text has characters that cannot be seen. Write it again."))
    return _short(setting, value)


def _short(setting: Setting, text: str) -> str:
    most = setting.max or LENGTHS[setting.type]
    if len(text) > most:
        raise BadValue(_l("At most %(bound)s characters.", bound=most))
    return text


def _number(setting: Setting, value: Any) -> int:
    _typed(value, int)
    if not -LARGEST < value < LARGEST:
        raise BadValue(_l("Write a whole number, for example 60."))
    return int(_within(setting, value))


def _day(setting: Setting, value: Any) -> date:
    found: date = _within(setting, _typed(value, date))
    return found


def _choice(setting: Setting, value: Any) -> Any:
    if not any(type(known) is type(value) and known == value for known, _label in setting.choices):
        raise BadValue(_l("Choose one from the list."))
    return value


def _yes_no(_setting: Setting, value: Any) -> bool:
    return bool(_typed(value, bool))


def _typed(value: Any, kind: type) -> Any:
    """Refuse another type: True is no number, an instant is no day."""
    if type(value) is not kind:
        raise BadValue(_l("Write the value again."))
    return value


def _within(setting: Setting, value: Any) -> Any:
    if setting.min is not None and value < setting.min:
        raise BadValue(_l("At least %(bound)s.", bound=written(setting, setting.min)))
    if setting.max is not None and value > setting.max:
        raise BadValue(_l("At most %(bound)s.", bound=written(setting, setting.max)))
    return value


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "money": formats.money,
    "date": formats.day,
    "yesno": formats.yes_no,
}
_CHECKS: dict[str, Callable[[Setting, Any], Any]] = {
    "text": _text,
    "longtext": _long_text,
    "email": _email,
    "integer": _number,
    "money": _number,
    "date": _day,
    "choice": _choice,
    "yesno": _yes_no,
    "secret": _secret,
}
