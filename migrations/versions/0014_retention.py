"""Runs that remove what is over its time; old lines of the access log and old consents may go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database.append_only import keep_for_years, protect, release

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None
TO = "fk_retention_choice_organisation_id_organisation"
# No line of the log is younger when it goes, whoever asks; and no proof of a consent.
YEARS = 2


def upgrade() -> None:
    """Apply. Who had ended before this day is counted from it, because nobody knows since when."""
    op.create_table(
        "retention_run",
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.UniqueConstraint("night", name=op.f("uq_retention_run_night")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "retention_choice",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("expert_years", sa.Integer(), nullable=True),
        sa.Column("log_years", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f(TO), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_retention_choice")),
    )
    with op.batch_alter_table("expert") as batch:
        batch.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
    op.execute("UPDATE expert SET ended_on = CURRENT_DATE WHERE status = 'ended'")
    release("access_log")
    protect("access_log", events=("UPDATE",))
    keep_for_years("access_log", "at", YEARS)
    keep_for_years("consent", "withdrawn_at", YEARS)


def downgrade() -> None:
    """Undo."""
    release("consent")
    release("access_log")
    protect("access_log")
    with op.batch_alter_table("expert") as batch:
        batch.drop_column("ended_on")
    op.drop_table("retention_choice")
    op.drop_table("retention_run")
