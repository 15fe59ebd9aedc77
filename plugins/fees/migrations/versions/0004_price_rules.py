"""Prices say more: ranges, levels of training, rounding, travel time, cancellation; more units of work.

Prices there were keep what they paid: rounded up, no travel time, half the fee within a day's notice.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "fees_0004"
down_revision = "fees_0003"
branch_labels = None
depends_on = None

BEFORE = "unit IN ('hour', 'lesson')"
NOW = "unit IN ('hour', 'lesson', 'half_day', 'day', 'task', 'meeting', 'month')"
NUMBERS = {"travel_time_percent": "0", "cancel_notice_minutes": "1440", "cancel_percent": "50"}
AMOUNTS = ("most_cents", "untrained_cents", "further_cents")


def upgrade() -> None:
    """Apply."""
    for name in AMOUNTS:
        op.add_column("fees_rate_version", sa.Column(name, sa.Integer(), nullable=True))
    for name, default in NUMBERS.items():
        column = sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        op.add_column("fees_rate_version", column)
    rounding = sa.Column("rounding", sa.String(length=10), nullable=False, server_default="up")
    op.add_column("fees_rate_version", rounding)
    _units(NOW)


def downgrade() -> None:
    """Undo."""
    _units(BEFORE)
    for name in ("rounding", *NUMBERS, *AMOUNTS):
        op.drop_column("fees_rate_version", name)


def _units(condition: str) -> None:
    for table in ("fees_work_type", "fees_rate"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_unit"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_unit"), condition)
