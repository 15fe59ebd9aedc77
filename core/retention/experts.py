"""Experts who left longer ago than their controller keeps them: they are erased (GDPR 5(1)(e))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select

from core.experts.models import Expert
from core.extensions import db
from core.modules.spec.refusals import Refusal, Refused
from core.records.errors import Invalid
from core.retention.parts import begins, years_before
from core.scope import JobScope, unscoped
from core.trust.erasing import erase, try_out
from core.users.models import Person


class Left(NamedTuple):
    """Somebody who left, and the organisation that kept the record."""

    person_id: int
    organisation_id: int


def who_left(controller_id: int, day: date, years: int | None) -> Sequence[Left]:
    """Whose consent or work ended so many years before the day; nobody while it is undecided."""
    if years is None:
        return ()
    last = years_before(day, years)
    query = (
        select(Expert.person_id, Expert.organisation_id)
        .join(Person, Person.id == Expert.person_id)
        .where(
            Expert.owned_within(JobScope(controller_id)),
            Expert.merged_into_id.is_(None),
            Person.blanked_at.is_(None),
            or_(Expert.withdrawn_at < begins(last), Expert.ended_on < last),
        )
        .order_by(Expert.id)
    )
    with unscoped("experts whose time in the register is over"):
        return [Left(*row) for row in db.session().execute(query).all()]


def go(who: Left, *, dry: bool) -> bool:
    """Erase somebody, or find out whether that could be done; False where it must wait.

    A role somebody still holds, a payment on its way or a module that cannot answer makes them wait: the next
    run asks again.
    """
    try:
        if dry:
            try_out(who.person_id, organisation_id=who.organisation_id)
        else:
            erase(who.person_id, actor_id=None, organisation_id=who.organisation_id)
    except (Invalid, Refusal, Refused):
        return False
    return True
