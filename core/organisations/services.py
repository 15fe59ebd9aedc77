"""The only writers of the organisation tree. Every change raises the epoch, so that all processes see it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import Texts, now, sort_key, today
from core.log.services import record_change
from core.modules.gating.gate import current_gate, raise_epoch
from core.organisations.models import Closure, Delegation, OldSlug, Organisation
from core.organisations.rules import checked
from core.records.custom.extending import PREFIX, extended
from core.records.description import Record
from core.records.errors import Invalid
from core.records.writing import store

RECORD = "core.organisation"


def create_organisation(
    name: Texts,
    kind: str,
    slug: str,
    *,
    parent_id: int | None = None,
    is_controller: bool = False,
    code: str | None = None,
    cost_centre: str | None = None,
    actor_id: int | None = None,
    **more: Any,
) -> int:
    """Add a node under `parent_id` (None: a root) and give its id. The slug is unique in the instance.

    `more` are further columns: `business_id`, `municipality_code`, `started`, `ended`, `successor_id`,
    `succeeded_on`. Nothing is checked here; what people type goes by `add_organisation`.
    """
    values = {
        "name": name,
        "kind": kind,
        "slug": slug,
        "parent_id": parent_id,
        "is_controller": is_controller,
        "code": code,
        "cost_centre": cost_centre,
        **more,
    }
    with writing() as session:
        node = Organisation(sort_key=sort_key(name.fi))
        store(session, described(), node, values, actor_id=actor_id, action="create")
        _add_closure(session, node.id, parent_id)
        _place_controllers(session, node.id)
        raise_epoch(session)
        return node.id


def described() -> Record:
    """The description; it names these services, so it is read when they are called."""
    from core.organisations.records import ORGANISATIONS

    return ORGANISATIONS


def add_organisation(values: dict[str, Any], parent_id: int, actor_id: int) -> int:
    """Put a new organisation below another, of the same keeper of the register; gives its id.

    Raises `Invalid`. Without an address name one is made from the name.
    """
    own = {key: value for key, value in values.items() if key.startswith(PREFIX)}
    given = {key: value for key, value in values.items() if key not in own}
    with writing() as session:
        raise_epoch(session)  # first: whoever is writing finishes, and the names in use stay what they are
        found = checked(session, current_gate().tree, {"slug": None, **given})
        added = create_organisation(**found, parent_id=parent_id, actor_id=actor_id)
        update: Any = extended(described(), added).update
        if own:
            update(added, own, actor_id)
        return added


def update_organisation(organisation_id: int, values: dict[str, Any], actor_id: int | None) -> None:
    """Change an organisation's own details; raises `Invalid`. Its old address name keeps leading to it."""
    with writing() as session:
        raise_epoch(session)
        row = _row(session, organisation_id)
        found = checked(session, current_gate().tree, values, organisation_id)
        before = row.slug
        changed = store(session, described(), row, found, actor_id=actor_id)
        if "name" in changed:
            row.sort_key = sort_key(row.name.get("fi"))
        if "slug" in changed:
            keep_old_slug(session, row, before)
        raise_epoch(session)


def close_organisation(organisation_id: int, last_day: date | None, actor_id: int | None) -> None:
    """Say on which day the organisation is in use for the last time; None: it is in use again.

    Raises `Invalid` while organisations below it are in use, and for one that was merged into another.
    """
    with writing() as session:
        raise_epoch(session)
        row, tree = _row(session, organisation_id), current_gate().tree
        if row.successor_id is not None:
            raise Invalid({"": _("It was merged into another organisation and stays closed.")})
        if row.is_controller and actor_id is not None:
            raise Invalid({"": _("It keeps its own register: only the service's operator closes it.")})
        below = [n for n in tree.subtree(organisation_id) if n.id != organisation_id and n.ended is None]
        if last_day is not None and below:
            raise Invalid({"ended": _("Close first what is below: %(names)s", names=_names(below))})
        if last_day is not None and row.started is not None and last_day < row.started:
            raise Invalid({"ended": _("The last day is before the first.")})
        if row.ended != last_day:
            action = "close" if last_day else "reopen"
            store(session, described(), row, {"ended": last_day}, actor_id=actor_id, action=action)
        raise_epoch(session)


def keep_old_slug(session: Session, row: Organisation, before: str) -> None:
    """The organisation has a new address name: links with the one before keep leading to it."""
    own = OldSlug.slug == row.slug
    session.execute(delete(OldSlug).where(own), execution_options={"synchronize_session": False})
    session.add(OldSlug(slug=before, organisation_id=row.id))
    session.flush()


def _row(session: Session, organisation_id: int) -> Organisation:
    row = session.get(Organisation, organisation_id)
    if row is None:
        raise Invalid({"": _("This record is no longer there.")})
    return row


def _names(nodes: list[Any]) -> str:
    return ", ".join(str(node.name) for node in nodes[:5]) + (" …" if len(nodes) > 5 else "")


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
            granted_by=actor_id,
            granted_at=now(),
        )
        session.add(row)
        session.flush()
        record_change(
            session,
            record="core.delegation",
            row_id=row.id,
            action="create",
            organisation_id=from_id,
            actor_id=actor_id,
        )
        raise_epoch(session)
        return row.id
