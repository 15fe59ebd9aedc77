"""Moving a claim: from the administrator's desk alone, by the payer's administrator, to the payer's desks."""

from __future__ import annotations

import pytest

from core.api import NodeScope, PersonScope, db, set_scope, unscoped
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.kernel.situation import read_claims
from plugins.fees.kernel.transition import transition
from plugins.fees.payroll.batches import seal
from plugins.fees.tests.test_kernel import absent
from tests.support.payers import Payers


@pytest.fixture
def stuck(payers: Payers) -> int:
    """A claim nobody at its step may decide: it waits at the administrator's desk."""
    absent(payers, "school", "line_manager", "lauri", "aino")
    claim_id = payers.send().claim_ids[0]
    assert payers.move(claim_id, 1, "approve", "outi").desk_id == payers.desks["laukaa", "administrator"]
    return claim_id


def move_from(payers: Payers, place: str, permission: str, claim_id: int, version: int) -> str:
    """Move it from a page of an organisation by somebody who stands at no desk."""
    with payers.app.app_context():
        top, saku = payers.at[place], payers.people["saku"]
        set_scope(db.session(), NodeScope(top, saku, permission, (top,)))
        try:
            desk_id = payers.desks["laukaa", "unit_head"]
            return transition(claim_id, version, "move", saku, desk_id=desk_id).state
        finally:
            db.session.remove()


def test_a_claim_with_a_handler_is_not_moved(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    with pytest.raises(NotAllowed, match="has_a_handler"):
        move_from(payers, "laukaa", "fees.claims.move", claim_id, 1)


def test_no_claim_goes_to_another_payers_desk(stuck: int, payers: Payers) -> None:
    for place, kind in (("mental", "head_nurse"), ("hyvaks", "unit_head")):
        with pytest.raises(FeeError, match="no_such_desk"):
            payers.move(stuck, 2, "move", "penni", desk_id=payers.desks[place, kind])


def test_the_permission_must_reach_the_payer(stuck: int, payers: Payers) -> None:
    for place, permission in (("school", "fees.claims.move"), ("laukaa", "fees.claims.view")):
        with pytest.raises(NotAllowed, match="not_administrator"):
            move_from(payers, place, permission, stuck, 2)
    assert move_from(payers, "laukaa", "fees.claims.move", stuck, 2) == "in_approval"


def test_payroll_of_a_unit_seals_nothing(payers: Payers) -> None:
    payers.approved()
    with payers.payroll("saku", "school"), pytest.raises(NotAllowed, match="not_payroll"):
        seal(payers.at["laukaa"], payers.people["saku"])


def test_what_a_session_may_see_decides_what_it_moves(payers: Payers) -> None:
    """The same rule as everywhere, `unscoped` included."""
    claim_id = payers.send().claim_ids[0]
    with payers.app.app_context(), unscoped("test"):
        set_scope(db.session(), PersonScope(payers.people["veikko"]))
        assert [claim.id for claim in read_claims(db.session(), [claim_id])] == [claim_id]
        db.session.remove()
