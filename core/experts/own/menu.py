"""One's own menu: an expert finds everything about oneself behind one entry, others the account."""

from __future__ import annotations

from flask import g

from core.experts.own.checking import is_due, own_record
from core.extensions import db


def for_experts(person_id: int) -> int | None:
    """Whether something waits on one's own record; None for those who have none."""
    return int(is_due(db.session(), person_id)) if _is_expert(person_id) else None


def for_others(person_id: int) -> int | None:
    """Nothing is counted; None for experts, who find it on their own record's page."""
    return None if _is_expert(person_id) else 0


def _is_expert(person_id: int) -> bool:
    """Asked once for each page."""
    if "is_expert" not in g:
        g.is_expert = not g.get("node") and own_record(db.session(), person_id) is not None
    return bool(g.is_expert)
