"""Amounts, days and times as people of each language write them. Also the filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import get_locale
from markupsafe import Markup, escape

from core.database.types import HELSINKI, today

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
WEEKDAYS = {
    "fi": ("ma", "ti", "ke", "to", "pe", "la", "su"),
    "sv": ("må", "ti", "on", "to", "fr", "lö", "sö"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BEFORE_BREAK = re.compile(r"(?<=@)|(?=\.)")
AT = {"fi": "klo", "sv": "kl.", "en": "at"}


def language() -> str:
    """The reader's language: fi, sv or en; Finnish where nobody reads (a command, the worker)."""
    locale = get_locale()
    code = locale.language if locale else "fi"
    return code if code in WEEKDAYS else "fi"


def decimals(number: int, places: int) -> str:
    """A whole number of smallest units as a decimal: (12140, 2) is 121,40. No float on the way."""
    whole, part = divmod(abs(number), 10**places)
    english = language() == "en"
    text = f"{whole:,}".replace(",", "," if english else NBSP)
    if places:
        text += f"{'.' if english else ','}{part:0{places}d}"
    return f"{MINUS}{text}" if number < 0 else text


def money(cents: int | None) -> str:
    """Cents as 121,40 € (in English €121.40); a sum never breaks before its sign."""
    if cents is None:
        return ""
    amount = decimals(abs(cents), 2)
    text = f"€{amount}" if language() == "en" else f"{amount}{NBSP}€"
    return f"{MINUS}{text}" if cents < 0 else text


def number(value: Decimal | int | None) -> str:
    """A number as 1 234,5 (in English 1,234.5), with the decimals it has."""
    if value is None:
        return ""
    _sign, digits, exponent = Decimal(value).as_tuple()
    places = max(0, -int(exponent))
    units = int("".join(map(str, digits))) * 10 ** max(0, int(exponent))
    return decimals(-units if value < 0 else units, places)


def kilometres(metres: int | None) -> str:
    """Metres as 48 km or 7,5 km, to the hundred metres."""
    if metres is None:
        return ""
    tenths = (abs(metres) + 50) // 100
    number = decimals(tenths // 10, 0) if tenths % 10 == 0 else decimals(tenths, 1)
    return f"{number} km" if metres >= 0 else f"{MINUS}{number} km"


def duration(minutes: int | None) -> str:
    """Minutes as 1 h 30 min."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)


def day(value: date | None) -> str:
    """A day as 6.10.2026 (in English 6 Oct 2026)."""
    if value is None:
        return ""
    if language() == "en":
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.day}.{value.month}.{value.year}"


def short_day(value: date | None) -> str:
    """A day of this year with its weekday: to 15.10. (sv to 15.10, en Thu 15 Oct)."""
    if value is None:
        return ""
    return f"{WEEKDAYS[language()][value.weekday()]} {_without_year(value)}"


def _without_year(value: date) -> str:
    if language() == "en":
        return f"{value.day} {MONTHS[value.month - 1]}"
    return f"{value.day}.{value.month}{'.' if language() == 'fi' else ''}"


def clock(value: datetime | None) -> str:
    """A Helsinki time of day as klo 9.14 (sv kl. 9.14, en at 9:14)."""
    if value is None:
        return ""
    local = value.astimezone(HELSINKI)
    return f"{AT[language()]} {local.hour}{':' if language() == 'en' else '.'}{local.minute:02d}"


def time_of_day(value: time | None) -> str:
    """A time on the clock as 9.15 (in English 9:15)."""
    if value is None:
        return ""
    return f"{value.hour}{':' if language() == 'en' else '.'}{value.minute:02d}"


def moment(value: datetime | None) -> str:
    """An instant in Helsinki as 12.10. klo 9.14; with its year when that is not this one."""
    if value is None:
        return ""
    local = value.astimezone(HELSINKI).date()
    return f"{_without_year(local) if local.year == today().year else day(local)} {clock(value)}"


def yes_no(value: bool | None) -> str:
    """Yes or no in the reader's language."""
    from flask_babel import gettext as _

    if value is None:
        return ""
    return _("Yes") if value else _("No")


def breakable(text: str) -> Markup:
    """The text, made safe for a page; where an e-mail address must break, it does so at its signs."""
    words = (escape(word) for word in text.split(" "))
    broken = (BEFORE_BREAK.sub("<wbr>", word) if "@" in word else word for word in words)
    return Markup(" ".join(broken))  # noqa: S704  # each word was escaped


FILTERS: dict[str, Callable[[Any], str]] = {
    "money": money,
    "kilometres": kilometres,
    "duration": duration,
    "day": day,
    "short_day": short_day,
    "clock": clock,
    "moment": moment,
    "yes_no": yes_no,
    "breakable": breakable,
}


def register(app: Flask) -> None:
    """Make the functions above filters of the templates, and the reader's language known to them."""
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals["language"] = language
