"""Who looked at whose data, consents, restriction and receipts of erasure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.database.append_only import FUNCTION, protect, release

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None

LIVE = sa.text("withdrawn_at IS NULL")
LOGS = ("access_log", "change_log", "erasure")


def upgrade() -> None:
    """Apply."""
    _access_log()
    _consent()
    _erasure()
    _controller_choice()
    with op.batch_alter_table("expert") as batch:
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("expert_grant") as batch:
        batch.add_column(sa.Column("consent_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_expert_grant_consent_id_consent"), "consent", ["consent_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_expert_grant_consent_id"), ["consent_id"])
    for table in LOGS:
        protect(table)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="RESTRICT")


def _access_log() -> None:
    op.create_table(
        "access_log",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("controller_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("record", sa.String(60), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("access_log", "actor_id", "person"),
        _to("access_log", "controller_id", "organisation"),
        _to("access_log", "organisation_id", "organisation"),
        _to("access_log", "subject_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_subject", "access_log", ["subject_id", "id"])
    op.create_index("ix_access_log_controller", "access_log", ["controller_id", "id"])


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("wording", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_channel", sa.String(10), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("consent", "person_id", "person"),
        _to("consent", "recorded_by", "person"),
        _to("consent", "withdrawn_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"])
    op.create_index(
        "uq_consent_live",
        "consent",
        ["person_id", "purpose"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("erasure", "person_id", "person"),
        _to("erasure", "organisation_id", "organisation"),
        _to("erasure", "actor_id", "person"),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )


def _controller_choice() -> None:
    op.create_table(
        "controller_choice",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("names_told", sa.Boolean(), nullable=False),
        _to("controller_choice", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_controller_choice")),
    )


def downgrade() -> None:
    """Undo."""
    for table in LOGS:
        release(table)
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")
    with op.batch_alter_table("expert_grant") as batch:
        batch.drop_index(op.f("ix_expert_grant_consent_id"))
        batch.drop_constraint(op.f("fk_expert_grant_consent_id_consent"), type_="foreignkey")
        batch.drop_column("consent_id")
    with op.batch_alter_table("expert") as batch:
        batch.drop_column("restricted_at")
        batch.drop_column("withdrawn_at")
    for table in ("controller_choice", "erasure", "consent", "access_log"):
        op.drop_table(table)
