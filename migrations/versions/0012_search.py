"""Words of rows, for the search. `flask search rebuild` fills it for rows of before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    bytewise = sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql")
    op.create_table(
        "search_word",
        sa.Column("word", bytewise, nullable=False),
        sa.Column("record", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("permission", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("record", "word", "row_id", "permission", name=op.f("pk_search_word")),
    )
    op.create_index(op.f("ix_search_word_record_row_id"), "search_word", ["record", "row_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("search_word")
