"""What a service says when values cannot be stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Invalid(ValueError):
    """Values a rule refuses: a message in people's words per field key.

    Under "" stands what concerns no one field.
    """

    def __init__(self, errors: Mapping[str, Any]) -> None:
        """`errors` is shown beside the fields it names."""
        super().__init__(", ".join(errors))
        self.errors = dict(errors)
