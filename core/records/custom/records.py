"""How the page of added fields looks: it is a record like any other."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from core.modules.gating.gate import current_gate
from core.records.conditions import Where
from core.records.custom.definitions import CHOSEN
from core.records.custom.models import CustomField
from core.records.custom.services import RECORD, create_field, update_field
from core.records.description import Field, Record

TYPE_NAMES = {
    "text": _l("Text"),
    "longtext": _l("Long text"),
    "integer": _l("Whole number"),
    "number": _l("Number"),
    "money": _l("Money"),
    "date": _l("Date"),
    "choice": _l("One of several"),
    "several": _l("Several of a list"),
    "yesno": _l("Yes or no"),
}


def types(_organisation_id: int) -> list[tuple[str, Any]]:
    """What a field may hold."""
    return list(TYPE_NAMES.items())


def described_records(organisation_id: int) -> list[tuple[str, Any]]:
    """The records with a list of their own that somebody may write there; those of modules that are on."""
    gate = current_gate()
    return [
        (record.key, record.plural)
        for module, record in current_app.extensions["kokemussilta.records"]
        if record.key != RECORD
        and (record.create or record.update)
        and (module is None or gate.reachable(module, organisation_id))
    ]


ABOUT_PEOPLE = Where("personal", "is", True)

CUSTOM_FIELDS = Record(
    key=RECORD,
    label=_l("Custom field"),
    plural=_l("Custom fields"),
    intro=_l(
        "A field you add here stands on the form, the page and the files of the record, for your "
        "organisation and those below it. Do not ask about health or anything else you do not need."
    ),
    model=CustomField,
    order="position",
    read="core.fields.manage",
    write="core.fields.manage",
    create=create_field,
    update=update_field,
    fields=(
        Field(key="label", label=_l("Name"), type="texts", required=True, max=80),
        Field(key="record", label=_l("Record"), type="choice", choices=described_records, required=True,
              fixed=True, filterable=True),
        Field(key="type", label=_l("What it holds"), type="choice", choices=types, required=True, fixed=True,
              help=_l("This cannot be changed later.")),
        Field(key="choices", label=_l("Choices"), type="longtext", in_list=False,
              show_if=Where("type", "one_of", tuple(sorted(CHOSEN))),
              help=_l("Each on its own line. In three languages like this: Finnish | Swedish | English.")),
        Field(key="key", label=_l("Key"), required=True, fixed=True, max=40, in_list=False,
              help=_l("Small letters a to z, digits and _. It stands in files and never changes.")),
        Field(key="help", label=_l("Help"), type="texts", max=200, in_list=False,
              help=_l("Stands beside the field on the form.")),
        Field(key="required", label=_l("Must be filled in"), type="yesno", in_list=False),
        Field(key="in_list", label=_l("Shown in the list"), type="yesno"),
        Field(key="filterable", label=_l("The list can be narrowed by it"), type="yesno", in_list=False),
        Field(key="searchable", label=_l("The search finds its words"), type="yesno", in_list=False),
        Field(key="personal", label=_l("Tells something about a person"), type="yesno", default=True,
              in_list=False),
        Field(key="purpose", label=_l("What it is needed for"), max=300, in_list=False, show_if=ABOUT_PEOPLE),
        Field(key="retention", label=_l("How long it is kept"), max=300, in_list=False, show_if=ABOUT_PEOPLE),
        Field(key="position", label=_l("Place in the order"), type="integer", min=0, max=999, default=10,
              required=True, in_list=False, help=_l("Fields with a smaller number come first.")),
        Field(key="retired_on", label=_l("Out of use from"), type="date",
              help=_l("From that day on the field is asked no more. What was filled in stays to be read.")),
    ),
)  # fmt: skip
