"""Commands speak English, and say plainly what is wrong with the database they were given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import gettext as _

from config import TestConfig
from core import create_app
from core.database.lineages.pending import standing
from core.database.migrate import upgrade

COMMANDS = (
    ["fees", "verify"],
    ["fees", "remind"],
    ["worker", "--once"],
    ["outbox", "list"],
    ["operator", "invite", "Oona", "oona@example.org"],
    ["operator", "appoint", "Penni", "penni@example.org", "laukaa"],
    ["organisations", "list"],
    ["modules", "list"],
    ["demo", "load"],
)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    found = app.test_cli_runner().invoke(args=arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.exit_code, found.output


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_tables_one_sentence_says_what_to_run(tmp_path: Path, command: list[str]) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    code, told = run(create_app(TestConfig(database_url=url)), *command)
    assert (code, len(told.splitlines())) == (1, 1)
    assert "`flask database upgrade`" in told
    assert f"DATABASE_URL is {url}" in told


def test_tables_of_a_module_that_are_missing_are_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'core.db'}"
    upgrade(url, modules=None)
    assert standing(url) == {"core": (standing(url) or {})["core"]}
    code, told = run(create_app(TestConfig(database_url=url)), "fees", "verify")
    assert (code, "fees" in told, "`flask database upgrade`" in told) == (1, True, True)


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    config = replace(TestConfig(), database_url="postgresql+psycopg://app:hidden@127.0.0.1:1/none")
    code, told = run(create_app(config), "fees", "verify")
    assert (code, "does not answer" in told, "hidden" in told) == (1, True, False)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_commands_speak_english_whatever_the_pages_speak(app: Flask) -> None:
    code, told = run(app, "operator", "disable", "nobody@example.org")
    assert (code, told) == (1, "Error: There is no such person or role.\n")
    with app.test_request_context():
        assert _("Sign out") == "Kirjaudu ulos"


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_any_other_fault_keeps_its_traceback(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("core.outbox.commands.waiting_since", lambda _session: fail())
    assert isinstance(app.test_cli_runner().invoke(args=["outbox", "list"]).exception, ZeroDivisionError)
