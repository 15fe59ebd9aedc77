"""What no page of ours sends and no database takes is refused before any view reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A number in an address: at most nine digits, which an `Integer` column holds on every database.

    The pattern itself says so, because an address that matches a pattern is answered 405 to another method.
    """

    regex = "[0-9]{1,9}"


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
