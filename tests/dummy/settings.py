"""A setting of each type; their second version, with the step from the first."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.api import Setting

CHOICES = (("short", _l("Short")), ("long", _l("Long")))
SETTINGS = (
    Setting(key="greeting", label=_l("Greeting"), default="Hei", max=50),
    Setting(key="letter", label=_l("Letter"), type="longtext"),
    Setting(key="limit", label=_l("Most notes"), type="integer", default=10, min=1, max=99, was=("most",)),
    Setting(key="price", label=_l("Price of a note"), type="money", default=150, min=0),
    Setting(key="begins", label=_l("First day"), type="date", default=date(2026, 1, 1)),
    Setting(key="length", label=_l("Length"), type="choice", default="short", choices=CHOICES),
    Setting(key="shown", label=_l("Shown to all"), type="yesno", default=True),
    Setting(key="sender", label=_l("Sender"), type="email", default="notes@example.test"),
    Setting(key="key", label=_l("Key of the other service"), type="secret", by_controller=True),
)


def second(values: dict[str, Any]) -> dict[str, Any]:
    """`most` is called `limit` now."""
    return {("limit" if key == "most" else key): value for key, value in values.items()}


STEPS = {1: second}
