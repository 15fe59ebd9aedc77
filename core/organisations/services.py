"""The only writers of the organisation tree. Every change raises the epoch, so that all processes see it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import Texts, sort_key, today
from core.log.services import record_change
from core.modules.gating.gate import raise_epoch
from core.organisations.models import Closure, Delegation, Organisation


def create_organisation(
    name: Texts,
    kind: str,
    slug: str,
    *,
    parent_id: int | None = None,
    is_controller: bool = False,
    code: str | None = None,
    cost_centre: str | None = None,
    active: bool = True,
    actor_id: int | None = None,
) -> int:
    """Add a node under `parent_id` (None: a root) and give its id. The slug is unique in the instance."""
    with writing() as session:
        node = Organisation(
            name=name,
            sort_key=sort_key(name.fi),
            kind=kind,
            slug=slug,
            parent_id=parent_id,
            is_controller=is_controller,
            code=code,
            cost_centre=cost_centre,
            active=active,
        )
        session.add(node)
        session.flush()
        _add_closure(session, node.id, parent_id)
        _place_controllers(session, node.id)
        _record(session, "core.organisation", node.id, "create", node.id, actor_id)
        raise_epoch(session)
        return node.id


def _add_closure(session: Session, node_id: int, parent_id: int | None) -> None:
    """The node's own pair and one pair for each ancestor."""
    session.add(Closure(ancestor_id=node_id, descendant_id=node_id, depth=0, same_controller=True))
    if parent_id is not None:
        above = session.execute(
            select(Closure.ancestor_id, Closure.depth).where(Closure.descendant_id == parent_id)
        ).all()
        for ancestor_id, depth in above:
            pair = Closure(
                ancestor_id=ancestor_id, descendant_id=node_id, depth=depth + 1, same_controller=False
            )
            session.add(pair)
    session.flush()


def _place_controllers(session: Session, node_id: int) -> None:
    """Set the controller of a new leaf, and which of its ancestors share it."""
    nearest = (
        select(Organisation.id)
        .join(Closure, Closure.ancestor_id == Organisation.id)
        .where(Closure.descendant_id == node_id, Organisation.is_controller)
        .order_by(Closure.depth)
        .limit(1)
    )
    controller_id = session.scalar(nearest)
    session.execute(
        update(Organisation).where(Organisation.id == node_id).values(controller_id=controller_id)
    )
    alike = select(Organisation.id).where(Organisation.controller_id == controller_id)
    if controller_id is None:
        alike = select(Organisation.id).where(Organisation.controller_id.is_(None))
    session.execute(
        update(Closure)
        .where(Closure.descendant_id == node_id, Closure.ancestor_id.in_(alike))
        .values(same_controller=True),
        execution_options={"synchronize_session": False},
    )


def delegate(
    from_id: int,
    to_id: int,
    permissions: list[str],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor_id: int | None = None,
) -> int:
    """A controller lets another organisation's people use `permissions` in its subtree; both days count."""
    with writing() as session:
        row = Delegation(
            from_organisation_id=from_id,
            to_organisation_id=to_id,
            permissions=sorted(permissions),
            valid_from=valid_from or today(),
            valid_to=valid_to,
        )
        session.add(row)
        session.flush()
        _record(session, "core.delegation", row.id, "create", from_id, actor_id)
        raise_epoch(session)
        return row.id


def _record(
    session: Session, record: str, row_id: int, action: str, organisation_id: int, actor_id: int | None
) -> None:
    """Opening a register to others stands in the log; without an actor the system did it."""
    record_change(
        session,
        record=record,
        row_id=row_id,
        action=action,
        organisation_id=organisation_id,
        actor_id=actor_id,
    )
