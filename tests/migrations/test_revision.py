"""A migration is written from the models, and is one that the upgrade reads."""

from __future__ import annotations

import pytest

from core.database.lineages.revisions import revisions
from core.database.migrate import revision, upgrade
from core.testing.databases import DatabaseUrls
from tests.migrations.shelf import Shelf, connected
from tests.support.region import application


def test_written_migration_makes_the_models(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha", migrate=False)
    shelf.versions("alpha").mkdir(parents=True)
    revision(database.owner, "alpha", "First table")
    assert len(revisions(shelf.versions("alpha"))) == 1
    assert upgrade(database.owner) == {}
    with connected(database.owner) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alpha_thing").scalar() == 0


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "words"),
    [("alpha", "no folder migrations/versions"), ("nobody", "no lineage nobody: core, alpha, fees")],
)
def test_command_says_why_it_cannot(database: DatabaseUrls, shelf: Shelf, name: str, words: str) -> None:
    shelf.add("alpha", models="", migrate=False)
    with application(database) as app:
        result = app.test_cli_runner().invoke(args=["database", "revision", name, "First"])
    assert result.exit_code == 1
    assert words in result.output
