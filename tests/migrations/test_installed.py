"""An upgrade notes what it saw of each plugin, and refuses foreign keys that lead where they may not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core.database.lineages.installed import INSTALLED
from core.database.migrate import upgrade
from core.testing.databases import DatabaseUrls
from tests.migrations.shelf import Shelf, connected

PARTS = """
class {title}(WithId, Model):
    __tablename__ = "{name}_part"
    __table_args__ = ({{"info": {{"unscoped": "of a test"}}}},)
    other_id: Mapped[int | None] = mapped_column({key})
"""
MAKE_PARTS = """
op.create_table("alpha_thing", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table("alpha_part", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("thing_id", sa.Integer(), sa.ForeignKey("alpha_thing.id", ondelete="CASCADE")))
op.create_table("alpha_leaf", sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("part_id", sa.Integer(), sa.ForeignKey("alpha_part.id", ondelete="CASCADE")))
"""


def row_of(url: str, name: str) -> dict[str, object]:
    with connected(url) as connection:
        found = connection.execute(select(INSTALLED).where(INSTALLED.c.name == name)).mappings().one()
        return dict(found)


def test_fees_are_noted_in_all_languages(database: DatabaseUrls) -> None:
    row = row_of(database.owner, "fees")
    assert (row["label"].fi, row["label"].sv, row["label"].en) == ("Palkkiot", "Arvoden", "Fees")
    tables = row["tables"]
    assert isinstance(tables, list)
    assert tables.index("fees_payout") < tables.index("fees_claim") < tables.index("fees_sheet")
    assert all(name.startswith("fees_") for name in tables)


def test_plugin_is_noted_with_all_its_tables_in_an_order_to_drop_them(
    database: DatabaseUrls, shelf: Shelf
) -> None:
    kept = 'Retained(table="alpha_thing", since="id", years=6, why="a law"),'
    shelf.add("alpha", models="", migrate=False, retained=f"({kept})")
    shelf.migration("alpha", 1, MAKE_PARTS)
    assert upgrade(database.owner) == {}
    row = row_of(database.owner, "alpha")
    assert row["tables"] == ["alpha_leaf", "alpha_part", "alpha_thing"]
    assert row["retained"] == [{"table": "alpha_thing", "since": "id", "years": 6, "why": "a law"}]
    assert (row["version"], row["disabled_at"]) == ("1.2", None)
    with connected(database.owner) as connection:
        for name in row["tables"]:
            connection.execute(text(f"DROP TABLE {name}"))


def test_next_upgrade_renews_the_row_and_leaves_the_plugin_disabled(
    database: DatabaseUrls, shelf: Shelf
) -> None:
    shelf.add("alpha")
    assert upgrade(database.owner) == {}
    with connected(database.owner) as connection:
        connection.execute(INSTALLED.update().values(version="0.1", disabled_at=INSTALLED.c.seen_at))
    assert upgrade(database.owner) == {}
    row = row_of(database.owner, "alpha")
    assert row["version"] == "1.2"
    assert row["disabled_at"] is not None


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("ForeignKey('person.id', ondelete='RESTRICT')", ""),
        ("ForeignKey('alpha_thing.id', ondelete='CASCADE')", ""),
        ("ForeignKey('beta_part.id')", ""),
        (
            "ForeignKey('account.id', ondelete='CASCADE')",
            "beta_part.other_id refers to account.id, which is not",
        ),
        ("ForeignKey('fees_claim.id', ondelete='CASCADE')", "refers to fees_claim.id, which is not public"),
        ("ForeignKey('organisation.parent_id', ondelete='CASCADE')", "refers to parent_id of organisation"),
        ("ForeignKey('person.id')", "beta_part.other_id does not say what happens ON DELETE of person"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_foreign_keys_lead_to_public_tables_alone(
    database: DatabaseUrls, shelf: Shelf, key: str, reason: str
) -> None:
    shelf.add("alpha", public=["alpha_thing"])
    shelf.add(
        "beta", requires=["alpha"], models=PARTS.format(title="Part", name="beta", key=key), migrate=False
    )
    shelf.migration(
        "beta",
        1,
        "op.create_table('beta_part', sa.Column('id', sa.Integer()), sa.Column('other_id', sa.Integer()))",
    )
    failed = upgrade(database.owner)
    assert set(failed) == ({"beta"} if reason else set())
    assert not reason or reason in failed["beta"].reason
