"""Who decides: approval chains with their versions and steps, desks with their people."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import format_datetime
from flask_babel import lazy_gettext as _l

from core.api import Field, Kept, Record, db
from plugins.fees.models import Chain, ChainStep, ChainVersion, Desk, DeskDeputy, DeskMember
from plugins.fees.records.common import UNTIL_FURTHER, days, one_of, organisation
from plugins.fees.setup import chains, desks, staffing
from plugins.fees.states import ADMINISTRATOR, OWN, PAYROLL, STEP_KINDS
from plugins.fees.words import DESK_KIND

CHAINS_VIEW, CHAINS_MANAGE = "fees.chains.view", "fees.chains.manage"
PURPOSE = _l("Deciding on claims")
# Claims stay for six years after the end of theirs, so up to seven after somebody left the desk.
CLAIMS_KEPT_YEARS = 7
RETENTION = _l("As long as the claims decided there are kept")


def _appointable(organisation_id: int) -> list[tuple[int, str]]:
    return staffing.appointable(db.session(), organisation_id)


def _moments(values: Collection[datetime]) -> dict[datetime, str]:
    return {value: format_datetime(value, "d.M.yyyy H.mm") for value in values}


def _person(key: str, label: Any, **more: Any) -> Field:
    return Field(key=key, label=label, type="person", required=True, choices=_appointable,
                 purpose=PURPOSE, retention=RETENTION, **more)  # fmt: skip


STEPS = Record(
    key="fees.chain_steps",
    label=_l("Step"),
    plural=_l("Steps"),
    model=ChainStep,
    order="no",
    parent="chain_version_id",
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=chains.create_step,
    update=chains.update_step,
    remove=chains.remove_step,
    fields=(
        Field(key="no", label=_l("Number"), type="integer", in_form=False),
        Field(key="desk_kind", label=_l("Desk"), type="choice", required=True,
              choices=one_of({kind: DESK_KIND[kind] for kind in STEP_KINDS})),
        Field(key="due_days", label=_l("Working days to decide"), type="integer", required=True, default=3,
              min=1, max=60),
    ),
)  # fmt: skip

VERSIONS = Record(
    key="fees.chain_versions",
    label=_l("Version"),
    plural=_l("Versions"),
    model=ChainVersion,
    order="number",
    descending=True,
    parent="chain_id",
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=chains.create_version,
    update=chains.update_version,
    remove=chains.remove_version,
    changeable=lambda row: row.published_at is None,
    children=(STEPS,),
    fields=(
        Field(key="number", label=_l("Number"), type="integer", in_form=False),
        Field(key="steps", label=_l("Steps"), column="id", names=chains.step_words, in_form=False),
        Field(key="published_at", label=_l("Published"), names=_moments, in_form=False),
        Field(key="publish", label=_l("Publish: new claims go by this version, and it no longer changes"),
              type="yesno", column="published_at", in_list=False, in_detail=False),
    ),
)  # fmt: skip

CHAIN = Record(
    key="fees.chains",
    label=_l("Approval chain"),
    plural=_l("Approval chains"),
    model=Chain,
    order="id",
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=chains.create,
    update=chains.update,
    remove=chains.remove,
    children=(VERSIONS,),
    intro=_l("Who decides on a claim, in which order. A claim keeps the version it was sent with. "
             "Where an organisation has no chain of its own, the nearest one above it counts."),
    fields=(
        Field(key="name", label=_l("Name"), required=True, max=120),
        organisation(),
    ),
)  # fmt: skip

MEMBERS = Record(
    key="fees.desk_members",
    label=_l("Person at the desk"),
    plural=_l("People at the desk"),
    model=DeskMember,
    order="valid_from",
    parent="desk_id",
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=desks.add_member,
    update=desks.change_member,
    remove=desks.remove_member,
    kept=Kept("valid_to", years=CLAIMS_KEPT_YEARS),
    fields=(_person("person_id", _l("Person"), fixed=True), *days(last_help=UNTIL_FURTHER)),
)

DEPUTIES = Record(
    key="fees.desk_deputies",
    label=_l("Deputy"),
    plural=_l("Deputies"),
    model=DeskDeputy,
    order="valid_from",
    parent="desk_id",
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=desks.add_deputy,
    update=desks.change_deputy,
    remove=desks.remove_deputy,
    kept=Kept("valid_to", years=CLAIMS_KEPT_YEARS),
    fields=(
        _person("for_person_id", _l("Who is away")),
        _person("deputy_person_id", _l("Deputy")),
        *days(last_required=True),
    ),
)

DESKS = Record(
    key="fees.desks",
    label=_l("Desk"),
    plural=_l("Desks"),
    model=Desk,
    order="kind",
    within=lambda: Desk.kind != OWN,
    read=CHAINS_VIEW,
    write=CHAINS_MANAGE,
    create=desks.create,
    remove=desks.remove,
    children=(MEMBERS, DEPUTIES),
    intro=_l("Where claims stand while they are decided. Payroll and the organisation administrator need "
             "a desk too, before the first claim."),
    fields=(
        Field(key="kind", label=_l("Desk"), type="choice", required=True, fixed=True,
              choices=one_of({kind: DESK_KIND[kind] for kind in (*STEP_KINDS, PAYROLL, ADMINISTRATOR)})),
        organisation(),
    ),
)  # fmt: skip
