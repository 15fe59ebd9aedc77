"""What the register knows of an expert: title, languages, areas, training, when they can come, own limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None

TITLES = (
    ("trained", "Koulutettu kokemusasiantuntija", "Utbildad erfarenhetsexpert",
     "Trained expert by experience", True),
    ("expert", "Kokemusasiantuntija", "Erfarenhetsexpert", "Expert by experience", True),
    ("actor", "Kokemustoimija", "Erfarenhetsaktör", "Experience actor", True),
    ("trainer", "Kokemuskouluttaja", "Erfarenhetsutbildare", "Experience trainer", True),
    ("peer", "Vertaistukihenkilö", "Kamratstödjare", "Peer supporter", False),
)  # fmt: skip
AREAS = (
    ("depression", "Masennus ja ahdistus", "Depression och ångest", "Depression and anxiety"),
    ("substances", "Päihteet ja riippuvuus", "Missbruk och beroende", "Substances and addiction"),
    ("illness", "Pitkäaikaissairaus", "Långvarig sjukdom", "Long-term illness"),
    ("parenting", "Vanhemmuus ja lastensuojelu", "Föräldraskap och barnskydd",
     "Parenthood and child protection"),
    ("psychosis", "Psykoosi tai kaksisuuntainen mielialahäiriö", "Psykos eller bipolär sjukdom",
     "Psychosis or bipolar disorder"),
    ("disability", "Vamma", "Funktionsnedsättning", "Disability"),
    ("neurodiversity", "Neurokirjo", "Neurodiversitet", "Neurodiversity"),
    ("eating", "Syömishäiriö", "Ätstörning", "Eating disorder"),
    ("grief", "Suru", "Sorg", "Grief"),
    ("housing", "Asunnottomuus ja velka", "Bostadslöshet och skulder", "Homelessness and debt"),
    ("migration", "Maahanmuutto", "Invandring", "Migration"),
    ("school", "Kouluvaikeudet ja kiusaaminen", "Skolsvårigheter och mobbning",
     "Difficulties at school, bullying"),
)  # fmt: skip
# (code, Finnish, Swedish) as they were at this revision; a later change of theirs changes nothing here.
MUNICIPALITIES = (
    ("077", "Hankasalmi", "Hankasalmi"),
    ("172", "Joutsa", "Joutsa"),
    ("179", "Jyväskylä", "Jyväskylä"),
    ("182", "Jämsä", "Jämsä"),
    ("216", "Kannonkoski", "Kannonkoski"),
    ("226", "Karstula", "Karstula"),
    ("249", "Keuruu", "Keuruu"),
    ("256", "Kinnula", "Kinnula"),
    ("265", "Kivijärvi", "Kivijärvi"),
    ("275", "Konnevesi", "Konnevesi"),
    ("312", "Kyyjärvi", "Kyyjärvi"),
    ("410", "Laukaa", "Laukas"),
    ("435", "Luhanka", "Luhanka"),
    ("495", "Multia", "Multia"),
    ("500", "Muurame", "Muurame"),
    ("592", "Petäjävesi", "Petäjävesi"),
    ("601", "Pihtipudas", "Pihtipudas"),
    ("729", "Saarijärvi", "Saarijärvi"),
    ("850", "Toivakka", "Toivakka"),
    ("892", "Uurainen", "Uurainen"),
    ("931", "Viitasaari", "Viitasaari"),
    ("992", "Äänekoski", "Äänekoski"),
)
EXPERT = sa.table("expert", sa.column("municipality", sa.String()))
OF_EXPERT = ("expert_area", "expert_language", "expert_municipality", "expert_training", "expert_engagement")


def upgrade() -> None:
    """Apply."""
    _columns()
    _words()
    _details()
    _own()
    for code, finnish, swedish in MUNICIPALITIES:
        op.execute(
            sa.update(EXPERT).where(EXPERT.c.municipality.in_((finnish, swedish))).values(municipality=code)
        )


def _to(table: str, column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _columns() -> None:
    with op.batch_alter_table("expert") as batch:
        batch.add_column(sa.Column("car", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("remote", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("weekly", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("not_before", sa.Date(), nullable=True))
        batch.add_column(sa.Column("not_after", sa.Date(), nullable=True))
        batch.add_column(sa.Column("availability", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("checked_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_expert_merged_into_id_expert"), "expert", ["merged_into_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_index(op.f("ix_expert_checked_on"), ["checked_on"])
        batch.create_index(op.f("ix_expert_merged_into_id"), ["merged_into_id"])
    with op.batch_alter_table("expert") as batch:
        for column in ("car", "remote", "availability", "weekly"):
            batch.alter_column(column, server_default=None)


def _words() -> None:
    titles = op.create_table(
        "expert_title",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_expert_title")),
    )
    areas = op.create_table(
        "experience_area",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experience_area")),
        sa.UniqueConstraint("code", name=op.f("uq_experience_area_code")),
    )
    op.bulk_insert(titles, [
        {"code": code, "name": {"fi": fi, "sv": sv, "en": en}, "sort": number * 10, "paid": paid}
        for number, (code, fi, sv, en, paid) in enumerate(TITLES, 1)
    ])  # fmt: skip
    op.bulk_insert(areas, [
        {"code": code, "name": {"fi": fi, "sv": sv, "en": en}, "sort": number * 10}
        for number, (code, fi, sv, en) in enumerate(AREAS, 1)
    ])  # fmt: skip


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    """A table of rows of one expert."""
    of_expert = ("organisation_id", "organisation"), ("expert_id", "expert"), ("person_id", "person")
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column, _target in of_expert),
        _to(name, "organisation_id", "organisation"),
        _to(name, "expert_id", "expert", "CASCADE"),
        _to(name, "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *parts,
    )
    for column, _target in of_expert:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _details() -> None:
    _table(
        "expert_area",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("viewpoint", sa.String(4), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        _to("expert_area", "area_id", "experience_area"),
        _to("expert_area", "consent_id", "consent"),
        sa.UniqueConstraint("expert_id", "area_id", name=op.f("uq_expert_area_expert_id_area_id")),
    )
    op.create_index(op.f("ix_expert_area_area_id"), "expert_area", ["area_id"])
    op.create_index(op.f("ix_expert_area_consent_id"), "expert_area", ["consent_id"])
    for name, width in (("expert_language", 10), ("expert_municipality", 3)):
        unique = sa.UniqueConstraint("expert_id", "code", name=op.f(f"uq_{name}_expert_id_code"))
        _table(name, sa.Column("code", sa.String(width), nullable=False), unique)
    _table(
        "expert_training",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("course", sa.String(120), nullable=False),
        sa.Column("organiser", sa.String(120), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        _to("expert_training", "seen_by", "person"),
    )
    op.create_index("ix_expert_training_kind", "expert_training", ["kind", "state", "expert_id"])
    _table(
        "expert_engagement",
        sa.Column("by_organisation_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _to("expert_engagement", "by_organisation_id", "organisation"),
    )
    column = "by_organisation_id"
    op.create_index(op.f(f"ix_expert_engagement_{column}"), "expert_engagement", [column])


def _own() -> None:
    op.create_table(
        "refused_unit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _to("refused_unit", "person_id", "person"),
        _to("refused_unit", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_unit")),
        sa.UniqueConstraint(
            "person_id", "organisation_id", name=op.f("uq_refused_unit_person_id_organisation_id")
        ),
    )
    op.create_index(op.f("ix_refused_unit_organisation_id"), "refused_unit", ["organisation_id"])
    op.create_table(
        "own_limit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month_cents", sa.Integer(), nullable=True),
        sa.Column("year_cents", sa.Integer(), nullable=True),
        sa.Column("month_tasks", sa.Integer(), nullable=True),
        sa.Column("wants_no_fee", sa.Boolean(), nullable=False),
        _to("own_limit", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_own_limit")),
    )


def downgrade() -> None:
    """Undo."""
    for code, finnish, _swedish in MUNICIPALITIES:
        op.execute(sa.update(EXPERT).where(EXPERT.c.municipality == code).values(municipality=finnish))
    for table in ("own_limit", "refused_unit", *reversed(OF_EXPERT), "experience_area", "expert_title"):
        op.drop_table(table)
    with op.batch_alter_table("expert") as batch:
        batch.drop_index(op.f("ix_expert_merged_into_id"))
        batch.drop_index(op.f("ix_expert_checked_on"))
        batch.drop_constraint(op.f("fk_expert_merged_into_id_expert"), type_="foreignkey")
        for column in (
            "merged_into_id", "checked_on", "availability", "not_after", "not_before", "weekly", "remote",
            "car",
        ):  # fmt: skip
            batch.drop_column(column)
