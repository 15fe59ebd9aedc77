"""The day of a note."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "dummy_0002"
down_revision = "dummy_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; notes of before are of the first day of 2026."""
    with op.batch_alter_table("dummy_note") as table:
        table.add_column(sa.Column("day", sa.Date(), nullable=False, server_default="2026-01-01"))
    with op.batch_alter_table("dummy_note") as table:
        table.alter_column("day", server_default=None)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("dummy_note") as table:
        table.drop_column("day")
