"""Taking back what one decided: until somebody acts, and while one still stands at the desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.users.models import Membership
from plugins.fees import models as m
from plugins.fees.errors import NotAllowed
from plugins.fees.tests.test_kernel import absent, claim, clean
from tests.support.payers import MONDAY, Payers


def test_undo_until_somebody_acts(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    before = claim(payers, claim_id)
    later = MONDAY + timedelta(days=1)
    payers.move(claim_id, 1, "approve", "outi", at=later)
    payers.move(claim_id, 2, "undo", "outi", at=later)
    after = claim(payers, claim_id)
    same = ("state", "desk_id", "since", "due_at", "step_no", "total_cents")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    payers.move(claim_id, 3, "approve", "outi")
    payers.move(claim_id, 4, "approve", "lauri")
    with pytest.raises(NotAllowed, match="not_the_actor"):
        payers.move(claim_id, 5, "undo", "outi")
    payers.move(claim_id, 5, "approve", "ylva")
    assert payers.move(claim_id, 6, "undo", "ylva").state == "in_approval"
    clean(payers)


def leaves_the_desk(payers: Payers, name: str) -> None:
    with payers.anywhere() as session:
        for member in session.scalars(select(m.DeskMember).filter_by(person_id=payers.people[name])):
            member.valid_to = MONDAY.date() - timedelta(days=1)


def loses_the_role(payers: Payers, name: str) -> None:
    with payers.anywhere() as session:
        for role in session.scalars(select(Membership).filter_by(person_id=payers.people[name])):
            role.valid_to = MONDAY.date() - timedelta(days=1)


@pytest.mark.parametrize("ends", [leaves_the_desk, loses_the_role])
def test_who_left_the_desk_takes_no_approval_back(
    payers: Payers, ends: Callable[[Payers, str], None]
) -> None:
    first, last = payers.send().claim_ids[0], payers.approved(key="k2")
    payers.move(first, 1, "approve", "outi")
    for name in ("outi", "ylva"):
        ends(payers, name)
    with pytest.raises(NotAllowed, match="not_at_this_desk"):
        payers.move(first, 2, "undo", "outi")
    with pytest.raises(NotAllowed, match="not_at_this_desk"):
        payers.move(last, 4, "undo", "ylva")
    assert claim(payers, last).state == "approved"
    clean(payers)


def test_a_deputy_takes_back_while_the_absence_lasts(payers: Payers) -> None:
    absent(payers, "school", "orderer", "outi", "lauri")
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "approve", "lauri", acting_for=payers.people["outi"])
    after = MONDAY + timedelta(days=14)
    with pytest.raises(NotAllowed, match="not_at_this_desk"):
        payers.move(claim_id, 2, "undo", "lauri", at=after)
    assert payers.move(claim_id, 2, "undo", "lauri").state == "submitted"
    clean(payers)
