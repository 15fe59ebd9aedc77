"""Who holds a permission over an organisation today, by name: whom to ask, and whom to tell."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.api import Membership, Person, current_gate, roles_of, today, tops, works_under


def holders(session: Session, permission: str, organisation_id: int) -> list[tuple[int, str]]:
    """(id, name) of those whose own role at the organisation or above it, up to its payer, gives it."""
    tree, day = current_gate().tree, today()
    found = []
    for person_id, name in _with_roles_above(session, organisation_id, day):
        reach = tops(tree, roles_of(session, person_id, day), permission, day)
        if any(tree.reaches(top, organisation_id) for top in reach):
            found.append((person_id, name))
    return found


def _with_roles_above(session: Session, organisation_id: int, day: date) -> list[tuple[int, str]]:
    tree = current_gate().tree
    above = [node.id for node in tree.upwards(organisation_id) if tree.reaches(node.id, organisation_id)]
    last: Any = Membership.valid_to
    roles = select(Membership.person_id).where(
        Membership.organisation_id.in_(above),
        Membership.valid_from <= day,
        or_(last.is_(None), last >= day),
    )
    wanted = select(Person.id, Person.name).where(
        Person.id.in_(roles), works_under(Person.id, organisation_id, day)
    )
    return [(row.id, row.name) for row in session.execute(wanted.order_by(Person.sort_key, Person.id))]
