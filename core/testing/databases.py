"""Fresh migrated databases: migrated once, then copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from core.testing.postgres import PostgresServer

T = TypeVar("T")
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


@dataclass(frozen=True)
class Prepared(Generic[T]):
    """Copies of a database with rows in it, and what whoever wrote them remembers of them."""

    fresh: Callable[[], AbstractContextManager[DatabaseUrls]]
    remembered: T


class SqliteDatabases:
    """Copies of one migrated SQLite folder."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / TEMPLATE
        self._template.mkdir()
        migrate(self._url(self._template))

    @contextmanager
    def fresh(self) -> Iterator[DatabaseUrls]:
        """A copy in a folder of its own."""
        with self._copy(self._template) as urls:
            yield urls

    def prepared(self, write: Callable[[DatabaseUrls], T]) -> Prepared[T]:
        """Copies of a database into which rows were written once."""
        folder = self._copied(self._template)
        written = write(self._urls(folder))
        return Prepared(lambda: self._copy(folder), written)

    @contextmanager
    def _copy(self, template: Path) -> Iterator[DatabaseUrls]:
        folder = self._copied(template)
        yield self._urls(folder)
        shutil.rmtree(folder)

    def _copied(self, template: Path) -> Path:
        return Path(shutil.copytree(template, self._folder / str(next(self._numbers))))

    def _urls(self, folder: Path) -> DatabaseUrls:
        return DatabaseUrls(self._url(folder), self._url(folder), "sqlite")

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
        with self._copy(self._template) as urls:
            yield urls

    def prepared(self, write: Callable[[DatabaseUrls], T]) -> Prepared[T]:
        """Copies of a database into which rows were written once."""
        template = self._server.create(self._template)
        written = write(self._urls(template))
        return Prepared(lambda: self._copy(template), written)

    @contextmanager
    def _copy(self, template: str) -> Iterator[DatabaseUrls]:
        name = self._server.create(template)
        yield self._urls(name)
        self._server.drop(name)

    def _urls(self, name: str) -> DatabaseUrls:
        return DatabaseUrls(self._server.url(APP, name), self._server.url(OWNER, name), "postgresql")

    def _make_template(self, migrate: Migrate) -> None:
        name = self._server.create()
        migrate(self._server.url(OWNER, name))
        self._server.rename(name, self._template)
