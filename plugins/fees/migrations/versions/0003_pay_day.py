"""The day on which a batch was paid. Batches settled before have none; the moment they were marked stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "fees_0003"
down_revision = "fees_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("fees_batch", sa.Column("paid_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Undo."""
    op.drop_column("fees_batch", "paid_on")
