"""A populated database of every released version comes to the newest schema whole, and people work on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from core.database.lineages.pending import pending
from core.database.migrate import upgrade
from core.testing.databases import DatabaseUrls
from core.testing.fixtures import MakeDatabase
from tests.migrations.frozen import FOLDER, connected, counts, facts, load, versions
from tests.support.region import LoadedRegion, application

STATES = {"in_approval", "in_batch", "sent", "paid", "returned", "rejected", "withdrawn"}
NEVER_DELETED = (
    "change_log",
    "fees_claim",
    "fees_claim_event",
    "fees_batch",
    "fees_batch_chunk",
    "fees_payout",
)


@pytest.fixture(params=versions())
def old(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> DatabaseUrls:
    """A database as that version left it."""
    if kind == "sqlite":
        address = f"sqlite:///{tmp_path / 'frozen.sqlite3'}"
        urls = DatabaseUrls(address, address, kind)
    else:
        make: MakeDatabase = request.getfixturevalue("make_postgres_database")
        urls = DatabaseUrls(*make(), kind)
    load(urls.owner, request.param)
    return urls


def test_dumps_are_small_and_of_both_kinds() -> None:
    sizes = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert set(sizes) == {f"{v}.{kind}.sql.gz" for v in versions() for kind in ("sqlite", "postgresql")}
    assert max(sizes.values()) < 300_000


def test_rows_stay_and_the_rest_is_as_in_a_new_database(old: DatabaseUrls, database: DatabaseUrls) -> None:
    with connected(old.owner) as connection:
        before = counts(connection)
        states = set(connection.scalars(text("SELECT DISTINCT state FROM fees_claim")))
    assert len(states & STATES) >= 3
    assert before["fees_batch"] > 0
    assert upgrade(old.owner) == {}
    assert pending(old.app, {}) == {}
    with connected(old.owner) as connection:
        after, found = counts(connection), facts(connection)
    assert {name: after.get(name) for name in before} == before
    with connected(database.owner) as connection:
        assert set(after) == set(counts(connection))
        new = facts(connection)
    assert [(kind, found[kind] ^ new[kind]) for kind in new if found[kind] != new[kind]] == []
    assert found["triggers"]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_app_role_deletes_neither_money_nor_logs(old: DatabaseUrls) -> None:
    assert upgrade(old.owner) == {}
    with connected(old.owner) as connection:
        grants = facts(connection)["grants"]
    assert [table for table in NEVER_DELETED if (table, "DELETE") in grants] == []
    assert all((table, "INSERT") in grants for table in NEVER_DELETED)


def test_invariants_hold_and_pages_open(old: DatabaseUrls) -> None:
    assert upgrade(old.owner) == {}
    with time_machine.travel(_left_at(old.owner) + timedelta(hours=1)), application(old) as app:
        result = app.test_cli_runner().invoke(args=["fees", "verify"])
        assert (result.exit_code, "All ten invariants hold." in result.output) == (0, True)
        region = LoadedRegion(app, old)
        for person, page, words in (
            ("Penni Puronvarsi", "/o/laukaa/fees/", "LAU-"),
            ("Paula Pihlajatähti", "/o/laukaa/fees/payroll", "LAU-E"),
            ("Aino Aamutähti", "/me", "LAU-"),
        ):
            answer = region.sign_in(person).client(app).get(page)
            assert answer.status_code == 200, page
            assert words in answer.text


def _left_at(url: str) -> datetime:
    """When the last thing happened in a database; its stories go on from there."""
    with connected(url) as connection:
        last = str(connection.scalar(text("SELECT max(at) FROM change_log")))
    found = datetime.fromisoformat(last)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
