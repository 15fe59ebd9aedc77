"""A PostgreSQL server of the run's own, and databases in it; gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.database.migrate import upgrade
from core.testing.databases import APP, OWNER
from core.testing.postgres import PostgresServer


@dataclass(frozen=True)
class Urls:
    """Addresses of one database: as the application, and as the owner of its tables."""

    app: str
    owner: str


@contextmanager
def server() -> Iterator[PostgresServer]:
    """The server, started now and stopped at the end."""
    started = PostgresServer(f"bench-{os.getpid()}", "bench")
    try:
        yield started
    finally:
        started.stop()


@contextmanager
def migrated(running: PostgresServer) -> Iterator[Urls]:
    """A fresh database at the newest schema."""
    name = running.create()
    urls = Urls(running.url(APP, name), running.url(OWNER, name))
    try:
        upgrade(urls.owner)
        yield urls
    finally:
        running.drop(name)
