"""Delegations between controllers: seen by both sides, granted and ended by the giver."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.database.session import writing
from core.database.types import today
from core.log.services import record_change
from core.modules.gating.gate import current_gate, raise_epoch
from core.organisations.models import Delegation
from core.organisations.services import delegate
from core.organisations.tree import OrganisationNode, Tree
from core.records.errors import Invalid
from core.users.models import Person
from core.users.permissions import all_permissions
from core.users.reach import roles_of


@dataclass(frozen=True)
class DelegationLine:
    """A delegation as both sides see it."""

    id: int
    giver: OrganisationNode
    receiver: OrganisationNode
    permissions: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    granted_by: str | None
    granted_at: datetime | None

    @property
    def state(self) -> str:
        """`now`, `coming` or `ended`, today."""
        day = today()
        if self.valid_to is not None and self.valid_to < max(day, self.valid_from):
            return "ended"
        return "coming" if day < self.valid_from else "now"


def given(session: Session, controller_id: int) -> list[DelegationLine]:
    """What the controller lets others do, those that hold first."""
    return _lines(session, Delegation.from_organisation_id == controller_id)


def received(session: Session, controller_id: int) -> list[DelegationLine]:
    """What others let the controller's organisations do, those that hold first."""
    tree = current_gate().tree
    own = [node.id for node in tree.by_id.values() if node.controller_id == controller_id]
    return _lines(session, Delegation.to_organisation_id.in_(own))


def given_one(session: Session, controller_id: int, delegation_id: int) -> DelegationLine | None:
    """One that the controller gave; None when it gave none of that number."""
    wanted = (Delegation.id == delegation_id, Delegation.from_organisation_id == controller_id)
    return next(iter(_lines(session, *wanted)), None)


def _lines(session: Session, *criteria: Any) -> list[DelegationLine]:
    giver: Any = aliased(Person)
    query = select(Delegation, giver.name).outerjoin(giver, giver.id == Delegation.granted_by)
    rows = session.execute(query.where(*criteria).order_by(Delegation.valid_from.desc(), Delegation.id))
    tree, words = current_gate().tree, all_permissions()
    lines = [_line(tree, words, row, name) for row, name in rows]
    return sorted(lines, key=lambda line: ("now", "coming", "ended").index(line.state))


def _line(tree: Tree, words: dict[str, Any], row: Delegation, name: str | None) -> DelegationLine:
    """A permission of a module that is gone stands there by its key: it still counts when it comes back."""
    return DelegationLine(
        row.id,
        tree.by_id[row.from_organisation_id],
        tree.by_id[row.to_organisation_id],
        tuple(str(words[key].label) if key in words else key for key in row.permissions),
        row.valid_from,
        row.valid_to,
        name,
        row.granted_at,
    )


def delegable(session: Session, person_id: int, controller_id: int) -> dict[str, Any]:
    """Words of the permissions the person has by a role at the controller: nobody delegates what they lack.

    What was delegated to them does not count, or it could be handed on without the giver.
    """
    tree = current_gate().tree
    roles = [
        r for r in roles_of(session, person_id, today()) if tree.reaches(r.organisation_id, controller_id)
    ]
    return {
        key: found.label
        for key, found in all_permissions().items()
        if any(role.role in found.roles for role in roles)
    }


def receivers(tree: Tree, controller_id: int) -> list[OrganisationNode]:
    """Organisations in use of other controllers, as they stand in the tree."""
    found = (node for root in tree.children.get(None, ()) for node in tree.subtree(root.id))
    return [n for n in found if n.active and n.controller_id not in (None, controller_id)]


def grant(
    controller_id: int,
    to_id: int,
    permissions: Collection[str],
    valid_from: date,
    valid_to: date | None,
    actor_id: int,
) -> int:
    """Let another controller's organisation use permissions in one's own; raises `Invalid`."""
    with writing() as session:
        tree, errors = current_gate().tree, {}
        if to_id not in {node.id for node in receivers(tree, controller_id)}:
            errors["to"] = _("Choose one from the list.")
        if not permissions or set(permissions) - set(delegable(session, actor_id, controller_id)):
            errors["permissions"] = _("Choose what you may do yourself.")
        if valid_from < today():
            errors["valid_from"] = _("The first day is in the past.")
        if valid_to is not None and valid_to < valid_from:
            errors["valid_to"] = _("The last day is before the first.")
        if errors:
            raise Invalid(errors)
        dates = {"valid_from": valid_from, "valid_to": valid_to}
        return delegate(controller_id, to_id, list(permissions), **dates, actor_id=actor_id)


def end_delegation(delegation_id: int, actor_id: int) -> None:
    """End a delegation now: yesterday was its last day. Raises `Invalid` for one that has ended."""
    with writing() as session:
        row, yesterday = session.get_one(Delegation, delegation_id), today() - timedelta(days=1)
        if row.valid_to is not None and row.valid_to <= yesterday:
            raise Invalid({"": _("It has ended already.")})
        row.valid_to, row.ended_by = yesterday, actor_id
        record_change(
            session, record="core.delegation", row_id=row.id, action="end", fields=["valid_to"],
            organisation_id=row.from_organisation_id, actor_id=actor_id,
        )  # fmt: skip
        raise_epoch(session)
