"""Kinds of organisations as data, their dates, successors, contacts and old addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

KINDS = (
    ("region", "Maakunta", "Landskap", "Region"),
    ("county", "Hyvinvointialue", "Välfärdsområde", "Wellbeing services county"),
    ("municipality", "Kunta", "Kommun", "Municipality"),
    ("joint_authority", "Kuntayhtymä", "Samkommun", "Joint municipal authority"),
    ("sector", "Toimiala", "Sektor", "Sector"),
    ("service_area", "Palvelualue", "Serviceområde", "Service area"),
    ("responsibility_area", "Vastuualue", "Ansvarsområde", "Area of responsibility"),
    ("unit", "Yksikkö", "Enhet", "Unit"),
    ("school", "Koulu", "Skola", "School"),
    ("library", "Kirjasto", "Bibliotek", "Library"),
    ("family_centre", "Perhekeskus", "Familjecenter", "Family centre"),
    ("institution", "Oppilaitos", "Läroanstalt", "Educational institution"),
    ("university", "Korkeakoulu", "Högskola", "University"),
    ("association", "Yhdistys", "Förening", "Association"),
    ("foundation", "Säätiö", "Stiftelse", "Foundation"),
    ("provider", "Palveluntuottaja", "Tjänsteproducent", "Service provider"),
)
ORGANISATION = sa.table(
    "organisation", sa.column("id"), sa.column("parent_id"), sa.column("kind"),
    sa.column("active", sa.Boolean()), sa.column("ended", sa.Date()),
)  # fmt: skip


def upgrade() -> None:
    """Apply."""
    _make_tables()
    _fill_kinds()
    _change_organisation()
    _change_delegation()


def _make_tables() -> None:
    op.create_table(
        "organisation_kind",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation_kind")),
    )
    op.create_table(
        "organisation_old_slug",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_old_slug_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_organisation_old_slug")),
    )
    op.create_index(
        op.f("ix_organisation_old_slug_organisation_id"), "organisation_old_slug", ["organisation_id"]
    )
    op.create_table(
        "organisation_contact",
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_contact_organisation_id_organisation"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_organisation_contact_person_id_person"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_contact")),
    )
    for columns in (["organisation_id"], ["person_id"]):
        op.create_index(op.f(f"ix_organisation_contact_{columns[0]}"), "organisation_contact", columns)
    op.create_index(
        "ix_organisation_contact_order", "organisation_contact", ["organisation_id", "valid_from", "id"]
    )


def _fill_kinds() -> None:
    """The shipped kinds, then whatever else stands in the tree; a county's sectors are service areas."""
    kinds = sa.table(
        "organisation_kind", sa.column("code"), sa.column("name", sa.JSON()), sa.column("sort", sa.Integer())
    )
    rows = [
        {"code": code, "name": {"fi": fi, "sv": sv, "en": en}, "sort": number * 10}
        for number, (code, fi, sv, en) in enumerate(KINDS, 1)
    ]
    op.bulk_insert(kinds, rows)
    known = {row["code"] for row in rows}
    found = op.get_bind().scalars(sa.select(ORGANISATION.c.kind).distinct()).all()
    others = sorted(set(found) - known)
    if others:
        op.bulk_insert(kinds, [{"code": c, "name": {"fi": c}, "sort": 1000} for c in others])
    above = sa.select(ORGANISATION.c.id).where(ORGANISATION.c.kind == "county").scalar_subquery()
    op.execute(
        sa.update(ORGANISATION)
        .where(ORGANISATION.c.kind == "sector", ORGANISATION.c.parent_id.in_(above))
        .values(kind="service_area")
    )


def _change_organisation() -> None:
    """One that was not active has ended, on a day nobody wrote down: yesterday stands for it."""
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("business_id", sa.String(length=9), nullable=True))
        batch.add_column(sa.Column("municipality_code", sa.String(length=3), nullable=True))
        batch.add_column(sa.Column("started", sa.Date(), nullable=True))
        batch.add_column(sa.Column("ended", sa.Date(), nullable=True))
        batch.add_column(sa.Column("successor_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("succeeded_on", sa.Date(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_organisation_kind_organisation_kind"), "organisation_kind", ["kind"], ["code"],
            ondelete="RESTRICT",
        )  # fmt: skip
        batch.create_foreign_key(
            op.f("fk_organisation_successor_id_organisation"), "organisation", ["successor_id"], ["id"],
            ondelete="RESTRICT",
        )  # fmt: skip
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    yesterday = sa.text("date('now', '-1 day')" if on_sqlite else "current_date - 1")
    op.execute(sa.update(ORGANISATION).where(sa.not_(ORGANISATION.c.active)).values(ended=yesterday))
    with op.batch_alter_table("organisation") as batch:
        batch.drop_column("active")
    op.create_index(op.f("ix_organisation_kind"), "organisation", ["kind"])
    op.create_index(op.f("ix_organisation_successor_id"), "organisation", ["successor_id"])


def _change_delegation() -> None:
    with op.batch_alter_table("delegation") as batch:
        batch.add_column(sa.Column("granted_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("granted_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("ended_by", sa.Integer(), nullable=True))
        for column in ("granted_by", "ended_by"):
            batch.create_foreign_key(
                op.f(f"fk_delegation_{column}_person"), "person", [column], ["id"], ondelete="RESTRICT"
            )


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("delegation") as batch:
        for column in ("granted_by", "ended_by"):
            batch.drop_constraint(op.f(f"fk_delegation_{column}_person"), type_="foreignkey")
        for column in ("ended_by", "granted_at", "granted_by"):
            batch.drop_column(column)
    op.drop_index(op.f("ix_organisation_successor_id"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_kind"), table_name="organisation")
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
    ended = ORGANISATION.c.ended.is_not(None)
    op.execute(sa.update(ORGANISATION).where(ended).values(active=False))
    with op.batch_alter_table("organisation") as batch:
        batch.alter_column("active", server_default=None)
        batch.drop_constraint(op.f("fk_organisation_kind_organisation_kind"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_organisation_successor_id_organisation"), type_="foreignkey")
        columns = ("succeeded_on", "successor_id", "ended", "started", "municipality_code", "business_id")
        for column in columns:
            batch.drop_column(column)
    for table in ("organisation_contact", "organisation_old_slug", "organisation_kind"):
        op.drop_table(table)
