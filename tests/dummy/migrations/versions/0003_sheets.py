"""Sheets: a column of every type."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "dummy_0003"
down_revision = "dummy_0002"
branch_labels = None
depends_on = None

OTHERS = {
    "place_id": "organisation",
    "expert_id": "expert",
    "person_id": "person",
    "note_id": "dummy_note",
    "organisation_id": "organisation",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "dummy_sheet",
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("more", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("hours", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("size", sa.String(length=10), nullable=True),
        sa.Column("colours", sa.JSON(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.JSON(), nullable=True),
        sa.Column("municipality", sa.String(length=3), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_dummy_sheet_{column}_{other}"), ondelete="RESTRICT"
            )
            for column, other in OTHERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dummy_sheet")),
    )
    for column in OTHERS:
        op.create_index(op.f(f"ix_dummy_sheet_{column}"), "dummy_sheet", [column])


def downgrade() -> None:
    """Undo."""
    op.drop_table("dummy_sheet")
