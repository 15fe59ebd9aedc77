"""Rows of fees in any organisation, for the contract: set up once, then claims in two states each time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import count

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import Texts, today
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.scope import NodeScope, PersonScope, set_scope, unscoped
from core.users.models import Person
from plugins.fees import models as m
from plugins.fees.drafts import save_task
from plugins.fees.kernel.submit import submit
from plugins.fees.kernel.transition import transition
from plugins.fees.payroll.batches import mark_paid, seal
from plugins.fees.sheet import SheetLine
from plugins.fees.states import SUBMITTED
from tests.support.payers import Payers, chain, desk, employ, person, rate

HERE = "here"
_days = count(1)


def word(organisation_id: int) -> str:
    """What stands in the claims of an organisation alone."""
    return f"Fee canary of {organisation_id}"


def plant(organisation_id: int, person_id: int) -> str:
    """A claim that waits, one that is in a batch, and an unfinished form, all of them the person's."""
    with unscoped("a test sets an organisation up"):
        if not _is_set_up(organisation_id):
            _set_up(organisation_id)
    approver, clerk = _at_desk(organisation_id, "unit_head"), _at_desk(organisation_id, "payroll")
    claim_id, _number = send(organisation_id, person_id)
    with standing(PersonScope(approver)):
        transition(claim_id, 1, "approve", approver)
    with standing(NodeScope(organisation_id, clerk, "fees.payroll", (organisation_id,))):
        seal(organisation_id, clerk)
    send(organisation_id, person_id)
    with standing(PersonScope(person_id)):
        save_task(person_id, secrets.token_hex(16), None, {"unit": str(organisation_id), "message": "draft"})
    return word(organisation_id)


def send(organisation_id: int, person_id: int) -> tuple[int, str]:
    """A claim of two hours on a day of its own; its id and its number."""
    day = today() - timedelta(days=next(_days) % 200 + 1)
    with standing(PersonScope(person_id)) as session:
        with unscoped("a test looks for a work type"):
            here = m.WorkType.organisation_id == organisation_id
            work = session.scalars(select(m.WorkType.id).where(here, m.WorkType.code == HERE)).one()
        line = SheetLine(organisation_id=organisation_id, work_type_id=work, day=day, start=time(9),
                         end=time(11), message=word(organisation_id))  # fmt: skip
        sent = submit(person_id, secrets.token_hex(16), [line])
        return sent.claim_ids[0], sent.number


def finish(organisation_id: int) -> None:
    """Take back what waits, and pay what is in a batch."""
    clerk = _at_desk(organisation_id, "payroll")
    with unscoped("a test looks for open claims"):
        here = m.Claim.organisation_id == organisation_id
        found = db.session.scalars(select(m.Claim).where(here, m.Claim.state == SUBMITTED))
        waiting = [(claim.id, claim.version, claim.submitter_id) for claim in found]
        of_payer = m.Batch.organisation_id == organisation_id
        batches = list(db.session.scalars(select(m.Batch.id).where(of_payer)))
    for claim_id, version, submitter in waiting:
        with standing(PersonScope(submitter)):
            transition(claim_id, version, "withdraw", submitter)
    for batch_id in batches:
        with standing(NodeScope(organisation_id, clerk, "fees.payroll", (organisation_id,))):
            mark_paid(batch_id, clerk)


@contextmanager
def standing(scope: PersonScope | NodeScope) -> Iterator[Session]:
    """A session of its own in a scope."""
    with current_app.app_context():
        set_scope(db.session(), scope)
        try:
            yield db.session()
        finally:
            db.session.remove()


def receipts(organisation_id: int, _person_id: int) -> Iterator[dict[str, str]]:
    """Numbers of what was sent there."""
    found = db.session.scalars(select(m.Receipt).where(m.Receipt.organisation_id == organisation_id))
    yield from ({"number": receipt.text} for receipt in found)


def tasks(_organisation_id: int, person_id: int) -> Iterator[dict[str, str]]:
    """Unfinished forms of the person."""
    keys = db.session.scalars(select(m.Draft.submit_key).where(m.Draft.person_id == person_id))
    yield from ({"key": key, "task": "0"} for key in keys)


def drafts(organisation_id: int, person_id: int) -> Iterator[dict[str, str]]:
    """The same without the number of a task."""
    yield from ({"key": found["key"]} for found in tasks(organisation_id, person_id))


def _is_set_up(organisation_id: int) -> bool:
    here = select(m.WorkType.id).where(m.WorkType.organisation_id == organisation_id, m.WorkType.code == HERE)
    return db.session.scalar(here) is not None


def _set_up(organisation_id: int) -> None:
    """One step of approval, payroll, the administrator, one price for hours."""
    payers = Payers(current_app._get_current_object())  # type: ignore[attr-defined]  # the object itself
    payers.at[HERE] = organisation_id
    with writing() as session:
        for kind in ("unit_head", "payroll", "administrator"):
            desk(session, payers, HERE, kind, f"{kind}{organisation_id}")
            employ(session, payers, HERE, f"{kind}{organisation_id}")
        chain(session, payers, HERE, "unit_head")
        here = {"organisation_id": organisation_id}
        work = m.WorkType(**here, code=HERE, name=Texts(fi=HERE), unit="hour", income_type="210")
        session.add(work)
        session.flush()
        rate(session, payers, HERE, work.id, "hour", unit_cents=2500, valid_from=date(2020, 1, 1),
             step_minutes=30, minimum_minutes=60)  # fmt: skip
        _add_absence(session, payers, organisation_id)
        if session.scalar(select(m.YearlyTable.id)) is None:
            session.add(m.YearlyTable(year=today().year, kind="km", cents=55, source="Tax Administration"))
        raise_epoch(session)


def _add_absence(session: Session, payers: Payers, organisation_id: int) -> None:
    away, deputy = (person(session, payers, f"{kind}{organisation_id}") for kind in ("unit_head", "payroll"))
    days = {"valid_from": today() + timedelta(days=300), "valid_to": today() + timedelta(days=300)}
    here = {"organisation_id": organisation_id, "desk_id": payers.desks[HERE, "unit_head"]}
    session.add(m.DeskDeputy(**here, **days, for_person_id=away, deputy_person_id=deputy))


def _at_desk(organisation_id: int, kind: str) -> int:
    with unscoped("a test looks for who stands at a desk"):
        name = f"{kind}{organisation_id}".title()
        return db.session.scalars(select(Person.id).where(Person.name == name)).one()
