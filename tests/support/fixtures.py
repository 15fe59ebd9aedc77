"""What our own tests need beyond `core.testing`: the bundled catalogues, the demonstration region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from core.testing.databases import PostgresDatabases, SqliteDatabases

if TYPE_CHECKING:
    from core.testing.postgres import PostgresServer

# How fast a test is on a busy machine proves nothing.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the catalogues, once for all processes of the run."""
    from tools import translations

    if not hasattr(session.config, "workerinput"):
        translations.compile_all()


@pytest.fixture(scope="session")
def sqlite_regions(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """The demonstration region on SQLite, loaded once and copied."""
    from tests.support.region import migrate_and_load

    return SqliteDatabases(tmp_path_factory.mktemp("regions"), migrate_and_load)


@pytest.fixture(scope="session")
def postgresql_regions(postgres_server: PostgresServer) -> PostgresDatabases:
    """The same on PostgreSQL."""
    from tests.support.region import TEMPLATE, migrate_and_load

    return PostgresDatabases(postgres_server, migrate_and_load, template=TEMPLATE)
