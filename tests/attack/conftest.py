"""The demonstration region on each database, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.testing.databases import DatabaseUrls, PostgresDatabases, SqliteDatabases
from core.testing.postgres import PostgresServer
from tests.support.region import TEMPLATE, LoadedRegion, application, migrate_and_load


@pytest.fixture(scope="session")
def sqlite_regions(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("regions"), migrate_and_load)


@pytest.fixture(scope="session")
def postgresql_regions(postgres_server: PostgresServer) -> PostgresDatabases:
    return PostgresDatabases(postgres_server, migrate_and_load, template=TEMPLATE)


@pytest.fixture
def urls(request: pytest.FixtureRequest, kind: str) -> Iterator[DatabaseUrls]:
    databases = request.getfixturevalue(f"{kind}_regions")
    with databases.fresh() as found:
        yield found


@pytest.fixture
def region(urls: DatabaseUrls) -> Iterator[LoadedRegion]:
    with application(urls) as app:
        yield LoadedRegion(app, urls)
