"""The module's menu entries."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from flask_babel import lazy_gettext as _l

from core.api import MenuItem, db
from plugins.fees.states import ADMINISTRATOR, PAYROLL, STEP_KINDS
from plugins.fees.waiting import count_to_move, count_waiting, stands_at


@dataclass(frozen=True)
class Waiting:
    """What waits for a person at desks: to decide, to move, and whether they stand at such a desk at all.

    `at_payroll`: whether they stand at a payroll desk; what waits there is asked where it is shown.
    """

    to_decide: int
    to_move: int
    at_a_desk: bool
    at_payroll: bool


def waiting(person_id: int) -> Waiting:
    """What waits for the person, counted once per page: menu and card show the same."""
    if "fees_waiting" not in g:
        g.fees_waiting = _count(person_id)
    found: Waiting = g.fees_waiting
    return found


def _count(person_id: int) -> Waiting:
    session = db.session()
    kinds = stands_at(session, person_id)
    decides, moves = not kinds.isdisjoint(STEP_KINDS), ADMINISTRATOR in kinds
    return Waiting(
        count_waiting(session, person_id) if decides else 0,
        count_to_move(session, person_id) if moves else 0,
        decides or moves,
        PAYROLL in kinds,
    )


def waiting_for(person_id: int) -> int | None:
    """The menu's count; None for somebody who stands at no desk where claims are decided or moved."""
    found = waiting(person_id)
    return found.to_decide + found.to_move if found.at_a_desk else None


MENU = (
    MenuItem("fees.mine", _l("Fees"), where="me", order=20),
    MenuItem("fees.queue", _l("To approve"), where="me", order=30, count=waiting_for),
    MenuItem("fees_org.claims", _l("Fees"), permission="fees.claims.view", order=20),
    MenuItem("fees_org.payroll", _l("Payroll batches"), permission="fees.payroll", order=30),
)
