"""Triggers that keep money and history from being rewritten."""

from __future__ import annotations

from alembic import op

from plugins.fees.migrations import triggers

revision = "fees_0002"
down_revision = "fees_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for statement in triggers.create(op.get_context().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    for statement in triggers.drop(op.get_context().dialect.name):
        op.execute(statement)
