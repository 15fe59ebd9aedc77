"""Migrations make exactly the models' tables, on both databases, and each can be undone and done again."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from core.database.lineages.lineage import Lineage
from core.database.lineages.moving import differences, down, up
from core.database.lineages.owner import owner_engine, transaction
from core.database.lineages.revisions import revisions
from core.database.migrate import downgrade, lineages, upgrade
from core.testing.databases import DatabaseUrls
from tests.migrations.shelf import connected

NAMES = ["core", "fees"]


def named(name: str) -> Lineage:
    return next(lineage for lineage in lineages() if lineage.name == name)


def test_every_lineage_is_tried() -> None:
    assert [lineage.name for lineage in lineages()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_migrated_tables_are_the_models(database: DatabaseUrls, name: str) -> None:
    with connected(database.owner) as connection:
        assert differences(connection, named(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_each_step_goes_down_and_up_again(database: DatabaseUrls, name: str) -> None:
    """Of the core from its second one on: a plugin's tables stand on the first."""
    lineage = named(name)
    assert lineage.folder is not None
    steps = revisions(lineage.folder)
    lowest = steps[0] if name == "core" else "base"
    with owner_engine(database.owner) as engine:
        for step in [*reversed(steps[1:-1]), lowest]:
            with transaction(engine) as connection:
                down(connection, lineage, step)
            with transaction(engine) as connection:
                up(connection, lineage)
                assert differences(connection, lineage) == []
            with transaction(engine) as connection:
                down(connection, lineage, step)
        with transaction(engine) as connection:
            up(connection, lineage)
            assert differences(connection, lineage) == []


def test_upgrade_twice_and_all_the_way_down(database: DatabaseUrls) -> None:
    assert upgrade(database.owner) == {}
    downgrade(database.owner)
    with connected(database.owner) as connection:
        left = inspect(connection).get_table_names()
    assert [table for table in left if not table.startswith("alembic_version_")] == []
    assert upgrade(database.owner) == {}
