"""The module's menu entries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.api import MenuItem, db
from plugins.fees.reading import count_waiting, stands_at_a_step


def waiting_for(person_id: int) -> int | None:
    """How many claims wait for the person's decision; None for somebody who stands at no desk of a chain."""
    session = db.session()
    waiting = count_waiting(session, person_id)
    return waiting if waiting or stands_at_a_step(session, person_id) else None


MENU = (
    MenuItem("fees.mine", _l("Fees"), where="me", order=20),
    MenuItem("fees.queue", _l("To approve"), where="me", order=30, count=waiting_for),
    MenuItem("fees_org.claims", _l("Fees"), permission="fees.claims.view", order=20),
    MenuItem("fees_org.payroll", _l("Payroll batches"), permission="fees.payroll", order=30),
)
