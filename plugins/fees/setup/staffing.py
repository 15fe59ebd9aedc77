"""Who could decide a chain's steps, asked before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.api import Membership, Person, current_gate, related, today
from plugins.fees.models import Desk, DeskMember
from plugins.fees.price_reading import path_to_payer


def appointable(session: Session, organisation_id: int, day: date | None = None) -> list[tuple[int, str]]:
    """Those who have or will have a role under the same payer, by name: only they can stand at its desks."""
    tree = current_gate().tree
    node = tree.by_id.get(organisation_id)
    if node is None:
        return []
    under = [n.id for n in tree.by_id.values() if n.controller_id == node.controller_id]
    last: Any = Membership.valid_to
    roles = select(Membership.person_id).where(
        Membership.organisation_id.in_(under),
        Membership.role != "expert",
        or_(last.is_(None), last >= (day or today())),
    )
    wanted = select(Person.id, Person.name).where(Person.blanked_at.is_(None), Person.id.in_(roles))
    return [(row.id, row.name) for row in session.execute(wanted.order_by(Person.sort_key, Person.id))]


def members_by_kind(session: Session, organisation_id: int, day: date) -> dict[str, set[int]]:
    """For each kind of desk that claims from here can reach, who stands there on the day or later."""
    tree = current_gate().tree
    reach = {node.id for node in tree.subtree(organisation_id)} | set(path_to_payer(tree, organisation_id))
    last: Any = DeskMember.valid_to
    wanted = (
        select(Desk.kind, DeskMember.person_id)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(Desk.organisation_id.in_(reach), or_(last.is_(None), last >= day))
    )
    found: dict[str, set[int]] = {}
    with related("desks of the payer"):
        for kind, person_id in session.execute(wanted):
            found.setdefault(kind, set()).add(person_id)
    return found


def enough_people(kinds: Iterable[str], members: Mapping[str, set[int]]) -> bool:
    """Whether each step can have a person of its own: nobody approves one claim twice."""
    steps = list(kinds)
    taken: dict[int, int] = {}

    def place(step: int, tried: set[int]) -> bool:
        for person in members.get(steps[step], set()) - tried:
            tried.add(person)
            if person not in taken or place(taken[person], tried):
                taken[person] = step
                return True
        return False

    return all(place(step, set()) for step in range(len(steps)))
