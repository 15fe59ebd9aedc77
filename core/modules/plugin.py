"""What a plugin is to the host."""

from __future__ import annotations

from typing import Any, ClassVar


class Plugin:
    """A module. Subclass it in the plugin's `__init__`, set the facts, implement hooks as methods.

    The facts are readable without importing the plugin's models, so hooks import what they need when called.
    """

    name: ClassVar[str]
    version: ClassVar[str]
    label: ClassVar[Any]
    description: ClassVar[Any]
    personal_data: ClassVar[Any] = ""
    requires: ClassVar[tuple[str, ...]] = ()
    package: ClassVar[str] = ""

    def __init__(self) -> None:
        """Know the package one lives in, for migrations, templates and translations."""
        type(self).package = type(self).__module__
