"""How the register of experts looks."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from core.experts import choices
from core.experts.details import keeping, records
from core.experts.details.models import ExpertArea, ExpertLanguage, ExpertMunicipality
from core.experts.models import Expert
from core.experts.services import RECORD, create_expert, update_expert
from core.experts.words import PURPOSE, RETENTION, SECTIONS
from core.organisations.municipalities import municipality_choices
from core.records.acting import Action, row_by_row
from core.records.description import Field, Record
from core.users.models import Person


def _set_status(status: str, expert_id: int, actor_id: int) -> None:
    update_expert(expert_id, {"status": status}, actor_id)


PERSONAL: dict[str, Any] = {"personal": True, "purpose": PURPOSE, "retention": RETENTION}
REACHED: dict[str, Any] = {
    "purpose": PURPOSE,
    "retention": RETENTION,
    "in_list": False,
    "section": SECTIONS["contact"],
}
WORK: dict[str, Any] = {**PERSONAL, "in_list": False, "section": SECTIONS["work"]}
WHEN: dict[str, Any] = {**PERSONAL, "in_list": False, "section": SECTIONS["when"]}
EXPERTS = Record(
    key=RECORD,
    label=_l("Expert by experience"),
    plural=_l("Experts by experience"),
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    within=lambda: Expert.merged_into_id.is_(None),
    subject="person_id",
    sensitive=True,
    more=((_l("Data and consents"), "trust.of_expert"),),
    create=create_expert,
    update=update_expert,
    same=(("email",), ("phone",), ("name", "municipality")),
    export="core.experts.export",
    children=(records.AREAS, records.TRAININGS, records.ENGAGEMENTS),
    actions=(
        Action(key="pause", label=_l("Mark as on a break"), permission="core.experts.manage",
               run=row_by_row(partial(_set_status, "paused")),
               text=_l("They are offered no tasks until they are marked as active again.")),
        Action(key="activate", label=_l("Mark as active"), permission="core.experts.manage",
               run=row_by_row(partial(_set_status, "active")), text=_l("They can be offered tasks.")),
    ),
    fields=(
        Field(key="name", label=_l("Name"), required=True, sortable=True, sort_column="sort_key",
              searchable=True, filterable=True, **PERSONAL),
        Field(key="municipality", label=_l("Home municipality"), type="municipality", searchable=True,
              filterable=True, **PERSONAL),
        Field(key="title", label=_l("Title"), type="choice", choices=choices.titles, default="trained",
              required=True, filterable=True, **PERSONAL),
        Field(key="status", label=_l("Status"), type="choice", choices=choices.statuses, default="active",
              required=True, filterable=True, chips={"active": "ok", "paused": "wait", "ended": "plain"},
              **PERSONAL),
        Field(key="another", label=_l("This is somebody else"), type="yesno", fixed=True, in_list=False,
              in_detail=False, in_export=False, in_import=False, loads=lambda _ids: {},
              help=_l("Choose this only if the register told that it knows somebody alike.")),
        Field(key="email", label=_l("E-mail"), type="email", searchable=True,
              loads=keeping.contact(Person.email),
              stores=keeping.kept_by_the_person, help=_l("Leave empty if the person uses no e-mail."),
              **REACHED),
        Field(key="phone", label=_l("Phone"), type="phone", searchable=True,
              loads=keeping.contact(Person.phone),
              stores=keeping.kept_by_the_person, **REACHED),
        Field(key="languages", label=_l("Languages"), type="several", choices=choices.languages,
              loads=keeping.loaded(ExpertLanguage, "code"), stores=keeping.kept(ExpertLanguage, "code"),
              criterion=keeping.asked(ExpertLanguage, "code"), filterable=True, **WORK),
        Field(key="municipalities", label=_l("Takes tasks in"), type="several", choices=municipality_choices,
              loads=keeping.loaded(ExpertMunicipality, "code"),
              stores=keeping.kept(ExpertMunicipality, "code"),
              criterion=keeping.asked(ExpertMunicipality, "code"), filterable=True, **WORK),
        Field(key="car", label=_l("Has a car to use"), type="yesno", filterable=True, **WORK),
        Field(key="remote", label=_l("Takes tasks remotely"), type="yesno", filterable=True, **WORK),
        Field(key="weekly", label=_l("Usually free"), type="several", choices=choices.times, **WHEN),
        Field(key="not_before", label=_l("Not before"), type="date", **WHEN),
        Field(key="not_after", label=_l("Not after"), type="date", **WHEN),
        Field(key="availability", label=_l("More about when I can come"), type="longtext", max=200,
              help=_l("At most 200 characters. Do not write about anybody's health."), **WHEN),
        Field(key="areas", label=_l("Experience area"), type="several", choices=choices.areas,
              names=choices.area_names, loads=keeping.main_areas,
              criterion=keeping.asked(ExpertArea, "area_id"), filterable=True, read=records.SEE_AREAS,
              in_list=False, in_form=False, in_detail=False, in_export=False, log_values=False, **PERSONAL),
        Field(key="trained", label=_l("Trained"), type="yesno", loads=keeping.trained("basic"),
              criterion=keeping.trained_criterion("basic"), filterable=True, in_list=False, in_form=False,
              **PERSONAL),
        Field(key="checked_on", label=_l("Details checked"), type="date", in_list=False, in_form=False,
              **PERSONAL),
        Field(key="stale", label=_l("Details to be checked"), type="yesno", loads=keeping.stale,
              criterion=keeping.stale_criterion, filterable=True, in_list=False, in_form=False,
              in_export=False, **PERSONAL),
        Field(key="organisation_id", label=_l("Responsible organisation"), type="organisation", in_list=False,
              in_form=False, filterable=True),
    ),
)  # fmt: skip
