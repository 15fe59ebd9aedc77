"""What no page of ours sends and no database takes is refused before any view reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map, ValidationError

LARGEST = 2**31 - 1
"""The largest number of an `Integer` column, on PostgreSQL."""


class Number(IntegerConverter):
    """A number in an address that a column can hold; a larger one is no address of ours."""

    def __init__(
        self, url_map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = None
    ) -> None:
        """`max` of a rule holds as well, where it is smaller."""
        super().__init__(url_map, fixed_digits, min, LARGEST if max is None or max > LARGEST else max)

    def to_python(self, value: str) -> int:
        """The number. Python itself refuses to read thousands of digits, as an error of another kind."""
        if len(value) > len(str(LARGEST)):
            raise ValidationError
        number: int = super().to_python(value)
        return number


def install(app: Flask) -> None:
    """Bound the numbers of every address, and look at what is sent before anything else does."""
    app.url_map.converters["int"] = Number
    app.before_request(_refuse_nulls)


def _refuse_nulls() -> None:
    """PostgreSQL takes no null character in a text, and no keyboard makes one."""
    if any("\x00" in text for text in _sent()):
        abort(400)


def _sent() -> Iterator[str]:
    """All text of a request: its path, questions and form, by name and value."""
    yield request.path
    for part in (request.args, request.form):
        for name, values in part.lists():
            yield name
            yield from values
