"""One transaction at a time where rows alone do not decide. Foreign keys to a locked row are not held up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from plugins.fees.kernel.tables import ORGANISATION, PERSON


def _lock(table: Any) -> Select[Any]:
    return select(table.c.id).where(table.c.id == bindparam("id")).with_for_update(key_share=True)


# Put together once: that costs several times what running them does.
_PAYER, _PERSON = _lock(ORGANISATION), _lock(PERSON)


def lock_payer(connection: Connection, payer_id: int) -> None:
    """Let one transaction at a time number things of a payer."""
    connection.execute(_PAYER, {"id": payer_id}).one()


def lock_person(connection: Connection, person_id: int) -> None:
    """Let one transaction at a time claim for a person: each sees the day's earlier claims."""
    connection.execute(_PERSON, {"id": person_id}).one()
