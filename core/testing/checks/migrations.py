"""Migrations: up, down and up again on each database; what they make are the models' tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, inspect

from core.database.lineages.lineage import Lineage, lineage_of
from core.database.lineages.moving import differences, down, up
from core.database.lineages.owner import owner_engine, transaction
from core.database.lineages.references import BadReference, check_references
from core.database.lineages.revisions import NotLinear, revisions
from core.modules.spec.plugin import Plugin
from core.modules.startup.discovery import discover, required_by
from core.testing.arguments import own_tables
from core.testing.checks.base import Check, Nothing, told
from core.testing.databases import DatabaseUrls
from core.testing.fixtures import KINDS, MakeRegions
from core.testing.subject import Subject

Move = Callable[[Connection, Lineage, str], object]
NO_TABLES = "it has no tables"
# As PostgreSQL is asked; SQLite rebuilds the table and is asked otherwise.
UNFILLED = re.compile(r"ALTER TABLE \S+ ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL", re.IGNORECASE | re.DOTALL)


class Migrations(Check):
    """Tables and how they come to be."""

    @pytest.fixture(params=KINDS)
    def emptied(
        self, request: pytest.FixtureRequest, found: Subject, small_regions: MakeRegions
    ) -> Iterator[DatabaseUrls]:
        """A database at the newest schema, of one test alone."""
        with small_regions(request.param, found.modules).fresh() as urls:
            yield urls

    def test_migrations_follow_each_other_one_by_one(self, plugin: Plugin, nothing: Nothing) -> None:
        """Each migration names the one before it; two never follow the same one."""
        folder = lineage_of(plugin).folder
        if folder is None:
            return nothing("it has no migrations")
        try:
            revisions(folder)
        except NotLinear as error:
            pytest.fail(f"{error}: give one of them the other as down_revision")
        return None

    def test_tables_have_migrations(self, plugin: Plugin, nothing: Nothing) -> None:
        """Tables come from migrations/versions in the package; `flask database revision` writes one."""
        if not own_tables(plugin.name):
            return nothing(NO_TABLES)
        assert lineage_of(plugin).folder is not None, "write a migration: flask database revision"
        return None

    def test_migrated_tables_are_the_models(
        self, plugin: Plugin, emptied: DatabaseUrls, nothing: Nothing
    ) -> None:
        """What the migrations make is what the models say, on each database."""
        if not own_tables(plugin.name):
            return nothing(NO_TABLES)
        with owner_engine(emptied.owner) as engine, transaction(engine) as connection:
            wrong = list(map(str, differences(connection, lineage_of(plugin))))
        assert not wrong, told(wrong, "migrations and models differ; write a migration for:")
        return None

    def test_migrations_go_up_down_and_up_again(
        self, plugin: Plugin, emptied: DatabaseUrls, nothing: Nothing
    ) -> None:
        """Each step can be undone and done again, and nothing of the plugin is left at the bottom."""
        lineage = lineage_of(plugin)
        if lineage.folder is None:
            return nothing("it has no migrations")
        with owner_engine(emptied.owner) as engine:
            for step in (*reversed(revisions(lineage.folder)[:-1]), "base"):
                _down_and_up(engine, lineage, step)
            _move(engine, lineage, down, "base")
            with transaction(engine) as connection:
                left = [name for name in inspect(connection).get_table_names() if lineage.owns(name)]
        assert not left, f"downgrade() of the first migration leaves {', '.join(left)}"
        return None

    def test_a_new_column_fits_the_rows_that_are_there(
        self, plugin: Plugin, emptied: DatabaseUrls, nothing: Nothing
    ) -> None:
        """A column that must hold something has a server_default: rows of before must fit too."""
        lineage = lineage_of(plugin)
        if lineage.folder is None:
            return nothing("it has no migrations")
        with owner_engine(emptied.owner) as engine:
            _move(engine, lineage, down, revisions(lineage.folder)[0])
            with statements_of(engine) as said:
                _move(engine, lineage, up, "head")
        wrong = [statement for statement in said if UNFILLED.search(statement)]
        assert not wrong, told(wrong, "no server_default, so rows of before have nothing to hold there:")
        return None

    def test_tables_lead_to_public_tables_alone(self, plugin: Plugin, nothing: Nothing) -> None:
        """Foreign keys lead to the plugin's own tables, or to the id of public ones with ON DELETE stated."""
        if not own_tables(plugin.name):
            return nothing(NO_TABLES)
        needed = required_by(plugin, discover().plugins)
        try:
            check_references(
                plugin.name, own_tables(plugin.name), {t for p in needed for t in p.public_tables}
            )
        except BadReference as error:
            pytest.fail(str(error))
        return None

    def test_facts_name_tables_that_are_there(self, plugin: Plugin) -> None:
        """public_tables and retained name the plugin's tables, and `since` one of its columns."""
        tables: dict[str, Any] = {table.name: table for table in own_tables(plugin.name)}
        wrong = [name for name in plugin.public_tables if name not in tables]
        for kept in plugin.retained:
            if kept.table not in tables or kept.since not in tables[kept.table].c:
                wrong.append(f"{kept.table}.{kept.since}")
        assert not wrong, f"the facts name what is not there: {', '.join(wrong)}"


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    """What is said to the database inside, filled while it is said."""
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement.strip())

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _down_and_up(engine: Engine, lineage: Lineage, step: str) -> None:
    _move(engine, lineage, down, step)
    _move(engine, lineage, up, "head")
    with transaction(engine) as connection:
        wrong = list(map(str, differences(connection, lineage)))
    assert not wrong, told(wrong, f"after going down to {step} and up again, tables are not the models:")


def _move(engine: Engine, lineage: Lineage, move: Move, to: str) -> None:
    """Run migrations; what they raise is told with the step that raised it."""
    try:
        with transaction(engine) as connection:
            move(connection, lineage, to)
    except Exception as error:
        pytest.fail(f"{move.__name__} to {to} fails: {type(error).__name__}: {error}")
