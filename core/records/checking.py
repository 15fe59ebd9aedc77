"""What a field may hold. The one rule for what a form reads, a service is given and a file brings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext

from core import formats
from core.database.types import Texts
from core.files.receiving import Received
from core.records.choices import may_choose
from core.records.fields import Field
from core.records.reading import BadValue, strip
from core.users.words import unsafe

LENGTHS = {"text": 200, "longtext": 4000, "email": 254, "phone": 40, "texts": 500}
LARGEST = 10**9
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}")
WORDS = frozenset({"text", "longtext", "email", "phone"})
CHOSEN = frozenset({"choice", "organisation", "expert", "person", "municipality", "reference"})
LANGUAGES = ("fi", "sv", "en")
Allowed = Callable[[Any], bool]
UNSEEN = _l("The text has characters that cannot be seen. Write it again.")


class Rule(Protocol):
    """What a description says of its values; fields and settings both do."""

    @property
    def type(self) -> Any:
        """One of the types."""

    @property
    def required(self) -> bool:
        """Whether nothing is refused."""

    @property
    def min(self) -> Any:
        """The least."""

    @property
    def max(self) -> Any:
        """The most, or the longest."""


def checked(
    field: Field,
    value: Any,
    organisation_id: int,
    *,
    held: Any = None,
    among: Mapping[Any, Any] | None = None,
) -> Any:
    """The value in its normal form; None is *nothing*. Raises `BadValue` for what the field refuses.

    `held` is what stands already: it may stay chosen though it is offered no more. `among` spares asking the
    database what may be chosen, where the caller knows.
    """

    def allowed(asked: Any) -> bool:
        if asked == held or (isinstance(held, tuple) and asked in held):
            return True
        if among is None:
            return may_choose(field, asked, organisation_id)
        return any(type(known) is type(asked) and known == asked for known in among)

    if field.type == "number":
        value = _few_decimals(field, value)
    return check(field, value, allowed)


def check(rule: Rule, value: Any, allowed: Allowed) -> Any:
    """As `checked`, for a field or a setting; `allowed` says what may be chosen."""
    if rule.type in WORDS:
        value = strip(value)
    if rule.type == "texts":
        value = _texts(rule, value)
    if value is None or value in ("", (), []):
        return _nothing(rule)
    if rule.type == "several":
        return _several(rule, value, allowed)
    if rule.type in CHOSEN or (rule.type == "file" and not isinstance(value, Received)):
        return _chosen(value, allowed)
    return _CHECKS[rule.type](rule, value)


def words_checked(rule: Rule) -> Callable[[Any], str | None]:
    """The check of one language of a field of texts, for a form that shows them one by one."""

    def one(text: Any) -> str | None:
        return _text(rule, found) if (found := strip(text)) else None

    return one


def faulty(rule: Rule, value: Any, allowed: Allowed) -> bool:
    """Whether a value, which is something, is refused; asked where nobody reads the words."""
    try:
        if rule.type in CHOSEN:
            _chosen(value, allowed)
        elif rule.type != "texts":
            _CHECKS[rule.type](rule, value)
    except BadValue:
        return True
    return False


def _nothing(rule: Rule) -> Any:
    if rule.type == "yesno" or (rule.required and rule.type in CHOSEN):
        raise BadValue(_l("Choose one."))
    if rule.required and rule.type == "several":
        raise BadValue(_l("Choose at least one."))
    if rule.required:
        raise BadValue(_l("Fill in this field."))
    return () if rule.type == "several" else None


def _text(rule: Rule, value: Any) -> str:
    if unsafe(_typed(value, str)):
        raise BadValue(UNSEEN)
    return _short(rule, value)


def _long_text(rule: Rule, value: Any) -> str:
    text = str(_typed(value, str)).replace("\r\n", "\n").replace("\t", " ")
    if any(unsafe(line) for line in text.split("\n")):
        raise BadValue(UNSEEN)
    return _short(rule, text)


def _email(rule: Rule, value: Any) -> str:
    if not ADDRESS.fullmatch(_text(rule, value)):
        raise BadValue(_l("Write the e-mail address like this: name@example.fi."))
    return str(value)


def _phone(rule: Rule, value: Any) -> str:
    if not PHONE.fullmatch(_text(rule, value)):
        raise BadValue(_l("Write the phone number in digits, for example 040 123 4567."))
    return str(value)


def _short(rule: Rule, text: str) -> str:
    most = rule.max or LENGTHS[rule.type]
    if len(text) > most:
        raise BadValue(_l("At most %(bound)s characters.", bound=most))
    return text


def _whole(rule: Rule, value: Any) -> int:
    if not -LARGEST < _typed(value, int) < LARGEST:
        raise BadValue(_l("Write a whole number, for example 60."))
    return int(_within(rule, value))


def _number(rule: Rule, value: Any) -> Decimal:
    number = Decimal(value) if type(value) is int else _typed(value, Decimal)
    if not (number.is_finite() and -LARGEST < number < LARGEST):
        raise BadValue(_l("Write a number, for example 12,5."))
    found: Decimal = _within(rule, number)
    return found


def _few_decimals(field: Field, value: Any) -> Any:
    """The number with the field's decimals, where nothing is lost by it."""
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) >= LARGEST:
        return value
    kept = value.quantize(Decimal(1).scaleb(-field.decimals))
    if kept != value:
        text = lazy_ngettext("At most %(num)d decimal.", "At most %(num)d decimals.", field.decimals)
        raise BadValue(text if field.decimals else _l("Write a whole number, for example 60."))
    return kept


def _day(rule: Rule, value: Any) -> date:
    found: date = _within(rule, _typed(value, date))
    return found


def _clock(rule: Rule, value: Any) -> time:
    found: time = _within(rule, _typed(value, time).replace(second=0, microsecond=0, tzinfo=None))
    return found


def _yes_no(_rule: Rule, value: Any) -> bool:
    return bool(_typed(value, bool))


def _chosen(value: Any, allowed: Allowed) -> Any:
    if not allowed(value):
        raise BadValue(_l("Choose one from the list."))
    return value


def _several(rule: Rule, value: Any, allowed: Allowed) -> tuple[Any, ...]:
    if not isinstance(value, tuple | list):
        raise BadValue(_l("Write the value again."))
    chosen = tuple(_chosen(each, allowed) for each in dict.fromkeys(value))
    if rule.max is not None and len(chosen) > rule.max:
        raise BadValue(_l("Choose at most %(bound)s.", bound=rule.max))
    if rule.min is not None and len(chosen) < rule.min:
        raise BadValue(_l("Choose at least %(bound)s.", bound=rule.min))
    return chosen


def _texts(rule: Rule, value: Any) -> Texts | None:
    """Words by language, also as a table of a file; None when no language has any."""
    if value is None:
        return None
    given = {key: getattr(value, key) for key in LANGUAGES} if isinstance(value, Texts) else value
    if not isinstance(given, Mapping) or not set(given) <= set(LANGUAGES):
        raise BadValue(_l("Write the words by language: fi, sv, en."))
    words = {key: _text(rule, text) for key, raw in given.items() if (text := strip(raw))}
    return Texts(**words) if words else None


def _typed(value: Any, kind: type) -> Any:
    """Refuse another type: True is no number, an instant is no day."""
    if type(value) is not kind:
        raise BadValue(_l("Write the value again."))
    return value


def _within(rule: Rule, value: Any) -> Any:
    write = WRITTEN.get(rule.type, str)
    if rule.min is not None and value < rule.min:
        raise BadValue(_l("At least %(bound)s.", bound=write(rule.min)))
    if rule.max is not None and value > rule.max:
        raise BadValue(_l("At most %(bound)s.", bound=write(rule.max)))
    return value


# How values, and bounds in messages, are written in the reader's language.
WRITTEN: dict[str, Callable[[Any], str]] = {
    "money": formats.money,
    "number": formats.number,
    "date": formats.day,
    "time": formats.time_of_day,
    "yesno": formats.yes_no,
}
_CHECKS: dict[str, Callable[[Any, Any], Any]] = {
    "text": _text,
    "longtext": _long_text,
    "email": _email,
    "phone": _phone,
    "integer": _whole,
    "money": _whole,
    "number": _number,
    "date": _day,
    "time": _clock,
    "yesno": _yes_no,
    "texts": lambda _rule, value: value,
    "file": lambda _rule, value: value,
}
