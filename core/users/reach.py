"""Where a person's permissions reach: their memberships' subtrees, and what others delegated to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import Session

from core.database.types import today
from core.modules.gating.gate import current_gate
from core.organisations.tree import Tree
from core.scope import NodeScope, scope_in_force
from core.users.models import Membership
from core.users.permissions import holds


@dataclass(frozen=True)
class Role:
    """One valid membership."""

    organisation_id: int
    role: str


_MEMBERSHIP: Any = Membership.__table__
_DAY = bindparam("day", type_=Date)
# Every page of an organisation asks this, so it is put together once.
_ROLES = select(_MEMBERSHIP.c.organisation_id, _MEMBERSHIP.c.role).where(
    _MEMBERSHIP.c.person_id == bindparam("person"),
    _MEMBERSHIP.c.valid_from <= _DAY,
    or_(_MEMBERSHIP.c.valid_to.is_(None), _MEMBERSHIP.c.valid_to >= _DAY),
)


def roles_of(session: Session, person_id: int, day: date) -> tuple[Role, ...]:
    """The person's memberships that are valid on `day`; one query."""
    rows = session.connection().execute(_ROLES, {"person": person_id, "day": day})
    return tuple(Role(organisation_id, role) for organisation_id, role in rows)


def tops(tree: Tree, roles: tuple[Role, ...], permission: str, day: date) -> frozenset[int]:
    """The organisations from which `permission` reaches downwards, each within its own controller."""
    own = {r.organisation_id for r in roles if holds(r.role, permission)}
    delegated = {d.from_id for d in tree.delegations if d.to_id in own and d.holds(permission, day)}
    return frozenset(own | delegated)


def holds_itself(roles: tuple[Role, ...], permission: str, organisation_id: int) -> bool:
    """Whether a role within the organisation's own controller gives the permission there: no delegation."""
    tree = current_gate().tree
    return any(holds(r.role, permission) and tree.reaches(r.organisation_id, organisation_id) for r in roles)


def below(tree: Tree, root: int, found: frozenset[int]) -> tuple[int, ...]:
    """What of `found` lies at or below `root`: the root itself where reached, else the tops below it."""
    inside = {root} if any(tree.reaches(top, root) for top in found) else set()
    root_controller = tree.by_id[root].controller_id
    for top in found:
        covered = root in inside and tree.by_id[top].controller_id == root_controller
        if top in tree.by_id and tree.within(root, top) and not covered:
            inside.add(top)
    return tuple(sorted(inside))


def scope_for(session: Session, permission: str) -> NodeScope | None:
    """What the reader of an organisation's page may see by another permission than the page's own.

    For cards on pages that ask for less; None where the permission reaches nothing there.
    """
    scope = scope_in_force(session)
    if not isinstance(scope, NodeScope):
        return None
    tree, day = current_gate().tree, today()
    reached = below(tree, scope.root, tops(tree, roles_of(session, scope.person, day), permission, day))
    return NodeScope(scope.root, scope.person, permission, reached) if reached else None
