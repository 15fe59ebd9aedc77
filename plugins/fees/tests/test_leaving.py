"""Somebody leaves: without a role or an account nobody stands at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.extensions import db
from core.users.models import Membership
from core.users.services import disable_account, end_membership
from plugins.fees.errors import ClaimNotFound, NotAllowed
from plugins.fees.verify import verify
from tests.support.payers import MONDAY, Payers

Leaving = Callable[[Payers, str], None]


def lose_roles(payers: Payers, name: str) -> None:
    """Every role of the person ends."""
    with payers.app.app_context():
        roles = db.session.scalars(
            select(Membership.id).where(Membership.person_id == payers.people[name])
        ).all()
        for role in roles:
            end_membership(role, actor_id=None, at=MONDAY)
        db.session.remove()


def lose_account(payers: Payers, name: str) -> None:
    """The person's account is disabled."""
    with payers.app.app_context():
        disable_account(payers.people[name], actor_id=None, at=MONDAY)
        db.session.remove()


leaving = pytest.mark.parametrize("leave", [lose_roles, lose_account])


@leaving
def test_who_left_neither_decides_nor_sees(payers: Payers, leave: Leaving) -> None:
    claim_id = payers.send().claim_ids[0]
    leave(payers, "outi")
    with pytest.raises((NotAllowed, ClaimNotFound)):
        payers.move(claim_id, 1, "approve", "outi")


@leaving
def test_nobody_left_at_the_next_step_means_the_administrator(payers: Payers, leave: Leaving) -> None:
    claim_id = payers.send().claim_ids[0]
    leave(payers, "lauri")
    moved = payers.move(claim_id, 1, "approve", "outi")
    assert moved.desk_id == payers.desks["laukaa", "administrator"]
    assert moved.note == "no_eligible_member"


@leaving
def test_a_claim_left_alone_can_be_moved_on(payers: Payers, leave: Leaving) -> None:
    claim_id = payers.send().claim_ids[0]
    at_ylva = payers.desks["laukaa", "unit_head"]
    with pytest.raises(NotAllowed):
        _move(payers, claim_id, at_ylva)
    leave(payers, "outi")
    assert _move(payers, claim_id, at_ylva) == at_ylva


def _move(payers: Payers, claim_id: int, desk_id: int) -> int | None:
    from core.scope import NodeScope, set_scope
    from plugins.fees.kernel.transition import transition

    with payers.app.app_context():
        top = payers.at["laukaa"]
        set_scope(db.session(), NodeScope(top, payers.people["penni"], "fees.claims.move", (top,)))
        try:
            return transition(claim_id, 1, "move", payers.people["penni"], desk_id=desk_id, at=MONDAY).desk_id
        finally:
            db.session.remove()


@leaving
def test_a_desk_without_anybody_is_an_invariant_broken_unless_the_administrator_is_there(
    payers: Payers, leave: Leaving
) -> None:
    payers.send()
    leave(payers, "outi")
    assert _numbers(payers) == []
    leave(payers, "penni")
    assert _numbers(payers) == [2]


def _numbers(payers: Payers) -> list[int]:
    with payers.anywhere() as session:
        return sorted({violation.number for violation in verify(session)})
