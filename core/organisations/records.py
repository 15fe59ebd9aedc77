"""How an organisation looks: its list, form and detail page, with its contact persons below."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, select, true

from core.extensions import db
from core.organisations.contacts.records import CONTACTS
from core.organisations.kinds import kind_choices, kind_names
from core.organisations.models import Closure, Organisation
from core.organisations.services import RECORD, update_organisation
from core.records.description import Field, Record
from core.scope import PersonScope, scope_in_force


def within_reach() -> ColumnElement[bool]:
    """The organisations that the page's permission reaches."""
    scope = scope_in_force(db.session())
    if scope is None:
        return true()
    if isinstance(scope, PersonScope):
        return false()
    tops = getattr(scope, "ancestors", None) or (getattr(scope, "organisation", 0),)
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(tops), Closure.same_controller)
    return Organisation.id.in_(below)


ORGANISATIONS = Record(
    key=RECORD,
    label=_l("Organisation"),
    plural=_l("Organisations"),
    model=Organisation,
    read="core.organisations.view",
    write="core.organisations.manage",
    update=update_organisation,
    within=within_reach,
    children=(CONTACTS,),
    fields=(
        Field(key="name", label=_l("Name"), type="texts", required=True, sortable=True, searchable=True,
              sort_column="sort_key"),
        Field(key="kind", label=_l("Kind"), type="choice", required=True, choices=kind_choices,
              names=kind_names, filterable=True),
        Field(key="parent_id", label=_l("Part of"), type="organisation", in_form=False),
        Field(key="slug", label=_l("Name in addresses"), max=80, in_list=False,
              help=_l("It stands in links: small letters a-z, digits and hyphens. Left empty, it is made"
                       " from the name. Old links keep working.")),
        Field(key="business_id", label=_l("Business ID"), max=20, in_list=False,
              help=_l("For example 2094551-1.")),
        Field(key="municipality_code", label=_l("Municipality"), type="municipality", in_list=False,
              filterable=True),
        Field(key="cost_centre", label=_l("Cost centre"), max=40),
        Field(key="code", label=_l("Begins the numbers of forms"), in_form=False, in_list=False),
        Field(key="is_controller", label=_l("Keeps its own register"), type="yesno", in_form=False,
              in_list=False),
        Field(key="started", label=_l("First day"), type="date", in_list=False),
        Field(key="ended", label=_l("Last day"), type="date", in_form=False, filterable=True),
        Field(key="successor_id", label=_l("Successor"), type="organisation", in_form=False, in_list=False),
        Field(key="succeeded_on", label=_l("Successor's first day"), type="date", in_form=False,
              in_list=False),
    ),
)  # fmt: skip
