"""What a set-up file changes, each thing in one line for people."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from core.api import day, money
from plugins.fees.records.prices import PAYMENT_CLASSES, UNITS
from plugins.fees.setup.common import Values
from plugins.fees.words import DESK_KIND


def work_words(values: Values) -> str:
    """A work type in one line."""
    unit = UNITS.get(values["unit"], values["unit"])
    use = "" if values["active"] else _("not in use")
    paid = PAYMENT_CLASSES.get(values["payment_class"], values["payment_class"])
    words = (values["name"], unit, paid, values["income_type"], use)
    return ", ".join(str(word) for word in words if word)


def price_words(values: Values) -> str:
    """A price in one line: its amount and days, and what else it says."""
    last, preparation = values["valid_to"], values["preparation_unit_cents"]
    found = [f"{money(values['unit_cents'])}, {day(values['valid_from'])}–{day(last) if last else ''}"]
    found.append(_("rounded up to %(number)s min", number=values["step_minutes"]))
    if values["minimum_minutes"]:
        found.append(_("at least %(number)s min", number=values["minimum_minutes"]))
    if preparation is not None:
        found.append(_("preparation %(sum)s", sum=money(preparation)))
    if values["preparation_cap_minutes"]:
        found.append(_("preparation at most %(number)s min", number=values["preparation_cap_minutes"]))
    return ", ".join(found)


def chain_words(steps: Sequence[tuple[str, int]]) -> str:
    """Desks in their order, with the days that each has."""
    days = {number: ngettext("%(num)d day", "%(num)d days", number) for _kind, number in steps}
    return " → ".join(f"{DESK_KIND[kind]} ({days[number]})" for kind, number in steps)
