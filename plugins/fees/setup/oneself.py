"""Nobody gives themselves the power to decide on money, once an organisation's first claim has come."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.api import Invalid, Membership, Person, current_gate, related, roles_of, today, tops, works_under
from plugins.fees.models import Desk, Sheet
from plugins.fees.setup.common import Values, payer_of
from plugins.fees.states import STEP_KINDS

MANAGE = "fees.chains.manage"


def check_not_oneself(session: Session, desk: Desk, field: str, person_id: int, actor_id: int | None) -> None:
    """Refuse, beside the field, to let somebody appoint themselves to a desk that decides.

    The first set-up, before the payer's first claim, needs no second person. The administrator's own desk and
    payroll's decide nothing, and whoever stands there holds the permission already.
    """
    if person_id != actor_id or desk.kind not in STEP_KINDS:
        return
    if not _has_claims(session, payer_of(desk.organisation_id)):
        return
    others = ", ".join(others_who_appoint(session, desk.organisation_id, person_id))
    raise Invalid({field: _who_can(others)})


def _who_can(others: str) -> str:
    if others:
        return _(
            "You cannot appoint yourself to decide on claims. Ask another administrator: %(names)s.",
            names=others,
        )
    return _(
        "You cannot appoint yourself to decide on claims, and there is no other administrator here."
        " Appoint somebody else."
        " Claims that nobody may decide come to the administrator to be moved."
    )


def widens(row: Any, values: Values) -> bool:
    """Whether the new days hold a day that the row's present ones do not."""
    first, last = values["valid_from"], values.get("valid_to")
    later = row.valid_to is not None and (last is None or last > row.valid_to)
    return bool(first < row.valid_from or later)


def others_who_appoint(session: Session, organisation_id: int, person_id: int) -> list[str]:
    """Names of those besides the person who may change who stands at the organisation's desks today."""
    tree, day = current_gate().tree, today()
    found = []
    for other_id, name in _with_roles_above(session, organisation_id, day):
        reach = tops(tree, roles_of(session, other_id, day), MANAGE, day)
        if other_id != person_id and any(tree.reaches(top, organisation_id) for top in reach):
            found.append(name)
    return found


def _with_roles_above(session: Session, organisation_id: int, day: date) -> list[tuple[int, str]]:
    """People with a role and a working account at the organisation or above it, up to its payer, by name."""
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


def _has_claims(session: Session, payer_id: int) -> bool:
    with related("whether the payer's first claim has come"):
        found = session.scalar(select(Sheet.id).where(Sheet.organisation_id == payer_id).limit(1))
    return found is not None
