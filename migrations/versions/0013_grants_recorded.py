"""Who wrote down that an organisation may see an expert, and how it was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None
WRITER = "fk_expert_grant_recorded_by_person"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("expert_grant") as batch:
        batch.add_column(sa.Column("recorded_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("channel", sa.String(length=10), nullable=True))
        batch.create_foreign_key(op.f(WRITER), "person", ["recorded_by"], ["id"], ondelete="RESTRICT")


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("expert_grant") as batch:
        batch.drop_constraint(op.f(WRITER), type_="foreignkey")
        batch.drop_column("channel")
        batch.drop_column("recorded_by")
