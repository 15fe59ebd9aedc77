"""How areas, training and engagements look on an expert's page. Areas need a permission of their own."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from core.database.types import today
from core.experts import choices
from core.experts.details import services
from core.experts.details.models import ExperienceArea, ExpertArea, ExpertEngagement, ExpertTraining
from core.experts.details.services import AREA, ENGAGEMENT, SEE_AREAS, TRAINING
from core.experts.words import PURPOSE, RETENTION
from core.records.description import Field, Record
from core.records.fields import Reference

__all__ = ["AREAS", "ENGAGEMENTS", "SEE_AREAS", "TRAININGS"]
PERSONAL: dict[str, Any] = {"personal": True, "purpose": PURPOSE, "retention": RETENTION}
# The viewpoint stands first, because a page is titled by what stands first: an area is in no title.
AREAS = Record(
    key=AREA,
    label=_l("Experience area"),
    plural=_l("Experience areas"),
    model=ExpertArea,
    parent="expert_id",
    order="id",
    read=SEE_AREAS,
    write=SEE_AREAS,
    subject="person_id",
    sensitive=True,
    create=services.add_area,
    update=services.change_area,
    remove=services.remove_area,
    fields=(
        Field(key="viewpoint", label=_l("Whose experience"), type="choice", choices=choices.viewpoints,
              required=True, default="own", log_values=False, in_export=False, **PERSONAL),
        Field(key="area_id", label=_l("Experience area"), type="reference",
              reference=Reference(ExperienceArea, order="sort"), choices=choices.areas,
              names=choices.area_names, required=True, log_values=False, in_export=False, **PERSONAL),
        Field(key="main", label=_l("The main one"), type="yesno", log_values=False, in_export=False,
              **PERSONAL),
    ),
)  # fmt: skip
TRAININGS = Record(
    key=TRAINING,
    label=_l("Training of an expert"),
    plural=_l("Trainings"),
    model=ExpertTraining,
    parent="expert_id",
    order="id",
    read="core.experts.view",
    write="core.experts.manage",
    subject="person_id",
    create=services.add_training,
    update=services.change_training,
    remove=services.remove_training,
    fields=(
        Field(key="kind", label=_l("Kind"), type="choice", choices=choices.trainings, required=True,
              default="basic", **PERSONAL),
        Field(key="state", label=_l("State"), type="choice", choices=choices.training_states, required=True,
              default="completed", chips={"completed": "ok", "underway": "wait", "ended": "plain"},
              **PERSONAL),
        Field(key="course", label=_l("Course"), max=120, **PERSONAL),
        Field(key="organiser", label=_l("Organiser"), max=120, in_list=False, **PERSONAL),
        Field(key="year", label=_l("Year"), type="integer", min=1980, max=2100, **PERSONAL),
        Field(key="hours", label=_l("Hours"), type="integer", min=1, max=5000, in_list=False, **PERSONAL),
        Field(key="seen", label=_l("I have seen the certificate"), type="yesno", in_list=False,
              loads=services.seen, stores=services.keep_seen, in_detail=False, in_export=False, **PERSONAL),
        Field(key="seen_by", label=_l("Certificate seen by"), type="person", in_form=False,
              purpose=PURPOSE, retention=RETENTION),
        Field(key="seen_on", label=_l("Certificate seen"), type="date", in_list=False, in_form=False,
              loads=services.seen_on, **PERSONAL),
    ),
)  # fmt: skip
ENGAGEMENTS = Record(
    key=ENGAGEMENT,
    label=_l("Engagement"),
    plural=_l("Engaged by"),
    model=ExpertEngagement,
    parent="expert_id",
    order="id",
    read="core.experts.view",
    write="core.experts.manage",
    subject="person_id",
    create=services.add_engagement,
    update=services.change_engagement,
    remove=services.remove_engagement,
    fields=(
        Field(key="by_organisation_id", label=_l("Organisation"), type="organisation", required=True,
              choices=services.engagers, **PERSONAL),
        Field(key="valid_from", label=_l("From"), type="date", required=True, default=today, **PERSONAL),
        Field(key="valid_to", label=_l("To"), type="date", **PERSONAL),
    ),
)  # fmt: skip
