"""An invitation may say from when and until when the role will hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Open invitations stay as they are: from the day they are accepted, without an end."""
    with op.batch_alter_table("role_invitation") as batch:
        batch.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("valid_to", sa.Date(), nullable=True))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("role_invitation") as batch:
        batch.drop_column("valid_to")
        batch.drop_column("valid_from")
