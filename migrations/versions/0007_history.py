"""Old and new values in the change log, and the keys of people that seal the personal ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("change_log") as batch:
        batch.add_column(sa.Column("values_plain", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("values_sealed", sa.Text(), nullable=True))
        batch.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_change_log_person_id_person"), "person", ["person_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_index("ix_change_log_person", "change_log", ["person_id", "id"])
    op.drop_index("ix_change_log_record", table_name="change_log")
    op.create_index("ix_change_log_record", "change_log", ["record", "row_id", "id"])
    op.create_table(
        "person_key",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_key")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("person_key")
    op.drop_index("ix_change_log_record", table_name="change_log")
    op.create_index("ix_change_log_record", "change_log", ["record", "row_id"])
    op.drop_index("ix_change_log_person", table_name="change_log")
    with op.batch_alter_table("change_log") as batch:
        batch.drop_constraint(op.f("fk_change_log_person_id_person"), type_="foreignkey")
        for column in ("person_id", "values_sealed", "values_plain"):
            batch.drop_column(column)
