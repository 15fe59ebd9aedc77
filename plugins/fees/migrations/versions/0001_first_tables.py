"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "fees_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fees_batch",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_batch_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sealed_by_id"],
            ["person.id"],
            name=op.f("fk_fees_batch_sealed_by_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_batch")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_fees_batch_organisation_id_number")),
        info={"grants": "keep"},
    )
    op.create_index(op.f("ix_fees_batch_organisation_id"), "fees_batch", ["organisation_id"], unique=False)
    op.create_table(
        "fees_chain",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_chain_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_chain")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_fees_chain_organisation_id")),
    )
    op.create_index(op.f("ix_fees_chain_organisation_id"), "fees_chain", ["organisation_id"], unique=False)
    op.create_table(
        "fees_desk",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'own') = (person_id IS NOT NULL)", name=op.f("ck_fees_desk_own")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_desk_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fees_desk_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_desk")),
    )
    op.create_index(op.f("ix_fees_desk_organisation_id"), "fees_desk", ["organisation_id"], unique=False)
    op.create_index(
        "uq_fees_desk_kind",
        "fees_desk",
        ["organisation_id", "kind"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    op.create_index(
        "uq_fees_desk_own",
        "fees_desk",
        ["organisation_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "fees_draft",
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_draft_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fees_draft_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_draft")),
        sa.UniqueConstraint("person_id", "submit_key", name=op.f("uq_fees_draft_person_id_submit_key")),
    )
    op.create_index(op.f("ix_fees_draft_organisation_id"), "fees_draft", ["organisation_id"], unique=False)
    op.create_table(
        "fees_payee",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("payee_number", sa.String(length=40), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_payee_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fees_payee_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_payee")),
    )
    op.create_index(op.f("ix_fees_payee_organisation_id"), "fees_payee", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_fees_payee_person_id"), "fees_payee", ["person_id"], unique=False)
    op.create_table(
        "fees_sheet",
        sa.Column("submitter_id", sa.Integer(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_sheet_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submitter_id"],
            ["person.id"],
            name=op.f("fk_fees_sheet_submitter_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_sheet")),
        sa.UniqueConstraint(
            "submitter_id",
            "submit_key",
            "organisation_id",
            name=op.f("uq_fees_sheet_submitter_id_submit_key_organisation_id"),
        ),
        info={"grants": "append"},
    )
    op.create_index(op.f("ix_fees_sheet_organisation_id"), "fees_sheet", ["organisation_id"], unique=False)
    op.create_table(
        "fees_work_type",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("payment_class", sa.String(length=40), nullable=False),
        sa.Column("income_type", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('hour', 'lesson')", name=op.f("ck_fees_work_type_unit")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_work_type_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_work_type")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_fees_work_type_organisation_id_code")),
    )
    op.create_index(
        op.f("ix_fees_work_type_organisation_id"), "fees_work_type", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_yearly_table",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_fees_yearly_table_cents")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["person.id"],
            name=op.f("fk_fees_yearly_table_approved_by_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_yearly_table")),
        sa.UniqueConstraint("year", "kind", name=op.f("uq_fees_yearly_table_year_kind")),
    )
    op.create_table(
        "fees_batch_chunk",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["fees_batch.id"],
            name=op.f("fk_fees_batch_chunk_batch_id_fees_batch"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_batch_chunk_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("batch_id", "no", name=op.f("pk_fees_batch_chunk")),
        info={"grants": "append"},
    )
    op.create_index(
        op.f("ix_fees_batch_chunk_organisation_id"), "fees_batch_chunk", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_chain_version",
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"],
            ["fees_chain.id"],
            name=op.f("fk_fees_chain_version_chain_id_fees_chain"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_chain_version_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["person.id"],
            name=op.f("fk_fees_chain_version_published_by_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_chain_version")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_fees_chain_version_chain_id_number")),
    )
    op.create_index(
        op.f("ix_fees_chain_version_organisation_id"), "fees_chain_version", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_desk_deputy",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("for_person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_person_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "for_person_id <> deputy_person_id", name=op.f("ck_fees_desk_deputy_somebody_else")
        ),
        sa.ForeignKeyConstraint(
            ["deputy_person_id"],
            ["person.id"],
            name=op.f("fk_fees_desk_deputy_deputy_person_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["fees_desk.id"],
            name=op.f("fk_fees_desk_deputy_desk_id_fees_desk"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["for_person_id"],
            ["person.id"],
            name=op.f("fk_fees_desk_deputy_for_person_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_desk_deputy_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_desk_deputy")),
    )
    op.create_index(
        op.f("ix_fees_desk_deputy_deputy_person_id"), "fees_desk_deputy", ["deputy_person_id"], unique=False
    )
    op.create_index(
        "ix_fees_desk_deputy_desk_for", "fees_desk_deputy", ["desk_id", "for_person_id"], unique=False
    )
    op.create_index(
        op.f("ix_fees_desk_deputy_organisation_id"), "fees_desk_deputy", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_desk_member",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["fees_desk.id"],
            name=op.f("fk_fees_desk_member_desk_id_fees_desk"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_desk_member_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_fees_desk_member_person_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_desk_member")),
        sa.UniqueConstraint(
            "desk_id",
            "person_id",
            "valid_from",
            name=op.f("uq_fees_desk_member_desk_id_person_id_valid_from"),
        ),
    )
    op.create_index(
        op.f("ix_fees_desk_member_organisation_id"), "fees_desk_member", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_fees_desk_member_person_id"), "fees_desk_member", ["person_id"], unique=False)
    op.create_table(
        "fees_rate",
        sa.Column("work_type_id", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("unit IN ('hour', 'lesson')", name=op.f("ck_fees_rate_unit")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_rate_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["fees_work_type.id"],
            name=op.f("fk_fees_rate_work_type_id_fees_work_type"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_rate")),
    )
    op.create_index(op.f("ix_fees_rate_organisation_id"), "fees_rate", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_fees_rate_work_type_id"), "fees_rate", ["work_type_id"], unique=False)
    op.create_index(
        "uq_fees_rate_general",
        "fees_rate",
        ["organisation_id", "unit"],
        unique=True,
        sqlite_where=sa.text("work_type_id IS NULL"),
        postgresql_where=sa.text("work_type_id IS NULL"),
    )
    op.create_index(
        "uq_fees_rate_work_type",
        "fees_rate",
        ["organisation_id", "work_type_id"],
        unique=True,
        sqlite_where=sa.text("work_type_id IS NOT NULL"),
        postgresql_where=sa.text("work_type_id IS NOT NULL"),
    )
    op.create_table(
        "fees_receipt",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_receipt_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["fees_sheet.id"],
            name=op.f("fk_fees_receipt_sheet_id_fees_sheet"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "year", "number", name=op.f("pk_fees_receipt")),
        sa.UniqueConstraint("sheet_id", name=op.f("uq_fees_receipt_sheet_id")),
        info={"grants": "append"},
    )
    op.create_index(
        op.f("ix_fees_receipt_organisation_id"), "fees_receipt", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_chain_step",
        sa.Column("chain_version_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("desk_kind", sa.String(length=30), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_days > 0", name=op.f("ck_fees_chain_step_due_days")),
        sa.ForeignKeyConstraint(
            ["chain_version_id"],
            ["fees_chain_version.id"],
            name=op.f("fk_fees_chain_step_chain_version_id_fees_chain_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_chain_step_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_chain_step")),
        sa.UniqueConstraint("chain_version_id", "no", name=op.f("uq_fees_chain_step_chain_version_id_no")),
    )
    op.create_index(
        op.f("ix_fees_chain_step_organisation_id"), "fees_chain_step", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_claim",
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("submitter_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("payee_id", sa.Integer(), nullable=False),
        sa.Column("correction_of_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("chain_version_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('paid', 'rejected', 'withdrawn')) = (desk_id IS NULL)",
            name=op.f("ck_fees_claim_desk"),
        ),
        sa.CheckConstraint("(desk_id IS NULL) = (due_at IS NULL)", name=op.f("ck_fees_claim_due")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_fees_claim_version")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"],
            ["person.id"],
            name=op.f("fk_fees_claim_beneficiary_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["chain_version_id"],
            ["fees_chain_version.id"],
            name=op.f("fk_fees_claim_chain_version_id_fees_chain_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["correction_of_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_claim_correction_of_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["fees_desk.id"], name=op.f("fk_fees_claim_desk_id_fees_desk"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["expert_id"], ["expert.id"], name=op.f("fk_fees_claim_expert_id_expert"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"],
            ["fees_payee.id"],
            name=op.f("fk_fees_claim_payee_id_fees_payee"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["fees_sheet.id"],
            name=op.f("fk_fees_claim_sheet_id_fees_sheet"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submitter_id"],
            ["person.id"],
            name=op.f("fk_fees_claim_submitter_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_claim")),
        sa.UniqueConstraint("sheet_id", "part", name=op.f("uq_fees_claim_sheet_id_part")),
        info={"grants": "keep"},
    )
    op.create_index(
        "ix_fees_claim_approved",
        "fees_claim",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_index("ix_fees_claim_beneficiary", "fees_claim", ["beneficiary_id", "id"], unique=False)
    op.create_index("ix_fees_claim_desk", "fees_claim", ["desk_id", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_fees_claim_organisation_id"), "fees_claim", ["organisation_id"], unique=False)
    op.create_index("ix_fees_claim_submitter", "fees_claim", ["submitter_id", "id"], unique=False)
    op.create_table(
        "fees_rate_version",
        sa.Column("rate_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.Column("step_minutes", sa.Integer(), nullable=False),
        sa.Column("minimum_minutes", sa.Integer(), nullable=False),
        sa.Column("preparation_unit_cents", sa.Integer(), nullable=True),
        sa.Column("preparation_cap_minutes", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("minimum_minutes >= 0", name=op.f("ck_fees_rate_version_minimum_minutes")),
        sa.CheckConstraint("step_minutes > 0", name=op.f("ck_fees_rate_version_step_minutes")),
        sa.CheckConstraint("unit_cents >= 0", name=op.f("ck_fees_rate_version_unit_cents")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_fees_rate_version_validity")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_rate_version_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["rate_id"],
            ["fees_rate.id"],
            name=op.f("fk_fees_rate_version_rate_id_fees_rate"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_rate_version")),
        sa.UniqueConstraint("rate_id", "valid_from", name=op.f("uq_fees_rate_version_rate_id_valid_from")),
    )
    op.create_index(
        op.f("ix_fees_rate_version_organisation_id"), "fees_rate_version", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_approval",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("undone_seq", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acting_for_id"],
            ["person.id"],
            name=op.f("fk_fees_approval_acting_for_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_approval_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_approval_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fees_approval_person_id_person"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("claim_id", "seq", name=op.f("pk_fees_approval")),
        info={"grants": "keep"},
    )
    op.create_index(
        op.f("ix_fees_approval_organisation_id"), "fees_approval", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_fees_approval_person",
        "fees_approval",
        ["claim_id", "revision", "person_id"],
        unique=True,
        sqlite_where=sa.text("undone_seq IS NULL"),
        postgresql_where=sa.text("undone_seq IS NULL"),
    )
    op.create_index(
        "uq_fees_approval_step",
        "fees_approval",
        ["claim_id", "revision", "step_no"],
        unique=True,
        sqlite_where=sa.text("undone_seq IS NULL"),
        postgresql_where=sa.text("undone_seq IS NULL"),
    )
    op.create_table(
        "fees_claim_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("step_no", sa.Integer(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("text_hmac", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acting_for_id"],
            ["person.id"],
            name=op.f("fk_fees_claim_event_acting_for_id_person"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_fees_claim_event_actor_id_person"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_claim_event_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["fees_desk.id"],
            name=op.f("fk_fees_claim_event_desk_id_fees_desk"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_event_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("claim_id", "seq", name=op.f("pk_fees_claim_event")),
        info={"grants": "append"},
    )
    op.create_index("ix_fees_claim_event_actor", "fees_claim_event", ["actor_id", "claim_id"], unique=False)
    op.create_index(
        op.f("ix_fees_claim_event_organisation_id"), "fees_claim_event", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_claim_line",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("task", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("work_type_id", sa.Integer(), nullable=False),
        sa.Column("work_type_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Time(), nullable=True),
        sa.Column("end", sa.Time(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("rate_version_id", sa.Integer(), nullable=True),
        sa.Column("yearly_table_id", sa.Integer(), nullable=True),
        sa.Column("source_organisation_id", sa.Integer(), nullable=True),
        sa.Column("payment_class", sa.String(length=40), nullable=False),
        sa.Column("income_type", sa.String(length=20), nullable=False),
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_claim_line_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_line_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["rate_version_id"],
            ["fees_rate_version.id"],
            name=op.f("fk_fees_claim_line_rate_version_id_fees_rate_version"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["source_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_line_source_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["fees_work_type.id"],
            name=op.f("fk_fees_claim_line_work_type_id_fees_work_type"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["yearly_table_id"],
            ["fees_yearly_table.id"],
            name=op.f("fk_fees_claim_line_yearly_table_id_fees_yearly_table"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("claim_id", "revision", "no", name=op.f("pk_fees_claim_line")),
        info={"grants": "append"},
    )
    op.create_index(
        op.f("ix_fees_claim_line_organisation_id"), "fees_claim_line", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_claim_step",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("desk_kind", sa.String(length=30), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("why_skipped", sa.String(length=200), nullable=True),
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_claim_step_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"],
            ["fees_desk.id"],
            name=op.f("fk_fees_claim_step_desk_id_fees_desk"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_step_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("claim_id", "revision", "no", name=op.f("pk_fees_claim_step")),
        info={"grants": "append"},
    )
    op.create_index(
        op.f("ix_fees_claim_step_organisation_id"), "fees_claim_step", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_claim_text",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("claim_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_claim_text_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_claim_text_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("claim_id", "seq", name=op.f("pk_fees_claim_text")),
    )
    op.create_index(
        op.f("ix_fees_claim_text_organisation_id"), "fees_claim_text", ["organisation_id"], unique=False
    )
    op.create_table(
        "fees_payout",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents <> 0", name=op.f("ck_fees_payout_cents")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["fees_batch.id"],
            name=op.f("fk_fees_payout_batch_id_fees_batch"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["fees_claim.id"],
            name=op.f("fk_fees_payout_claim_id_fees_claim"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_fees_payout_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fees_payout")),
        info={"grants": "keep"},
    )
    op.create_index(op.f("ix_fees_payout_batch_id"), "fees_payout", ["batch_id"], unique=False)
    op.create_index(op.f("ix_fees_payout_organisation_id"), "fees_payout", ["organisation_id"], unique=False)
    op.create_index(
        "uq_fees_payout_live",
        "fees_payout",
        ["claim_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'rejected'"),
        postgresql_where=sa.text("status <> 'rejected'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(
        "uq_fees_payout_live",
        table_name="fees_payout",
        sqlite_where=sa.text("status <> 'rejected'"),
        postgresql_where=sa.text("status <> 'rejected'"),
    )
    op.drop_index(op.f("ix_fees_payout_organisation_id"), table_name="fees_payout")
    op.drop_index(op.f("ix_fees_payout_batch_id"), table_name="fees_payout")
    op.drop_table("fees_payout")
    op.drop_index(op.f("ix_fees_claim_text_organisation_id"), table_name="fees_claim_text")
    op.drop_table("fees_claim_text")
    op.drop_index(op.f("ix_fees_claim_step_organisation_id"), table_name="fees_claim_step")
    op.drop_table("fees_claim_step")
    op.drop_index(op.f("ix_fees_claim_line_organisation_id"), table_name="fees_claim_line")
    op.drop_table("fees_claim_line")
    op.drop_index(op.f("ix_fees_claim_event_organisation_id"), table_name="fees_claim_event")
    op.drop_index("ix_fees_claim_event_actor", table_name="fees_claim_event")
    op.drop_table("fees_claim_event")
    op.drop_index(
        "uq_fees_approval_step",
        table_name="fees_approval",
        sqlite_where=sa.text("undone_seq IS NULL"),
        postgresql_where=sa.text("undone_seq IS NULL"),
    )
    op.drop_index(
        "uq_fees_approval_person",
        table_name="fees_approval",
        sqlite_where=sa.text("undone_seq IS NULL"),
        postgresql_where=sa.text("undone_seq IS NULL"),
    )
    op.drop_index(op.f("ix_fees_approval_organisation_id"), table_name="fees_approval")
    op.drop_table("fees_approval")
    op.drop_index(op.f("ix_fees_rate_version_organisation_id"), table_name="fees_rate_version")
    op.drop_table("fees_rate_version")
    op.drop_index("ix_fees_claim_submitter", table_name="fees_claim")
    op.drop_index(op.f("ix_fees_claim_organisation_id"), table_name="fees_claim")
    op.drop_index("ix_fees_claim_desk", table_name="fees_claim")
    op.drop_index("ix_fees_claim_beneficiary", table_name="fees_claim")
    op.drop_index(
        "ix_fees_claim_approved",
        table_name="fees_claim",
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.drop_table("fees_claim")
    op.drop_index(op.f("ix_fees_chain_step_organisation_id"), table_name="fees_chain_step")
    op.drop_table("fees_chain_step")
    op.drop_index(op.f("ix_fees_receipt_organisation_id"), table_name="fees_receipt")
    op.drop_table("fees_receipt")
    op.drop_index(
        "uq_fees_rate_work_type",
        table_name="fees_rate",
        sqlite_where=sa.text("work_type_id IS NOT NULL"),
        postgresql_where=sa.text("work_type_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_fees_rate_general",
        table_name="fees_rate",
        sqlite_where=sa.text("work_type_id IS NULL"),
        postgresql_where=sa.text("work_type_id IS NULL"),
    )
    op.drop_index(op.f("ix_fees_rate_work_type_id"), table_name="fees_rate")
    op.drop_index(op.f("ix_fees_rate_organisation_id"), table_name="fees_rate")
    op.drop_table("fees_rate")
    op.drop_index(op.f("ix_fees_desk_member_person_id"), table_name="fees_desk_member")
    op.drop_index(op.f("ix_fees_desk_member_organisation_id"), table_name="fees_desk_member")
    op.drop_table("fees_desk_member")
    op.drop_index(op.f("ix_fees_desk_deputy_organisation_id"), table_name="fees_desk_deputy")
    op.drop_index("ix_fees_desk_deputy_desk_for", table_name="fees_desk_deputy")
    op.drop_index(op.f("ix_fees_desk_deputy_deputy_person_id"), table_name="fees_desk_deputy")
    op.drop_table("fees_desk_deputy")
    op.drop_index(op.f("ix_fees_chain_version_organisation_id"), table_name="fees_chain_version")
    op.drop_table("fees_chain_version")
    op.drop_index(op.f("ix_fees_batch_chunk_organisation_id"), table_name="fees_batch_chunk")
    op.drop_table("fees_batch_chunk")
    op.drop_table("fees_yearly_table")
    op.drop_index(op.f("ix_fees_work_type_organisation_id"), table_name="fees_work_type")
    op.drop_table("fees_work_type")
    op.drop_index(op.f("ix_fees_sheet_organisation_id"), table_name="fees_sheet")
    op.drop_table("fees_sheet")
    op.drop_index(op.f("ix_fees_payee_person_id"), table_name="fees_payee")
    op.drop_index(op.f("ix_fees_payee_organisation_id"), table_name="fees_payee")
    op.drop_table("fees_payee")
    op.drop_index(op.f("ix_fees_draft_organisation_id"), table_name="fees_draft")
    op.drop_table("fees_draft")
    op.drop_index(
        "uq_fees_desk_own",
        table_name="fees_desk",
        sqlite_where=sa.text("person_id IS NOT NULL"),
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_fees_desk_kind",
        table_name="fees_desk",
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
    op.drop_index(op.f("ix_fees_desk_organisation_id"), table_name="fees_desk")
    op.drop_table("fees_desk")
    op.drop_index(op.f("ix_fees_chain_organisation_id"), table_name="fees_chain")
    op.drop_table("fees_chain")
    op.drop_index(op.f("ix_fees_batch_organisation_id"), table_name="fees_batch")
    op.drop_table("fees_batch")
