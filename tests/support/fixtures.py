"""Fixtures for all tests: databases, applications, and no network."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support import network
from tests.support.databases import DatabaseUrls, PostgresDatabases, SqliteDatabases, migrate_whole
from tests.support.postgres import APP, OWNER, PostgresServer

if TYPE_CHECKING:
    from flask import Flask

MakeDatabase = Callable[[], tuple[str, str]]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues, once for all processes of the run."""
    from tools import translations

    if not hasattr(session.config, "workerinput"):
        translations.compile_all()


@pytest.fixture(scope="session", autouse=True)
def network_off() -> Iterator[None]:
    """Refuse every address outside this machine."""
    with pytest.MonkeyPatch.context() as patch:
        network.switch_off(patch)
        yield


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str, worker_id: str) -> Iterator[PostgresServer]:
    """The PostgreSQL server of this run, started at the first call."""
    server = PostgresServer(testrun_uid, worker_id)
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
    names: list[str] = []

    def make() -> tuple[str, str]:
        names.append(postgres_server.create())
        return postgres_server.url(APP, names[-1]), postgres_server.url(OWNER, names[-1])

    yield make
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
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
def app(database: DatabaseUrls) -> Iterator["Flask"]:
    """An application on a database of its own; its connections are closed afterwards."""
    from config import TestConfig
    from core import create_app

    application = create_app(TestConfig(database_url=database.app, database_owner_url=database.owner))
    yield application
    with application.app_context():
        orm = application.extensions["sqlalchemy"]
        orm.session.remove()
        for engine in orm.engines.values():
            engine.dispose()
