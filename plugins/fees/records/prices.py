"""What work pays: work types, rates with their prices, yearly amounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.api import Field, Record, current_gate, db
from plugins.fees.models import Rate, RateVersion, WorkType, YearlyTable
from plugins.fees.price_reading import path_to_payer
from plugins.fees.records.common import UNTIL_FURTHER, days, one_of, organisation
from plugins.fees.setup import rates, work_types

RATES_VIEW, RATES_MANAGE = "fees.rates.view", "fees.rates.manage"
MOST_CENTS = 100_000
MOST_MINUTES = 24 * 60
UNITS = {"hour": _l("Hour"), "lesson": _l("Lesson (45 min)")}
PAYMENT_CLASSES = {
    "wage": _l("Wage"),
    "lecture": _l("Lecture or meeting fee"),
    "work_compensation": _l("Work compensation"),
}
INCOME_TYPES = {
    "201": _l("201 Time-rate pay"),
    "214": _l("214 Lecture fee"),
    "210": _l("210 Meeting fee"),
    "336": _l("336 Non-wage compensation for work"),
}
YEARLY_KINDS = {
    "km": _l("Kilometre, own car"),
    "passenger": _l("Passenger, per kilometre"),
    "full_day": _l("Daily allowance, over 10 hours"),
    "part_day": _l("Part-day allowance, over 6 hours"),
}


def _work_types(organisation_id: int) -> list[tuple[int, Any]]:
    """The organisation's own work types and those it inherits."""
    path = path_to_payer(current_gate().tree, organisation_id)
    wanted = select(WorkType.id, WorkType.name).where(WorkType.organisation_id.in_(path), WorkType.active)
    rows = db.session().execute(wanted.order_by(WorkType.code, WorkType.id))
    return [(row.id, row.name) for row in rows]


def _rate_names(rate_ids: Collection[int]) -> dict[int, Any]:
    """The work type of each rate, or that it is for any."""
    work = WorkType.name.label("work_type")
    wanted = select(Rate.id, work).outerjoin(WorkType, WorkType.id == Rate.work_type_id)
    rows = db.session().execute(wanted.where(Rate.id.in_(rate_ids))).all()
    return {row.id: row.work_type or _("Any work type") for row in rows}


WORK_TYPES = Record(
    key="fees.work_types",
    label=_l("Work type"),
    plural=_l("Work types"),
    model=WorkType,
    order="code",
    read=RATES_VIEW,
    write=RATES_MANAGE,
    create=work_types.create,
    update=work_types.update,
    remove=work_types.remove,
    intro=_l("What the organisation pays for. Those of an organisation above are used here too."),
    fields=(
        Field(key="name", label=_l("Name"), type="texts", required=True),
        Field(key="code", label=_l("Code"), required=True, max=40, sortable=True,
              help=_l("Stands in the payroll file, so it must not tell anything about anybody's health.")),
        Field(key="unit", label=_l("Unit of work"), type="choice", choices=one_of(UNITS), required=True),
        Field(key="payment_class", label=_l("Payment class"), type="choice", choices=one_of(PAYMENT_CLASSES),
              required=True, default="wage"),
        Field(key="income_type", label=_l("Income type"), type="choice", choices=one_of(INCOME_TYPES),
              in_list=False, help=_l("The code of the Incomes Register.")),
        Field(key="active", label=_l("In use"), type="yesno", default=True),
        organisation(),
    ),
)  # fmt: skip

PRICES = Record(
    key="fees.rate_versions",
    label=_l("Price"),
    plural=_l("Prices"),
    model=RateVersion,
    order="valid_from",
    descending=True,
    parent="rate_id",
    read=RATES_VIEW,
    write=RATES_MANAGE,
    create=rates.create_version,
    update=rates.update_version,
    remove=rates.remove_version,
    fields=(
        *days(first_help=_l("The day of work decides which price counts, not the day of claiming."),
               last_help=UNTIL_FURTHER),
        Field(key="unit_cents", label=_l("Amount per hour or lesson, €"), type="money", required=True,
              min=0, max=MOST_CENTS),
        Field(key="step_minutes", label=_l("Rounded up to, minutes"), type="integer", min=1, max=MOST_MINUTES,
              default=30, in_list=False,
              help=_l("Hours only. 30 means the next half hour, 1 the exact time.")),
        Field(key="minimum_minutes", label=_l("At least, minutes"), type="integer", min=0, max=MOST_MINUTES,
              in_list=False, help=_l("Hours only. 60 means that shorter work is paid as one hour.")),
        Field(key="preparation_unit_cents", label=_l("Preparation per hour, €"), type="money",
              min=0, max=MOST_CENTS, help=_l("Leave empty when preparation is not paid separately.")),
        Field(key="preparation_cap_minutes", label=_l("Preparation at most, minutes"), type="integer",
              min=0, max=MOST_MINUTES, in_list=False, help=_l("For one day and place of work.")),
    ),
)  # fmt: skip

RATE = Record(
    key="fees.rates",
    label=_l("Rate"),
    plural=_l("Rates"),
    model=Rate,
    order="unit",
    read=RATES_VIEW,
    write=RATES_MANAGE,
    create=rates.create,
    remove=rates.remove,
    children=(PRICES,),
    intro=_l("What work pays. Where an organisation has no rate of its own, the nearest one above counts."),
    fields=(
        Field(key="work_type_id", label=_l("Work type"), type="reference", choices=_work_types,
              column="id", names=_rate_names, fixed=True,
              help=_l("Leave empty when the rate is for any work type in the same unit of work.")),
        Field(key="unit", label=_l("Unit of work"), type="choice", choices=one_of(UNITS), fixed=True,
              help=_l("Needed only when no work type is chosen.")),
        organisation(),
    ),
)  # fmt: skip

YEARLY_TABLES = Record(
    key="fees.yearly_tables",
    label=_l("Yearly amount"),
    plural=_l("Yearly amounts"),
    model=YearlyTable,
    order="year",
    descending=True,
    within=lambda: YearlyTable.id.is_not(None),
    read=RATES_VIEW,
    intro=_l("Amounts the Tax Administration confirms for each year. They are the same for everybody, so the "
             "operator of the service adds them."),
    fields=(
        Field(key="year", label=_l("Year"), type="integer", sortable=True),
        Field(key="kind", label=_l("What for"), type="choice", choices=one_of(YEARLY_KINDS)),
        Field(key="cents", label=_l("Amount"), type="money"),
        Field(key="source", label=_l("Source")),
    ),
)  # fmt: skip
