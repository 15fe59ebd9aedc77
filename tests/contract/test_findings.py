"""Each check of the contract finds the fault it is there for, in the dummy plugin or in the host."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.database.lineages.lineage import Lineage
from core.modules.host import Registered
from core.modules.spec.plugin import Plugin, Retained
from core.testing import network
from core.testing.checks import migrations
from core.testing.checks.base import Check
from core.testing.databases import DatabaseUrls
from core.testing.subject import Subject
from core.testing.suite import Contract
from core.testing.terms import Budget, Terms
from core.testing.world import World
from tests.contract import faults
from tests.contract.faults import AT_WORK
from tests.contract.planting import finish, plant
from tests.migrations.shelf import connected

pytestmark = pytest.mark.usefixtures("dummy_installed")
# Checks whose fault stands in another test: what the host refuses at start-up.
ELSEWHERE = {
    "test_it_is_found_and_can_be_used",
    "test_every_page_declares_who_may_open_it",
    "test_tables_lead_to_public_tables_alone",
}


def run(check: Any, terms: Terms, **found: Any) -> None:
    """Call one check of the contract with what it asks for."""
    suite = type("Suite", (Contract,), {"terms": terms})()
    found.update(nothing=lambda reason: None, network_off=network.refused)
    check(suite, **{name: found[name] for name in list(inspect.signature(check).parameters)[1:]})


class Held(Check):
    """The fixtures of the contract, without its tests."""

    terms = Terms(module="dummy", plant=plant, finish=finish)

    @pytest.fixture
    def patch(self) -> Iterator[pytest.MonkeyPatch]:
        with pytest.MonkeyPatch.context() as patch:
            yield patch


class TestAtWork(Held):
    @pytest.mark.parametrize("name", AT_WORK)
    def test_a_fault_is_found(self, name: str, own_world: World, patch: pytest.MonkeyPatch) -> None:
        fault, check = AT_WORK[name]
        fault(own_world, patch)
        with pytest.raises(AssertionError):
            run(check, self.terms, world=own_world, own_world=own_world)


FACTS: dict[str, tuple[str, Any, Any]] = {
    "a silent description": ("description", " ", Contract.test_no_word_is_empty_in_any_language),
    "people kept in silence": ("personal_data", "", Contract.test_what_it_keeps_about_people_is_told),
    "a public table that is gone": (
        "public_tables",
        ("dummy_gone",),
        Contract.test_facts_name_tables_that_are_there,
    ),
    "rows kept since no column": (
        "retained",
        (Retained(table="dummy_note", since="gone", years=1, why="x"),),
        Contract.test_facts_name_tables_that_are_there,
    ),
    "a step that wants a key": (
        "settings_steps",
        {1: lambda values: {"limit": values["most"]}},
        Contract.test_settings_of_every_earlier_version_can_be_read,
    ),
    "a step that gives what is refused": (
        "settings_steps",
        {1: lambda values: {"limit": 1000}},
        Contract.test_settings_of_every_earlier_version_can_be_read,
    ),
    "a version without a word in the log": (
        "version",
        "7.7",
        Contract.test_a_readme_and_a_change_log_are_there,
    ),
}


class TestFacts(Held):
    @pytest.mark.parametrize("name", FACTS)
    def test_a_wrong_fact_is_found(
        self,
        name: str,
        bare_app: Any,
        brought: Registered,
        plugin: Plugin,
        found: Subject,
        patch: pytest.MonkeyPatch,
    ) -> None:
        fact, value, check = FACTS[name]
        patch.setattr(type(plugin), fact, value)
        with pytest.raises(AssertionError):
            run(check, self.terms, bare_app=bare_app, brought=brought, plugin=plugin, found=found)

    def test_a_default_that_is_refused_is_found(self, plugin: Plugin, patch: pytest.MonkeyPatch) -> None:
        setting = next(s for s in plugin.settings if s.key == "limit")
        object.__setattr__(setting, "default", 1000)
        with pytest.raises(AssertionError):
            run(Contract.test_defaults_are_values_the_settings_take, self.terms, plugin=plugin)
        object.__setattr__(setting, "default", 10)

    def test_missing_papers_and_words_are_found(self, found: Subject, tmp_path: Path) -> None:
        elsewhere = _copied(found, tmp_path)
        words = Contract.test_every_message_is_translated_into_finnish_and_swedish
        run(words, self.terms, found=elsewhere)
        po = elsewhere.folder / "translations/sv/LC_MESSAGES/messages.po"
        po.write_text(po.read_text().replace('msgid "Letter"', '#, fuzzy\nmsgid "Letter"'))
        with pytest.raises(AssertionError, match="'Letter': fuzzy"):
            run(
                Contract.test_every_message_is_translated_into_finnish_and_swedish,
                self.terms,
                found=elsewhere,
            )
        (elsewhere.folder / "README.md").unlink()
        with pytest.raises(AssertionError, match=r"write README\.md"):
            run(Contract.test_a_readme_and_a_change_log_are_there, self.terms, found=elsewhere)

    def test_exceptions_that_are_out_of_date_are_found(self, plugin: Plugin, own_world: World) -> None:
        for terms in (
            Terms(module="dummy", not_people={"dummy_note.gone": "x"}),
            Terms(module="dummy", not_people={"dummy_note.person_id": " "}),
        ):
            with pytest.raises(AssertionError):
                run(Contract.test_no_exception_names_what_is_not_there, terms, plugin=plugin)
        check = Contract.test_exceptions_name_pages_that_are_there_and_say_why
        for terms in (
            Terms(module="dummy", budgets={"dummy.gone": Budget(most=20, why="x")}),
            Terms(module="dummy", shown_to_all={"dummy.notes": ""}),
        ):
            with pytest.raises(AssertionError):
                run(check, terms, world=own_world)

    def test_pages_whose_rows_are_not_there_are_found(self, own_world: World) -> None:
        own_world.forget_arguments()
        terms = Terms(module="dummy", addresses={"dummy.note": lambda _place, _person: ()})
        own_world.terms = terms
        with pytest.raises(AssertionError, match="dummy/notes/<int:note_id>"):
            run(Contract.test_every_page_was_asked_for_with_foreign_ids, terms, world=own_world)


BAD_STEPS = {
    "a downgrade that does nothing": ('        table.drop_column("day")', "        pass"),
    "a column of another kind": ("sa.Date()", "sa.String()"),
    "two that follow the same one": ('down_revision = "dummy_0001"', "down_revision = None"),
}


class TestMigrations(Held):
    @pytest.mark.parametrize("name", BAD_STEPS)
    def test_bad_migrations_are_found(
        self,
        name: str,
        found: Subject,
        plugin: Plugin,
        urls: DatabaseUrls,
        tmp_path: Path,
        patch: pytest.MonkeyPatch,
    ) -> None:
        folder = _spoilt(found, tmp_path, *BAD_STEPS[name])
        patch.setattr(migrations, "lineage_of", lambda _plugin: Lineage("dummy", folder))
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            _run_both(plugin, urls)

    def test_tables_that_no_migration_makes_are_found(
        self, plugin: Plugin, urls: DatabaseUrls, patch: pytest.MonkeyPatch
    ) -> None:
        with connected(urls.owner) as connection:
            connection.execute(text("ALTER TABLE dummy_note ADD COLUMN odd INTEGER"))
        with pytest.raises(AssertionError):
            run(Contract.test_migrated_tables_are_the_models, self.terms, plugin=plugin, emptied=urls)
        patch.setattr(migrations, "lineage_of", lambda _plugin: Lineage("dummy", None))
        with pytest.raises(AssertionError):
            run(Contract.test_tables_have_migrations, self.terms, plugin=plugin)


class TestRowsOfBefore(Held):
    @pytest.mark.parametrize("urls", ["postgresql"], indirect=True)
    def test_a_column_that_real_rows_cannot_fill_is_found(
        self, found: Subject, plugin: Plugin, urls: DatabaseUrls, tmp_path: Path, patch: pytest.MonkeyPatch
    ) -> None:
        folder = _spoilt(found, tmp_path, ', server_default="2026-01-01"', "")
        with connected(urls.owner) as connection:  # as in an author's tests: there are no rows yet
            connection.execute(text("DELETE FROM dummy_note"))
        patch.setattr(migrations, "lineage_of", lambda _plugin: Lineage("dummy", folder))
        with pytest.raises(AssertionError, match="ADD COLUMN day"):
            run(
                Contract.test_a_new_column_fits_the_rows_that_are_there,
                self.terms,
                plugin=plugin,
                emptied=urls,
            )


def _spoilt(found: Subject, folder: Path, good: str, bad: str) -> Path:
    """The dummy's migrations elsewhere, with a fault in the second."""
    versions = _copied(found, folder).folder / "migrations" / "versions"
    step = versions / "0002_day.py"
    assert good in step.read_text()
    step.write_text(step.read_text().replace(good, bad))
    return versions


def _run_both(plugin: Plugin, urls: DatabaseUrls) -> None:
    run(Contract.test_migrations_follow_each_other_one_by_one, Held.terms, plugin=plugin)
    run(Contract.test_migrations_go_up_down_and_up_again, Held.terms, plugin=plugin, emptied=urls)


def test_every_check_is_known_to_find_something() -> None:
    source = Path(__file__).read_text() + Path(str(faults.__file__)).read_text()
    checks = [name for name in dir(Contract) if name.startswith("test_") and name not in ELSEWHERE]
    assert [name for name in checks if f"Contract.{name}" not in source] == []


def _copied(found: Subject, folder: Path) -> Subject:
    """The same plugin as if its package lay elsewhere."""
    shutil.copytree(found.folder, folder / "dummy", ignore=shutil.ignore_patterns("__pycache__"))

    class Elsewhere(Subject):
        @property
        def folder(self) -> Path:
            return folder / "dummy"

    return Elsewhere(found.plugin, found.modules)
