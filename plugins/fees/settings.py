"""What a payer, or a unit of it, may set about fees; and reading it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from flask_babel import lazy_gettext as _l

from core.api import Setting, SettingsUnreadable, setting
from plugins.fees.due import OWN_DAYS, PAYROLL_DAYS
from plugins.fees.quote_values import Tax, TravelRule

ALLOWANCES = (("none", _l("Not paid")), ("tax_free", _l("Tax-free")), ("taxable", _l("Taxable")))
ALLOWANCE_CLASSES = {
    "wage": _l("Daily allowance with a wage"),
    "lecture": _l("Daily allowance with a lecture or meeting fee"),
    "work_compensation": _l("Daily allowance with work compensation"),
}
SETTINGS = (
    Setting(
        key="returned_days",
        label=_l("Working days to complete a returned form"),
        type="integer",
        default=OWN_DAYS,
        min=1,
        max=60,
        required=True,
        by_controller=True,
    ),
    Setting(
        key="payroll_days",
        label=_l("Working days for payroll to handle an approved form"),
        type="integer",
        default=PAYROLL_DAYS,
        min=1,
        max=60,
        required=True,
        by_controller=True,
    ),
    Setting(
        key="claim_days",
        label=_l("How many days after the work it can be claimed"),
        help=_l("An empty value of your own: no limit. A returned form can be completed later too."),
        type="integer",
        min=7,
        max=3660,
        by_controller=True,
    ),
    *(
        Setting(
            key=f"allowance_{payment}",
            label=label,
            help=_l("Part-day and full daily allowances of the year, by the time away."),
            type="choice",
            choices=ALLOWANCES,
            default="none",
            by_controller=True,
        )
        for payment, label in ALLOWANCE_CLASSES.items()
    ),
    Setting(
        key="kilometres",
        label=_l("Kilometres of an own car"),
        type="choice",
        choices=ALLOWANCES[1:],
        default="tax_free",
        by_controller=True,
    ),
    Setting(
        key="contact",
        label=_l("Who answers questions about fees"),
        help=_l("Experts see this on their forms. Write a shared address or number rather than a person's."),
        max=200,
    ),
)


def working_days(key: Literal["returned_days", "payroll_days"], payer_id: int) -> int:
    """How long a claim may stay at the sender's or at payroll's desk."""
    days: int = setting("fees", key, payer_id)
    return days


def claim_days(organisation_id: int, day: date, today: date) -> int | None:
    """How many days the payer allows, when work of `day` is older than that."""
    days: int | None = setting("fees", "claim_days", organisation_id)
    return days if days is not None and day < today - timedelta(days=days) else None


def travel_rule(payer_id: int, payment_class: str) -> TravelRule:
    """How the payer pays journeys of work in a payment class."""
    allowance: Tax = setting("fees", f"allowance_{payment_class}", payer_id) or "none"
    kilometres: Tax = setting("fees", "kilometres", payer_id) or "tax_free"
    return TravelRule(allowance, kilometres)


def contact(organisation_id: int) -> str:
    """Whom a claim's page tells to ask. The page itself is shown even when settings cannot be read."""
    try:
        return str(setting("fees", "contact", organisation_id) or "")
    except SettingsUnreadable:
        return ""
