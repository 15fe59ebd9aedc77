"""Fields of the claim form that read what people write: a time of day, kilometres, a count."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from core.api import TypedField, WholeField

_l: Any = lazy_gettext  # WTForms' types know plain strings only; labels and messages may be lazy
METRES_PER_KILOMETRE = 1000
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?:[.:]([0-5][0-9]))?")
_COUNT = re.compile(r"[0-9]{1,9}")
_KILOMETRES = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?")

CLOCK_HELP = _l("Write the time like this: 9.30.")
KILOMETRES_HELP = _l("Write the kilometres like this: 48 or 7,5.")


class ClockField(TypedField):
    """A time of day, written 9.30, 9:30 or 9."""

    def read(self, text: str) -> time:
        """A time of Helsinki's clock."""
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValueError(str(CLOCK_HELP))
        return time(int(found[1]), int(found[2] or 0))


class KilometresField(TypedField):
    """Kilometres, written 48 or 7,5; kept as whole metres."""

    def read(self, text: str) -> int:
        """Metres; no float on the way."""
        found = _KILOMETRES.fullmatch(text)
        if found is None:
            raise ValueError(str(KILOMETRES_HELP))
        return int(found[1]) * METRES_PER_KILOMETRE + int((found[2] or "0").ljust(3, "0"))


class CountField(WholeField):
    """A whole number from nought to a bound; one message says both."""

    def __init__(self, label: Any, most: int, **kwargs: Any) -> None:
        """`most` is the greatest number that is taken."""
        self.most = most
        super().__init__(label, **kwargs)

    def read(self, text: str) -> int:
        """The number."""
        if not _COUNT.fullmatch(text) or int(text) > self.most:
            raise ValueError(_("Write a whole number, at most %(most)s.", most=self.most))
        return int(text)
