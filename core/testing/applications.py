"""Applications of tests: made on a database, and letting go of it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from config import TestConfig
from core import create_app
from core.testing.databases import DatabaseUrls


@contextmanager
def application(urls: DatabaseUrls, **settings: Any) -> Iterator[Flask]:
    """An application on a database; its connections are closed afterwards."""
    app = create_app(TestConfig(database_url=urls.app, database_owner_url=urls.owner, **settings))
    try:
        yield app
    finally:
        close(app)


def close(app: Flask) -> None:
    """Let go of the application's connections."""
    with app.app_context():
        orm = app.extensions["sqlalchemy"]
        orm.session.remove()
        for engine in orm.engines.values():
            engine.dispose()
