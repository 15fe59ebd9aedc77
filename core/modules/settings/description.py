"""How a plugin describes one setting, and how old values become new ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

SettingType = Literal["text", "longtext", "integer", "money", "date", "choice", "yesno", "email", "secret"]
# From the values of one version of a plugin's settings to those of the next; pure: no reading, no clock.
SettingsStep = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value an organisation may set; those below inherit it until they say otherwise.

    `money` is integer cents, `date` a day. `min` and `max` bound integers, money and days; for text `max` is
    the greatest length. `choices` are (value, label) pairs. A `secret` is encrypted, never shown again and
    has no default.
    """

    key: str
    label: Any
    type: SettingType = "text"
    default: Any = None
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    min: Any = None
    max: Any = None
    required: bool = False
