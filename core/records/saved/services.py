"""The rules of saved lists, and their only writers. A view is seen where it was saved, and below.

A view holds what was asked, so it may name somebody in a filter: it is shown to its owner, and to the role it
is shared with. What it shows is asked anew each time, with the rights of whoever looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import today
from core.log.services import record_change
from core.modules.gating.gate import current_gate
from core.organisations.tree import Tree
from core.records.errors import Invalid
from core.records.saved.models import LONGEST_NAME, SavedView
from core.users.permissions import ROLES
from core.users.reach import Role, roles_of, tops
from core.users.words import unsafe

RECORD = "core.view"
SHARE = "core.views.share"
MOST = 50


@dataclass(frozen=True)
class Asked:
    """What was asked of a list: filters by argument of the address, keys of columns, and the order."""

    filters: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    sort: str = ""


@dataclass(frozen=True)
class View:
    """A saved list as it is shown; `own` is whether the reader saved it."""

    id: int
    name: str
    own: bool
    shared_role: str | None
    asked: Asked


def views_for(
    session: Session, record: str, permission: str, node_id: int, person_id: int, roles: Iterable[Role]
) -> list[View]:
    """The saved lists of a record that the person sees at an organisation, by name; one query.

    The person's own, and those shared with a role of theirs; saved there or above, within the controller.
    `permission` is the one that opens the record: who has it by delegation counts as being there.
    """
    tree = current_gate().tree
    homes = [node.id for node in tree.upwards(node_id) if tree.reaches(node.id, node_id)]
    shared = SavedView.shared_role.in_(_roles_at(tree, node_id, permission, roles))
    query = select(SavedView).where(
        SavedView.record == record,
        SavedView.organisation_id.in_(homes),
        or_(SavedView.owner_id == person_id, shared),
    )
    found = [_view(row, person_id) for row in session.scalars(query)]
    return sorted(found, key=lambda view: (view.name.casefold(), view.id))


def _roles_at(tree: Tree, node_id: int, permission: str, roles: Iterable[Role]) -> set[str]:
    """The person's roles that reach the organisation, by delegation too."""
    day = today()
    lent = {
        d.to_id for d in tree.delegations if d.holds(permission, day) and tree.reaches(d.from_id, node_id)
    }
    return {
        role.role
        for role in roles
        if role.organisation_id in lent or tree.reaches(role.organisation_id, node_id)
    }


def _view(row: SavedView, person_id: int) -> View:
    asked = Asked(dict(row.filters), tuple(row.columns), row.sort)
    return View(row.id, row.name, row.owner_id == person_id, row.shared_role, asked)


def may_share(organisation_id: int, roles: Iterable[Role]) -> bool:
    """Whether these roles let one share lists with others at the organisation."""
    tree = current_gate().tree
    return any(tree.reaches(top, organisation_id) for top in tops(tree, tuple(roles), SHARE, today()))


def save_view(
    record: str, organisation_id: int, name: str, asked: Asked, shared_role: str | None, actor_id: int
) -> int:
    """Keep a list under a name, for oneself or for a role; gives its id. Raises `Invalid`."""
    name = _clean(name)
    with writing() as session:
        _check_free(session, record, organisation_id, actor_id, name)
        _check_role(session, organisation_id, actor_id, shared_role)
        row = SavedView(
            record=record,
            organisation_id=organisation_id,
            owner_id=actor_id,
            name=name,
            filters=dict(asked.filters),
            columns=list(asked.columns),
            sort=asked.sort,
            shared_role=shared_role,
        )
        session.add(row)
        session.flush()
        _log(session, row, actor_id, "create", ["name", "shared_role"])
        return row.id


def change_view(view_id: int, name: str, shared_role: str | None, actor_id: int) -> None:
    """Give one's own list another name, or share it otherwise. Raises `Invalid`; without a role there too."""
    name = _clean(name)
    with writing() as session:
        row = _own(session, view_id, actor_id)
        _check_there(session, row.organisation_id, actor_id)
        if name != row.name:
            _check_free(session, row.record, row.organisation_id, actor_id, name)
        if shared_role != row.shared_role:
            _check_role(session, row.organisation_id, actor_id, shared_role)
        given = {"name": name, "shared_role": shared_role}
        changed = [key for key, value in given.items() if getattr(row, key) != value]
        row.name, row.shared_role = name, shared_role
        if changed:
            _log(session, row, actor_id, "update", changed)


def remove_view(view_id: int, actor_id: int) -> None:
    """Forget a list: one's own, or one shared where one may share oneself. Raises `Invalid`."""
    with writing() as session:
        row = session.get(SavedView, view_id)
        if row is None or not (row.owner_id == actor_id or _shared_by_leave(session, row, actor_id)):
            raise Invalid({"": _("This view is no longer there.")})
        _log(session, row, actor_id, "remove", [])
        session.delete(row)


def _shared_by_leave(session: Session, row: SavedView, actor_id: int) -> bool:
    roles = roles_of(session, actor_id, today())
    return row.shared_role is not None and may_share(row.organisation_id, roles)


def _own(session: Session, view_id: int, actor_id: int) -> SavedView:
    row = session.get(SavedView, view_id)
    if row is None or row.owner_id != actor_id:
        raise Invalid({"": _("This view is no longer there.")})
    return row


def _check_there(session: Session, organisation_id: int, actor_id: int) -> None:
    """Whoever left the organisation changes nothing there; who is there by delegation is there."""
    tree, day = current_gate().tree, today()
    held = {role.organisation_id for role in roles_of(session, actor_id, day)}
    lent = {
        d.from_id for d in tree.delegations if d.to_id in held and d.valid_from <= day <= (d.valid_to or day)
    }
    if not any(tree.reaches(top, organisation_id) for top in held | lent):
        raise Invalid({"": _("You no longer have a role where this view was saved.")})


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": _("Give the view a name.")})
    if len(name) > LONGEST_NAME or unsafe(name):
        raise Invalid({"name": _("At most %(bound)s characters.", bound=LONGEST_NAME)})
    return name


def _check_free(session: Session, record: str, organisation_id: int, owner_id: int, name: str) -> None:
    of_owner = (SavedView.record == record, SavedView.owner_id == owner_id)
    here = select(SavedView.id).where(
        *of_owner, SavedView.organisation_id == organisation_id, SavedView.name == name
    )
    if session.scalar(here) is not None:
        raise Invalid({"name": _("You have a view of this name already.")})
    if (session.scalar(select(func.count(SavedView.id)).where(*of_owner)) or 0) >= MOST:
        raise Invalid({"": _("You have %(bound)s views already. Remove one first.", bound=MOST)})


def _check_role(session: Session, organisation_id: int, actor_id: int, role: str | None) -> None:
    if role is None:
        return
    if role not in ROLES or not may_share(organisation_id, roles_of(session, actor_id, today())):
        raise Invalid({"shared_role": _("You may not share this view.")})


def _log(session: Session, row: SavedView, actor_id: int, action: str, fields: Sequence[str]) -> None:
    record_change(
        session,
        record=RECORD,
        row_id=row.id,
        action=action,
        fields=fields,
        actor_id=actor_id,
        organisation_id=row.organisation_id,
    )
