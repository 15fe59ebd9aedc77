"""A sealed batch as rows: its number, its bytes and its payouts. Written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from core.api import current_gate
from plugins.fees.kernel.tables import BATCH, CHUNK, CLAIM, PAYOUT
from plugins.fees.models.batches import batch_text
from plugins.fees.payroll import payfile
from plugins.fees.payroll.batch_file import file_rows, pieces

CHUNK_BYTES = 1024 * 1024


def store(
    connection: Connection, payer_id: int, claim_ids: Sequence[int], actor_id: int, at: datetime
) -> int:
    """The batch, its bytes and its payouts."""
    tree = current_gate().tree
    prefix = tree.by_id[payer_id].code or ""
    number = _next_number(connection, payer_id)
    data = payfile.write(file_rows(connection, tree, claim_ids, batch_text(prefix, number)))
    found = payfile.facts(data)
    values = {
        "organisation_id": payer_id,
        "number": number,
        "prefix": prefix,
        "state": "sealed",
        "sha256": found.sha256,
        "rows": found.rows,
        "total_cents": found.total_cents,
        "sealed_at": at,
        "sealed_by_id": actor_id,
    }
    batch_id = int(connection.execute(BATCH.insert().returning(BATCH.c.id), values).scalar_one())
    _store_chunks(connection, batch_id, payer_id, data)
    _store_payouts(connection, batch_id, claim_ids)
    return batch_id


def _next_number(connection: Connection, payer_id: int) -> int:
    highest = select(func.coalesce(func.max(BATCH.c.number), 0)).where(BATCH.c.organisation_id == payer_id)
    return int(connection.execute(highest).scalar_one()) + 1


def _store_chunks(connection: Connection, batch_id: int, payer_id: int, data: bytes) -> None:
    pieces = [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]
    rows = [
        {"batch_id": batch_id, "organisation_id": payer_id, "no": no, "data": piece}
        for no, piece in enumerate(pieces, 1)
    ]
    connection.execute(CHUNK.insert(), rows)


def _store_payouts(connection: Connection, batch_id: int, claim_ids: Sequence[int]) -> None:
    columns = (CLAIM.c.id, CLAIM.c.organisation_id, CLAIM.c.total_cents)
    rows = [
        {
            "batch_id": batch_id,
            "claim_id": row.id,
            "organisation_id": row.organisation_id,
            "cents": row.total_cents,
            "status": "live",
        }
        for piece in pieces(claim_ids)
        for row in connection.execute(select(*columns).where(CLAIM.c.id.in_(piece)))
    ]
    connection.execute(PAYOUT.insert(), rows)


def stored_bytes(connection: Connection, batch_id: int) -> bytes:
    """The file as it was sealed."""
    chunks = select(CHUNK.c.data).where(CHUNK.c.batch_id == batch_id).order_by(CHUNK.c.no)
    return b"".join(connection.execute(chunks).scalars())
