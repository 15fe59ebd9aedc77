"""How much a set-up file may hold. Checked before anybody spends time on it, or the write lock.

A file for one organisation has some dozens of prices and work types; what is far above that is a mistake or
an attack.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

MOST_PARTS = 20
MOST_DEEP = 20
MOST_IN_ONE = 300
MOST_ITEMS = 1_000
# What every database column of ours takes.
MOST_NUMBER = 2**63 - 1

_PART = r"""(?:(?<![\w-])[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
# Python's reader takes the square of a dotted key's length, so the parts are counted without it. The
# possessive quantifiers keep this search itself linear. A text of as many words with dots is refused too.
_TOO_MANY_PARTS = re.compile(rf"{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{MOST_PARTS}}}")


class TooMuch(ValueError):
    """The file holds more than a set-up needs; the text tells people what of."""


def check_keys(text: str) -> None:
    """Raise `TooMuch` for a text with a key or header of more than `MOST_PARTS` dotted parts."""
    if _TOO_MANY_PARTS.search(text):
        raise TooMuch(_("A name in the file may have at most %(number)s parts with dots.", number=MOST_PARTS))


def check_values(found: dict[str, Any]) -> None:
    """Raise `TooMuch` for what is nested too deep, too long, too many in all, or too large a number."""
    items = 0
    for value, depth in _within(found, 1):
        if depth > MOST_DEEP:
            text = _("Lists and tables in the file may stand in each other at most %(number)s deep.",
                     number=MOST_DEEP)  # fmt: skip
            raise TooMuch(text)
        if isinstance(value, dict | list) and len(value) > MOST_IN_ONE:
            text = _("A list or a table in the file may have at most %(number)s items.", number=MOST_IN_ONE)
            raise TooMuch(text)
        items += len(value) if isinstance(value, list) else 0
        if isinstance(value, int | float):
            _check_number(value)
    if items > MOST_ITEMS:
        raise TooMuch(_("The lists in the file may have at most %(number)s items in all.", number=MOST_ITEMS))


def _within(value: Any, depth: int) -> Iterator[tuple[Any, int]]:
    """A value and all within it, without recursion: how deep it goes is not known yet."""
    waiting = [(value, depth)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(each, depth + 1) for each in inner]


def _check_number(value: float) -> None:
    if not math.isfinite(value) if isinstance(value, float) else abs(value) > MOST_NUMBER:
        raise TooMuch(_("A number in the file is too large."))
