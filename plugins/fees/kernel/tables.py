"""The tables as the kernel's Core statements name them, and inserting into one unless the row is there."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import postgresql, sqlite

from core.api import Expert, Organisation, OutboxRow, Person
from plugins.fees import models as m

CLAIM: Any = m.Claim.__table__
SHEET: Any = m.Sheet.__table__
RECEIPT: Any = m.Receipt.__table__
PAYEE: Any = m.Payee.__table__
LINE: Any = m.ClaimLine.__table__
STEP: Any = m.ClaimStep.__table__
EVENT: Any = m.ClaimEvent.__table__
TEXT: Any = m.ClaimText.__table__
APPROVAL: Any = m.Approval.__table__
DRAFT: Any = m.Draft.__table__
DESK: Any = m.Desk.__table__
MEMBER: Any = m.DeskMember.__table__
DEPUTY: Any = m.DeskDeputy.__table__
BATCH: Any = m.Batch.__table__
CHUNK: Any = m.BatchChunk.__table__
PAYOUT: Any = m.Payout.__table__
CHAIN: Any = m.Chain.__table__
CHAIN_VERSION: Any = m.ChainVersion.__table__
CHAIN_STEP: Any = m.ChainStep.__table__
PERSON: Any = Person.__table__
EXPERT: Any = Expert.__table__
ORGANISATION: Any = Organisation.__table__
OUTBOX: Any = OutboxRow.__table__
# What the outbox calls an event of a claim.
OUTBOX_KIND = "fees.claim_event"


def insert_new(connection: Connection, table: Any, values: dict[str, Any]) -> int | None:
    """Insert unless a unique key says the row is there; the new id, or None."""
    found: int | None = connection.execute(_insert_new(table, connection.dialect.name), values).scalar()
    return found


@cache
def _insert_new(table: Any, dialect: str) -> Executable:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(table.c.id)
