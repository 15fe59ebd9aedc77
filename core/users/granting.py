"""Who may give and take roles: nobody grants what they lack, and nobody changes their own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from core.modules.gating.gate import current_gate
from core.users.errors import UserError
from core.users.models import Account, Membership
from core.users.permissions import ROLES, Permission, all_permissions
from core.users.reach import Role, roles_of, tops

MANAGE = "core.people.manage"


def current(day: date) -> ColumnElement[bool]:
    """Criterion of memberships that hold on `day` or begin later."""
    return or_(Membership.valid_to.is_(None), Membership.valid_to >= day)


def reaches(roles: tuple[Role, ...], permission: str, organisation_id: int, day: date) -> bool:
    """Whether one holds the permission at the organisation, by membership or delegation."""
    tree = current_gate().tree
    return any(tree.reaches(top, organisation_id) for top in tops(tree, roles, permission, day))


def may_grant(roles: tuple[Role, ...], organisation_id: int, role: str, day: date) -> bool:
    """Whether one manages people there and may give each permission of the role there."""
    if not reaches(roles, MANAGE, organisation_id, day):
        return False
    needed = [found for found in all_permissions().values() if role in found.roles]
    return all(
        _gives(roles, found, organisation_id) or reaches(roles, found.key, organisation_id, day)
        for found in needed
    )


def _gives(roles: tuple[Role, ...], found: Permission, organisation_id: int) -> bool:
    """Whether one of the roles may give the permission there without holding it."""
    tree = current_gate().tree
    giving = (r.organisation_id for r in roles if r.role in found.granters)
    return any(tree.reaches(top, organisation_id) for top in giving)


def check_grant(
    session: Session, actor_id: int | None, person_id: int, organisation_id: int, role: str, day: date
) -> None:
    """Raise unless the actor may give or take this role; without an actor the system does it."""
    if role not in ROLES:
        raise UserError("role")
    if organisation_id not in current_gate().tree.by_id:
        raise UserError("organisation")
    if actor_id is None:
        return
    if actor_id == person_id:
        raise UserError("own_role")
    if not may_grant(roles_of(session, actor_id, day), organisation_id, role, day):
        raise UserError("not_allowed")


def account_to_close(session: Session, person_id: int, actor_id: int | None) -> Account:
    """The person's account, to disable or enable: for the operator, or without an actor the system itself.

    No administrator may: an account belongs to no organisation, and a role is easily given to anybody's.
    """
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        raise UserError("unknown")
    if actor_id == person_id:
        raise UserError("own_account")
    if actor_id is not None and not _is_operator(session, actor_id):
        raise UserError("operator_only")
    return account


def _is_operator(session: Session, person_id: int) -> bool:
    wanted = select(Account.id).where(Account.person_id == person_id, Account.is_operator, Account.active)
    return session.scalar(wanted) is not None


def refuse_twice(
    session: Session, person_id: int, organisation_id: int, role: str, first: date, last: date | None = None
) -> None:
    """Raise when the same role there already holds on one of these days."""
    days = (current(first), true() if last is None else Membership.valid_from <= last)
    held = _same(person_id, organisation_id, role).where(*days)
    if session.scalar(held.limit(1)) is not None:
        raise UserError("already_member")


def refuse_overlap(session: Session, held: Membership, last: date | None) -> None:
    """Raise when the same role there, given once more, begins before `last` ends this one."""
    later = _same(held.person_id, held.organisation_id, held.role).where(
        Membership.id != held.id,
        Membership.valid_from > held.valid_from,
        true() if last is None else Membership.valid_from <= last,
    )
    if session.scalar(later.limit(1)) is not None:
        raise UserError("already_member")


def new_membership(
    session: Session, person_id: int, organisation_id: int, role: str, first: date, last: date | None
) -> Membership:
    """A membership of these days, unless the same role there already holds on one of them.

    A role that was ended on the day it was given is taken up again: one row per first day.
    """
    refuse_twice(session, person_id, organisation_id, role, first, last)
    same = _same(person_id, organisation_id, role)
    membership = session.scalar(same.where(Membership.valid_from == first))
    if membership is None:
        membership = Membership(
            person_id=person_id, organisation_id=organisation_id, role=role, valid_from=first
        )
        session.add(membership)
    membership.valid_to = last
    return membership


def _same(person_id: int, organisation_id: int, role: str) -> Select[Membership]:
    return select(Membership).where(
        Membership.person_id == person_id,
        Membership.organisation_id == organisation_id,
        Membership.role == role,
    )
