"""The module's menu entries."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext as _l

from core.api import MenuItem, db
from plugins.fees.waiting import count_waiting, stands_at_a_step


def waiting(person_id: int) -> int:
    """How many claims wait for the person's decision, counted once per page: menu and card show the same."""
    if "fees_waiting" not in g:
        g.fees_waiting = count_waiting(db.session(), person_id)
    return int(g.fees_waiting)


def waiting_for(person_id: int) -> int | None:
    """The menu's count; None for somebody who stands at no desk of a chain."""
    return waiting(person_id) or (0 if stands_at_a_step(db.session(), person_id) else None)


MENU = (
    MenuItem("fees.mine", _l("Fees"), where="me", order=20),
    MenuItem("fees.queue", _l("To approve"), where="me", order=30, count=waiting_for),
    MenuItem("fees_org.claims", _l("Fees"), permission="fees.claims.view", order=20),
    MenuItem("fees_org.payroll", _l("Payroll batches"), permission="fees.payroll", order=30),
)
