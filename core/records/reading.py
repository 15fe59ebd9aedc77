"""Text as people type it, read into values, and values written the same way: for forms and files alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
CLOCK = re.compile(r"(?:klo\s?|kl\.?\s?)?([0-9]{1,2})(?:[.:]([0-9]{2}))?(?:[.:]00)?")
AMOUNT = re.compile(r"(-?)([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
NUMBER = re.compile(r"-?[0-9]{1,9}(?:[.,][0-9]{1,6})?")
WHOLE = re.compile(r"-?[0-9]{1,9}")
YES = frozenset({"kyllä", "ja", "yes", "true", "1", "x"})
NO = frozenset({"ei", "nej", "no", "false", "0"})


class BadValue(ValueError):
    """A value that cannot be taken; `message` tells people what to write, in the language it is shown in."""

    @property
    def message(self) -> Any:
        """What to write instead."""
        return self.args[0]


def plain(text: str) -> str:
    """A number as typed, without spaces, the euro sign and typographic minus."""
    return re.sub(r"[\s€]", "", text).replace("−", "-")  # noqa: RUF001  # people paste it


def strip(value: Any) -> Any:
    """Text in its normal form, without spaces around it and null characters; None if nothing is left."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\x00", "")).strip() or None


def day(text: str) -> date:
    """A day of the calendar; also as browsers and spreadsheets write it."""
    try:
        if found := DAY.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := ISO_DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise BadValue(_l("Write the date like this: 6.10.2026."))


def clock(text: str) -> time:
    """A time of day to the minute: 9.15, 9:15, klo 9; seconds only when they are none."""
    found = CLOCK.fullmatch(text.strip().lower())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise BadValue(_l("Write the time like this: 9.15."))
    return time(int(found[1]), int(found[2] or 0))


def money(text: str) -> int:
    """Cents of 35, 35,5 or 35.50; no float on the way."""
    found = AMOUNT.fullmatch(plain(text))
    if found is None:
        raise BadValue(_l("Write the amount like this: 35,00."))
    cents = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -cents if found[1] else cents


def number(text: str) -> Decimal:
    """A number with a comma or a point."""
    if not NUMBER.fullmatch(plain(text)):
        raise BadValue(_l("Write a number, for example 12,5."))
    return Decimal(plain(text).replace(",", "."))


def whole(text: str) -> int:
    """A whole number."""
    if not WHOLE.fullmatch(plain(text)):
        raise BadValue(_l("Write a whole number, for example 60."))
    return int(plain(text))


def yes_no(text: str) -> bool:
    """Yes or no in any of the three languages."""
    word = text.strip().casefold()
    if word not in YES | NO | {_("Yes").casefold(), _("No").casefold()}:
        raise BadValue(_l("Write yes or no."))
    return word in YES or word == _("Yes").casefold()


# --- and back ---------------------------------------------------------------------------------------------


def typed_day(value: date) -> str:
    """The way a day is read."""
    return f"{value.day}.{value.month}.{value.year}"


def typed_clock(value: time) -> str:
    """The way a time is read."""
    return f"{value.hour}.{value.minute:02d}"


def typed_money(value: int) -> str:
    """35,00 in every language of the form."""
    euros, cents = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}{euros},{cents:02d}"


def typed_number(value: Decimal) -> str:
    """12,5 in every language of the form."""
    return format(value, "f").replace(".", ",")


# By type: how typed text is read, and how a value is typed. Other types are text, or chosen from a list.
READ: dict[str, Callable[[str], Any]] = {
    "date": day,
    "time": clock,
    "money": money,
    "number": number,
    "integer": whole,
    "yesno": yes_no,
}
TYPED: dict[str, Callable[[Any], str]] = {
    "date": typed_day,
    "time": typed_clock,
    "money": typed_money,
    "number": typed_number,
    "integer": str,
}
