"""Triggers that keep money and history from being rewritten, for both databases.

They bind the owner as well; on PostgreSQL the application's role lacks the grants besides.
"""

from __future__ import annotations

from collections.abc import Iterator

NEVER_DELETED = (
    "fees_sheet",
    "fees_receipt",
    "fees_claim",
    "fees_claim_line",
    "fees_claim_step",
    "fees_claim_event",
    "fees_approval",
    "fees_batch",
    "fees_batch_chunk",
    "fees_payout",
)
NEVER_CHANGED = (
    "fees_sheet",
    "fees_receipt",
    "fees_claim_line",
    "fees_claim_step",
    "fees_claim_event",
    "fees_batch_chunk",
)
FROZEN = {
    "fees_claim": (
        "id",
        "sheet_id",
        "part",
        "organisation_id",
        "submitter_id",
        "beneficiary_id",
        "expert_id",
        "payee_id",
        "correction_of_id",
        "created_at",
    ),
    "fees_approval": (
        "claim_id",
        "organisation_id",
        "seq",
        "revision",
        "step_no",
        "person_id",
        "acting_for_id",
    ),
    "fees_batch": (
        "id",
        "organisation_id",
        "number",
        "prefix",
        "sha256",
        "rows",
        "total_cents",
        "sealed_at",
        "sealed_by_id",
    ),
    "fees_payout": ("id", "organisation_id", "batch_id", "claim_id", "cents"),
}
# What else an UPDATE of the table may never do.
RULES = {
    "fees_claim": (
        "NEW.version <> OLD.version + 1",
        "OLD.state IN ('paid', 'rejected', 'withdrawn')",
        "NEW.revision < OLD.revision",
        "(NEW.total_cents <> OLD.total_cents OR NEW.chain_version_id <> OLD.chain_version_id)"
        " AND NEW.revision = OLD.revision",
    ),
    "fees_approval": ("OLD.undone_seq IS NOT NULL",),
    "fees_batch": ("OLD.state = 'settled'",),
    "fees_payout": ("OLD.status = 'rejected'",),
}
FUNCTION = "fees_refuse"


def create(dialect: str) -> list[str]:
    """The statements that make the triggers of a dialect, sqlite or postgresql."""
    made = [_sqlite(*found) if dialect == "sqlite" else _postgresql(*found) for found in _wanted(dialect)]
    return made if dialect == "sqlite" else [_REFUSE, *made]


def drop(dialect: str) -> list[str]:
    """The statements that take them away again."""
    names = [(name, table) for name, table, _, _ in _wanted(dialect)]
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in names]
    gone = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in names]
    return [*gone, f"DROP FUNCTION IF EXISTS {FUNCTION}()"]


def _wanted(dialect: str) -> Iterator[tuple[str, str, str, str]]:
    """(trigger, table, DELETE or UPDATE, condition or nothing)."""
    for table in NEVER_DELETED:
        yield f"{table}_no_delete", table, "DELETE", ""
    for table in NEVER_CHANGED:
        yield f"{table}_no_update", table, "UPDATE", ""
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    for table, columns in FROZEN.items():
        changed = [f"NEW.{column} {differs} OLD.{column}" for column in columns]
        broken = [f"({rule})" for rule in RULES[table]]
        yield f"{table}_frozen", table, "UPDATE", " OR ".join([*changed, *broken])


def _sqlite(name: str, table: str, event: str, condition: str) -> str:
    when = f"WHEN {condition} " if condition else ""
    refuse = f"SELECT RAISE(ABORT, '{event} of {table} is refused');"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}BEGIN {refuse} END"


def _postgresql(name: str, table: str, event: str, condition: str) -> str:
    when = f"WHEN ({condition}) " if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}EXECUTE FUNCTION {FUNCTION}()"


_REFUSE = f"""CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$"""
