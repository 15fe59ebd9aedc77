"""Notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "dummy_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "dummy_note",
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_dummy_note_person_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_dummy_note_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dummy_note")),
    )
    op.create_index(op.f("ix_dummy_note_person_id"), "dummy_note", ["person_id"])
    op.create_index(op.f("ix_dummy_note_organisation_id"), "dummy_note", ["organisation_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("dummy_note")
