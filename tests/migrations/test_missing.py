"""A plugin's package goes: its tables, rows and states stay, and the core migrates and starts without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from core.database.lineages.lineage import core_lineage
from core.database.lineages.moving import differences, down
from core.database.lineages.owner import owner_engine, transaction
from core.database.lineages.pending import pending, standing
from core.database.migrate import upgrade
from core.database.types import Texts, now
from core.log.models import Change
from core.modules.host import host
from core.modules.models import InstalledModule, ModuleState
from core.organisations.models import Organisation
from core.testing.databases import DatabaseUrls
from tests.migrations.shelf import connected, installed_in
from tests.support.region import application

AT = now()
ROWS = (
    insert(Organisation).values(
        id=1, slug="one", name=Texts(fi="Yksi"), sort_key="", kind="region", is_controller=True
    ),
    insert(ModuleState).values(
        module="alpha", organisation_id=1, state="on", required=False, blocked=False, changed_at=AT
    ),
    insert(Change).values(
        at=AT, organisation_id=1, record="alpha.thing", row_id=1, action="create", fields=["words"]
    ),
    text("INSERT INTO alpha_thing (words) VALUES ('kept')"),
)


@pytest.fixture
def left(database: DatabaseUrls, tmp_path: Path) -> DatabaseUrls:
    """A database in which a plugin was used whose package is no longer there."""
    with installed_in(tmp_path) as shelf:
        shelf.add("alpha")
        assert upgrade(database.owner) == {}
        with connected(database.owner) as connection:
            for row in ROWS:
                connection.execute(row)
    return database


def counts(url: str) -> list[int | None]:
    with connected(url) as connection:
        tables = (ModuleState.__table__, Change.__table__, text("alpha_thing"))
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


def test_core_migrates_and_starts_without_it(left: DatabaseUrls) -> None:
    with owner_engine(left.owner) as engine, transaction(engine) as connection:
        down(connection, core_lineage(), "core_0002")
    assert "core" in (pending(left.app, {}) or {})
    assert upgrade(left.owner) == {}
    assert pending(left.app, {}) == {}
    assert (standing(left.owner) or {})["alpha"] == "alpha_1"
    assert counts(left.owner) == [1, 1, 1]
    with application(left) as app:
        client = app.test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/sign-in").status_code == 200


def test_it_is_still_spoken_of(left: DatabaseUrls) -> None:
    assert upgrade(left.owner) == {}
    with connected(left.owner) as connection:
        known = connection.execute(select(InstalledModule.__table__).filter_by(name="alpha")).mappings().one()
        assert (known["tables"], known["label"].fi) == (["alpha_thing"], "Words")
    with application(left) as app, app.app_context():
        assert host().conditions["alpha"].state == "missing"


def test_its_tables_are_never_taken_for_the_cores(left: DatabaseUrls) -> None:
    with connected(left.owner) as connection:
        assert differences(connection, core_lineage()) == []


def test_it_comes_back_to_its_rows(left: DatabaseUrls, tmp_path: Path) -> None:
    with installed_in(tmp_path):
        assert upgrade(left.owner) == {}
        assert counts(left.owner) == [1, 1, 1]
