"""Fresh migrated databases: migrated once, then copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.testing.postgres import PostgresServer

Migrate = Callable[[str], object]
TEMPLATE = "migrated"
# Roles of the PostgreSQL server: the owner of tables, and the application.
OWNER, APP = "kokemus_owner", "kokemus_app"


def migrate_whole(owner_url: str) -> None:
    """Bring the core and every bundled module to the newest schema; none may fail."""
    from core.database.migrate import upgrade

    failed = upgrade(owner_url)
    assert not failed, list(map(str, failed.values()))


@dataclass(frozen=True)
class DatabaseUrls:
    """Addresses of one database: for the application, and for the owner of its tables."""

    app: str
    owner: str
    kind: str


class SqliteDatabases:
    """Copies of one migrated SQLite folder."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self._folder = folder
        self._template = folder / TEMPLATE
        self._template.mkdir()
        migrate(self._url(self._template))
        self._made = 0

    @contextmanager
    def fresh(self) -> Iterator[DatabaseUrls]:
        """A copy in a folder of its own."""
        self._made += 1
        folder = self._folder / str(self._made)
        shutil.copytree(self._template, folder)
        yield DatabaseUrls(self._url(folder), self._url(folder), "sqlite")
        shutil.rmtree(folder)

    @staticmethod
    def _url(folder: Path) -> str:
        return f"sqlite:///{folder / 'test.sqlite3'}"


class PostgresDatabases:
    """Copies of one migrated PostgreSQL database."""

    def __init__(self, server: PostgresServer, migrate: Migrate, template: str = TEMPLATE) -> None:
        self._server = server
        self._template = template
        with server.locked():
            if not server.exists(template):
                self._make_template(migrate)

    @contextmanager
    def fresh(self) -> Iterator[DatabaseUrls]:
        """A copy under a name of its own."""
        name = self._server.create(self._template)
        yield DatabaseUrls(self._server.url(APP, name), self._server.url(OWNER, name), "postgresql")
        self._server.drop(name)

    def _make_template(self, migrate: Migrate) -> None:
        name = self._server.create()
        migrate(self._server.url(OWNER, name))
        self._server.rename(name, self._template)
