"""The rows of a batch's file, read from the frozen lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, select

from core.api import Tree
from plugins.fees.kernel.tables import CLAIM, LINE, PAYEE, RECEIPT
from plugins.fees.models.claims import receipt_text

T = TypeVar("T")
PIECE = 1000
_ORDER = attrgetter("year", "number", "part", "no")


def file_rows(
    connection: Connection, tree: Tree, claim_ids: Sequence[int], batch: str
) -> Iterator[tuple[object, ...]]:
    """The file's rows in the order of numbers, parts and lines."""
    rows = [row for piece in pieces(claim_ids) for row in _lines(connection, piece)]
    for row in sorted(rows, key=_ORDER):
        yield (batch, *_row(tree, row))


def pieces(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items a thousand at a time: databases take a limited number of parameters."""
    for start in range(0, len(items), PIECE):
        yield items[start : start + PIECE]


def _lines(connection: Connection, claim_ids: Sequence[int]) -> Sequence[Any]:
    """Lines of the claims' present revisions."""
    statement = (
        select(
            RECEIPT.c.prefix, RECEIPT.c.year, RECEIPT.c.number, CLAIM.c.part, CLAIM.c.organisation_id,
            PAYEE.c.name, PAYEE.c.payee_number, LINE,
        )
        .select_from(
            CLAIM.join(RECEIPT, RECEIPT.c.sheet_id == CLAIM.c.sheet_id)
            .join(PAYEE, PAYEE.c.id == CLAIM.c.payee_id)
            .join(LINE, and_(LINE.c.claim_id == CLAIM.c.id, LINE.c.revision == CLAIM.c.revision))
        )
        .where(CLAIM.c.id.in_(claim_ids))
    )  # fmt: skip
    return connection.execute(statement).all()


def _row(tree: Tree, row: Any) -> tuple[object, ...]:
    unit = tree.by_id[row.organisation_id]
    return (
        receipt_text(row.prefix, row.year, row.number),
        row.part,
        row.no,
        row.name,
        row.payee_number,
        unit.name.get("fi"),
        cost_centre(tree, unit.id),
        row.day.isoformat(),
        row.work_type_code,
        row.payment_class,
        row.income_type,
        row.quantity,
        row.unit_cents,
        row.cents,
    )


def cost_centre(tree: Tree, unit_id: int) -> str | None:
    """The unit's cost centre, or the nearest one above it up to its payer."""
    payer_id = tree.by_id[unit_id].controller_id
    for node in tree.upwards(unit_id):
        if node.cost_centre or node.id == payer_id:
            return node.cost_centre
    return None
