"""A batch change on SQLite keeps rows, children, triggers and indexes; what it would break is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.database.lineages.pending import standing
from core.database.migrate import upgrade
from core.testing.databases import DatabaseUrls
from tests.migrations.shelf import Shelf, connected

ONE_KIND = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
TABLES = """
op.create_table("alpha_thing", sa.Column("id", sa.Integer(), nullable=False), sa.Column("words", sa.String()),
    sa.Column("spare", sa.String()), sa.Column("parent_id", sa.Integer()),
    sa.ForeignKeyConstraint(["parent_id"], ["alpha_thing.id"], name="fk_parent"),
    sa.PrimaryKeyConstraint("id", name="pk_alpha_thing"))
op.create_index("ix_words", "alpha_thing", ["words"], unique=True, sqlite_where=sa.text("spare IS NULL"))
op.create_table("alpha_part", sa.Column("id", sa.Integer(), nullable=False), sa.Column("of", sa.Integer()),
    sa.ForeignKeyConstraint(["of"], ["alpha_thing.id"], name="fk_of", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name="pk_alpha_part"))
op.execute("INSERT INTO alpha_thing VALUES (1, 'one', NULL, NULL), (2, 'two', 'x', 1)")
op.execute("INSERT INTO alpha_part VALUES (1, 1), (2, 2)")
for table in ("thing", "part"):
    op.execute(f"CREATE TRIGGER alpha_{table}_stays BEFORE DELETE ON alpha_{table} "
        "BEGIN SELECT RAISE(ABORT, 'it stays'); END")
op.execute("CREATE TRIGGER alpha_part_needs BEFORE INSERT ON alpha_part WHEN NOT EXISTS "
    "(SELECT 1 FROM alpha_thing WHERE id = NEW.of) BEGIN SELECT RAISE(ABORT, 'of nothing'); END")
"""
REBUILD = """
with op.batch_alter_table("alpha_thing") as batch:
    batch.alter_column("words", existing_type=sa.String(), nullable=False)
    batch.drop_column("spare")
"""
INDEXED = 'op.drop_index("ix_words", "alpha_thing")\n'


@pytest.fixture
def owner(database: DatabaseUrls, shelf: Shelf) -> str:
    """The address of a database with the plugin's tables, rows and triggers."""
    shelf.add("alpha", models="", migrate=False)
    shelf.migration("alpha", 1, TABLES)
    assert upgrade(database.owner) == {}
    return database.owner


def names(url: str, kind: str) -> set[str]:
    with connected(url) as connection:
        found = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = :kind AND tbl_name LIKE 'alpha%'"),
            {"kind": kind},
        )
        return {name for (name,) in found if not name.startswith("sqlite_")}


@ONE_KIND
def test_rows_children_triggers_and_indexes_stay(owner: str, shelf: Shelf) -> None:
    before = names(owner, "trigger")
    assert len(before) == 3
    shelf.migration("alpha", 2, REBUILD.replace('batch.drop_column("spare")', "pass"))
    assert upgrade(owner) == {}
    assert names(owner, "trigger") == before
    assert names(owner, "index") == {"ix_words"}
    with connected(owner) as connection:
        assert connection.scalar(text("SELECT count(*) FROM alpha_thing")) == 2
        assert connection.scalar(text("SELECT count(*) FROM alpha_part")) == 2
        targets = [row[2] for row in connection.exec_driver_sql("PRAGMA foreign_key_list(alpha_thing)")]
        assert targets == ["alpha_thing"]
    for table in ("thing", "part"):
        with pytest.raises(Exception, match="it stays"), connected(owner) as connection:
            connection.execute(text(f"DELETE FROM alpha_{table}"))
    with pytest.raises(Exception, match="of nothing"), connected(owner) as connection:
        connection.execute(text("INSERT INTO alpha_part VALUES (3, 99)"))


@ONE_KIND
def test_dropped_table_takes_its_triggers_along(owner: str, shelf: Shelf) -> None:
    shelf.migration("alpha", 2, "op.drop_table('alpha_part')")
    assert upgrade(owner) == {}
    assert names(owner, "trigger") == {"alpha_thing_stays"}


@ONE_KIND
def test_trigger_that_names_a_dropped_column_is_refused(owner: str, shelf: Shelf) -> None:
    frozen = (
        "CREATE TRIGGER alpha_frozen BEFORE UPDATE ON alpha_thing WHEN NEW.spare IS NOT OLD.spare"
        " BEGIN SELECT RAISE(ABORT, 'frozen'); END"
    )
    shelf.migration("alpha", 2, f"op.execute({frozen!r})")
    shelf.migration("alpha", 3, INDEXED + REBUILD)
    assert "no such column: NEW.spare" in upgrade(owner)["alpha"].reason
    assert (standing(owner) or {})["alpha"] == "alpha_1"
    shelf.migration("alpha", 3, "op.execute('DROP TRIGGER alpha_frozen')\n" + INDEXED + REBUILD)
    assert upgrade(owner) == {}


@ONE_KIND
@pytest.mark.parametrize(
    "statement", ["DELETE FROM alpha_thing WHERE id = 1", "UPDATE alpha_part SET of = 7"]
)
def test_rows_that_refer_to_nothing_are_refused(owner: str, shelf: Shelf, statement: str) -> None:
    shelf.migration("alpha", 2, f"op.execute('DROP TRIGGER alpha_thing_stays')\nop.execute({statement!r})")
    assert "would refer to what is not there: alpha_" in upgrade(owner)["alpha"].reason
    with connected(owner) as connection:
        assert connection.scalar(text("SELECT count(*) FROM alpha_thing")) == 2
