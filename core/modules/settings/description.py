"""How a plugin describes one setting, and how old values become new ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

SettingType = Literal["text", "longtext", "integer", "money", "date", "choice", "yesno", "email", "secret"]
# From the values of one version of a plugin's settings to those of the next; pure: no reading, no clock.
SettingsStep = Callable[[dict[str, Any]], dict[str, Any]]
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadSetting(ValueError):
    """A description that cannot hold; the plugin that made it is set aside."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value an organisation may set; those below inherit it until they say otherwise.

    `money` is integer cents, `date` a day. `min` and `max` bound integers, money and days; for text `max` is
    the greatest length. `choices` are (value, label) pairs. A `secret` is encrypted, never shown again and
    has no default. `by_controller`: what concerns a whole controller, such as a payer's days; its units read
    it and do not change it. `was`: keys this setting had in earlier versions, so that a lock or a secret
    made under one of them still holds.
    """

    key: str
    label: Any
    type: SettingType = "text"
    default: Any = None
    help: Any = ""
    choices: tuple[tuple[Any, Any], ...] = ()
    min: Any = None
    max: Any = None
    required: bool = False
    by_controller: bool = False
    was: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be stored or shown."""
        if not KEY.fullmatch(self.key) or not all(KEY.fullmatch(key) for key in self.was):
            raise BadSetting(f"{self.key}: a key is small letters, digits and _")
        if self.type not in get_args(SettingType):
            raise BadSetting(f"{self.key}: there is no type {self.type!r}")
        if (self.type == "choice") != bool(self.choices):
            raise BadSetting(f"{self.key}: a choice, and nothing else, has choices")
        if self.type == "secret" and self.default is not None:
            raise BadSetting(f"{self.key}: a secret has no default")

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key, then its earlier ones."""
        return (self.key, *self.was)
