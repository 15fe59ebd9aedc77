"""What can be seen of a plugin without asking for a page: words, papers, what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Column, String, Text

import core
from config import LANGUAGES
from core.modules.host import Registered
from core.modules.spec.plugin import Plugin
from core.records.description import Record
from core.testing.arguments import own_tables
from core.testing.catalogues import Owner, problems
from core.testing.checks.base import Check, Nothing, told
from core.testing.subject import Subject

PAPERS = ("README.md", "CHANGELOG.md")
# Parts of a column's name that say it is about somebody.
PEOPLE = re.compile(
    r"(?:^|_)(person|people|firstname|lastname|surname|email|e_mail|phone|mobile|street|postal|birth|"
    r"birthday|born|ssn|hetu|iban|signature|photo|nationality|gender|diagnosis)(?:_|$)"
)
NAMES = re.compile(r"(?:^|_)(?:first|last|given|family|full|person|display|own)_name$|^name$")
PEOPLES_TABLES = ("person", "expert", "account", "membership")


class Facts(Check):
    """Words, papers, facts."""

    def test_it_is_found_and_can_be_used(self, brought: Registered) -> None:
        """The host takes in all that the plugin brings; its own message tells what it refuses."""
        assert brought.plugin.name == self.terms.module

    def test_a_readme_and_a_change_log_are_there(self, found: Subject) -> None:
        """README.md and CHANGELOG.md in the package or its project; the log tells of the version."""
        folders = list(_homes(found))
        missing = [name for name in PAPERS if not _written(folders, name)]
        assert not missing, f"write {' and '.join(missing)} in {' or '.join(map(str, folders))}"
        log = _written(folders, "CHANGELOG.md")
        assert found.plugin.version in log, f"CHANGELOG.md does not tell of version {found.plugin.version}"

    def test_no_word_is_empty_in_any_language(self, bare_app: Flask, brought: Registered) -> None:
        """Labels, descriptions and the words of fields say something in Finnish, Swedish and English."""
        empty = []
        with bare_app.app_context():
            for language in LANGUAGES:
                with force_locale(language):
                    empty += [
                        f"{what} ({language})" for what, word in words(brought) if not str(word).strip()
                    ]
        assert not empty, told(empty, "give these a word:")

    def test_every_message_is_translated_into_finnish_and_swedish(
        self, found: Subject, nothing: Nothing
    ) -> None:
        """What source and templates say stands in the catalogues, not fuzzy, with its placeholders."""
        owner = Owner(found.folder)
        if not list(owner.extract()):
            return nothing("it says nothing in gettext's words")
        wrong = list(problems(owner))
        fix = f"python -m core.testing.catalogues --update {found.folder}"
        assert not wrong, told(wrong, f"run `{fix}`, then translate:")
        return None

    def test_what_it_keeps_about_people_is_told(self, plugin: Plugin, nothing: Nothing) -> None:
        """Columns about people ask for the fact `personal_data`: what is kept, and what for."""
        columns = [
            f"{table.name}.{c.name}" for table in own_tables(plugin.name) for c in table.c if personal(c)
        ]
        kept = [name for name in columns if name not in self.terms.not_people]
        if not kept:
            return nothing("no column of its tables is about people")
        advice = "say in personal_data what is kept about people, or name it in not_people with a reason:"
        assert str(plugin.personal_data).strip(), told(kept, advice)
        return None

    def test_no_exception_names_what_is_not_there(self, plugin: Plugin) -> None:
        """What `contract()` was told in not_people names columns of the plugin, each with a reason."""
        known = {str(column) for table in own_tables(plugin.name) for column in table.c}
        unknown = sorted(set(self.terms.not_people) - known)
        assert not unknown, f"not_people names no column of the plugin: {', '.join(unknown)}"
        assert all(map(str.strip, self.terms.not_people.values())), "not_people wants a reason for each"


def personal(column: Column[Any]) -> bool:
    """Whether the column's name or what it refers to says that it is about somebody."""
    if any(key.column.table.name in PEOPLES_TABLES for key in column.foreign_keys):
        return True
    text = isinstance(column.type, String | Text)
    return bool(PEOPLE.search(column.name)) or (text and bool(NAMES.search(column.name)))


def words(brought: Registered) -> Iterator[tuple[str, Any]]:
    """Everything people read that the plugin gives as a word, and what it is."""
    plugin = brought.plugin
    yield "label", plugin.label
    yield "description", plugin.description
    for setting in plugin.settings:
        yield f"the label of the setting {setting.key}", setting.label
        yield from ((f"the choice {value} of {setting.key}", word) for value, word in setting.choices)
    yield from ((f"the label of {found.key}", found.label) for found in brought.permissions)
    yield from ((f"the menu's entry to {item.endpoint}", item.label) for item in brought.menu)
    for record in brought.records:
        yield from _of_record(record)


def _of_record(record: Record) -> Iterator[tuple[str, Any]]:
    yield f"the label of {record.key}", record.label
    yield f"the plural of {record.key}", record.plural
    for field in record.fields:
        yield f"the label of {record.key}.{field.key}", field.label
        if field.purpose or field.retention:
            yield f"the purpose of {record.key}.{field.key}", field.purpose
            yield f"the retention of {record.key}.{field.key}", field.retention
    for child in record.children:
        yield from _of_record(child)


def _homes(found: Subject) -> Iterator[Path]:
    """The package's folder, and its project's unless that is the product's own."""
    yield found.folder
    project = next((p for p in found.folder.parents if (p / "pyproject.toml").exists()), None)
    if project is not None and project != Path(str(core.__file__)).parents[1]:
        yield project


def _written(folders: list[Path], name: str) -> str:
    """The text of the first such file that is there."""
    files = (folder / name for folder in folders)
    return next((file.read_text("utf-8").strip() for file in files if file.exists()), "")
