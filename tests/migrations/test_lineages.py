"""Each lineage has a transaction of its own: who fails is rolled back alone and named, the others go on."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from core.database.lineages.pending import standing
from core.database.migrate import downgrade, upgrade
from core.testing.databases import APP, DatabaseUrls
from tests.migrations.shelf import MAKE, Shelf, connected
from tests.support.region import application

FAIL = "\nraise RuntimeError('in the middle')"


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def test_who_fails_is_rolled_back_alone(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha")
    shelf.add("broken", migrate=False)
    shelf.migration("broken", 1, MAKE.format(name="broken") + FAIL)
    shelf.add("needing", requires=["broken"])
    shelf.add("torn", models="import nowhere_at_all")
    shelf.add("leaving", models="raise SystemExit(3)")
    shelf.add("zulu", requires=["alpha"])
    (shelf.package("alpha") / "words.txt").write_text("")
    failed = upgrade(database.owner)
    assert {name: c.reason for name, c in failed.items()} == {
        "broken": "RuntimeError: in the middle",
        "needing": "needs broken",
        "torn": "ModuleNotFoundError: No module named 'nowhere_at_all'",
        "leaving": "SystemExit: 3",
    }
    assert {"alpha_thing", "zulu_thing"} <= tables(database.owner)
    assert not {"broken_thing", "needing_thing", "alembic_version_broken"} & tables(database.owner)
    found = standing(database.owner) or {}
    assert (found["alpha"], found["zulu"]) == ("alpha_1", "zulu_1")


def test_command_names_who_failed_and_ends_with_1(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("broken", migrate=False)
    shelf.migration("broken", 1, "raise RuntimeError('in the middle')")
    with application(database) as app:
        result = app.test_cli_runner().invoke(args=["database", "upgrade"])
        assert result.exit_code == 1
        assert "broken: not migrated: RuntimeError: in the middle" in result.output
        assert "core: core_" in result.output
        shelf.migration("broken", 1, MAKE.format(name="broken"))
        result = app.test_cli_runner().invoke(args=["database", "upgrade"])
        assert result.exit_code == 0
        assert "broken: broken_1" in result.output


def test_failed_core_stops_everything(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha")
    with connected(database.owner) as connection:
        connection.execute(text("UPDATE alembic_version_core SET version_num = 'core_9999'"))
    with pytest.raises(Exception, match="core_9999"):
        upgrade(database.owner)
    assert "alpha_thing" not in tables(database.owner)


def test_core_can_be_migrated_alone(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha")
    assert upgrade(database.owner, modules=None) == {}
    assert "alpha_thing" not in tables(database.owner)


def test_tables_without_a_migration_are_named(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha", migrate=False)
    assert "do not make alpha_thing" in upgrade(database.owner)["alpha"].reason


def test_downgrade_takes_plugins_first(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha", public=["alpha_thing"])
    shelf.add("beta", requires=["alpha"])
    assert upgrade(database.owner) == {}
    downgrade(database.owner)
    assert [t for t in tables(database.owner) if not t.startswith("alembic_version_")] == []
    assert upgrade(database.owner) == {}


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_app_role_has_its_rights_right_after_each_lineage(database: DatabaseUrls, shelf: Shelf) -> None:
    shelf.add("alpha")
    shelf.add("broken", migrate=False)
    shelf.migration("broken", 1, MAKE.format(name="broken") + FAIL)
    assert set(upgrade(database.owner, APP)) == {"broken"}
    with connected(database.app) as connection:
        connection.execute(text("INSERT INTO alpha_thing (words) VALUES ('one')"))
    with pytest.raises(Exception, match="permission denied"), connected(database.app) as connection:
        connection.execute(text("DELETE FROM alpha_thing"))
