"""Where the database stands is known at start-up; web and worker refuse tables they do not know."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.database.lineages.pending import NotReady, pending, refuse_to_serve, standing
from core.database.lineages.revisions import NotLinear, core_folder, folder_of, revisions
from core.testing.databases import DatabaseUrls

ROOT = Path(__file__).parents[2]
FEES = {"fees": ROOT / "plugins" / "fees" / "migrations" / "versions"}


def write(folder: Path, name: str, before: str | None) -> None:
    text = f'"""Words."""\n\nrevision: str = "{name}"\ndown_revision = {before!r}\n'
    (folder / f"{name}.py").write_text(text)


def execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_revisions_are_read_in_order_whatever_their_names(tmp_path: Path) -> None:
    write(tmp_path, "zeta", None)
    write(tmp_path, "alpha", "zeta")
    write(tmp_path, "midway", "alpha")
    (tmp_path / "__init__.py").touch()
    assert revisions(tmp_path) == ("zeta", "alpha", "midway")
    assert revisions(core_folder())[0] == "core_0001"
    assert folder_of("plugins.fees") == FEES["fees"]
    assert folder_of("json") is None
    assert folder_of("ast") is None


@pytest.mark.parametrize(("before", "words"), [("one", "both follow one"), ("gone", "follow nothing: three")])
def test_what_is_not_linear_is_named(tmp_path: Path, before: str, words: str) -> None:
    write(tmp_path, "one", None)
    write(tmp_path, "two", "one")
    write(tmp_path, "three", before)
    with pytest.raises(NotLinear, match=words):
        revisions(tmp_path)
    found = pending("sqlite:////nowhere/at/all", {"it": tmp_path})
    assert found is not None
    assert "cannot be put in order" in found["it"]


def test_migrated_database_waits_for_nothing(database: DatabaseUrls) -> None:
    assert pending(database.app, FEES) == {}
    found = standing(database.app)
    assert found == {"core": revisions(core_folder())[-1], "fees": revisions(FEES["fees"])[-1]}
    refuse_to_serve(database.app)


def test_older_and_newer_tables_are_told_apart(database: DatabaseUrls) -> None:
    execute(database.owner, "UPDATE alembic_version_fees SET version_num = 'fees_0001'")
    assert pending(database.app, FEES) == {
        "fees": f"tables are at fees_0001, the newest is {revisions(FEES['fees'])[-1]}:"
        " run `flask database upgrade`"
    }
    execute(database.owner, "UPDATE alembic_version_core SET version_num = 'core_9999'")
    with pytest.raises(NotReady, match="core_9999, which this version does not know"):
        refuse_to_serve(database.app)


def test_database_that_does_not_answer_tells_nothing(tmp_path: Path) -> None:
    assert pending("sqlite://", FEES) is None
    assert pending("postgresql+psycopg://somebody@127.0.0.1:1/nowhere", FEES) is None
    (tmp_path / "not.sqlite3").write_text("no database, but long enough to be looked at" * 100)
    assert pending(f"sqlite:///{tmp_path / 'not.sqlite3'}", FEES) is None
    refuse_to_serve("sqlite://")


def test_asking_makes_no_file(tmp_path: Path) -> None:
    assert standing(f"sqlite:///{tmp_path / 'new.sqlite3'}") == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["-c", "import wsgi"], "run `flask database upgrade`"),
        (["-m", "flask", "--app", "wsgi", "worker", "--once"], "run `flask database upgrade`"),
        (["-m", "flask", "--app", "wsgi", "database", "upgrade"], ""),
    ],
)
def test_web_and_worker_refuse_and_commands_run(tmp_path: Path, command: list[str], words: str) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}", "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert words in found.stderr
    assert (found.returncode != 0) is bool(words)


def test_no_alembic_is_loaded_to_start() -> None:
    code = "import sys, core.application; print([n for n in sys.modules if n.split('.')[0] == 'alembic'])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
