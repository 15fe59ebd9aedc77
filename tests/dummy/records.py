"""The registers of notes and of sheets; a sheet has a field of every type."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l

from core.api import Field, Record, Reference, Where
from tests.dummy import sheets
from tests.dummy.models import Note, Sheet
from tests.dummy.notes import create, update

NOTES = Record(
    key="dummy.all",
    label=_l("Note"),
    plural=_l("All notes"),
    model=Note,
    order="text",
    fields=(
        Field(key="text", label=_l("Text"), required=True, max=200),
        Field(key="day", label=_l("Day"), type="date", in_form=False),
    ),
    read="dummy.view",
    write="dummy.write",
    create=create,
    update=update,
    starts=True,
)

PURPOSE, RETENTION = _l("So that every type is tried"), _l("As long as the test")
WHEN, WHO = _l("When"), _l("Who and where")


def sizes(_organisation_id: int) -> list[tuple[str, Any]]:
    """What a sheet may measure."""
    return [("small", _l("Small")), ("large", _l("Large"))]


def colours(_organisation_id: int) -> list[tuple[str, Any]]:
    """What may be on a sheet."""
    return [("red", _l("Red")), ("blue", _l("Blue")), ("green", _l("Green"))]


SHEETS = Record(
    key="dummy.sheets",
    label=_l("Sheet"),
    plural=_l("Sheets"),
    model=Sheet,
    order="words",
    fields=(
        Field(key="words", label=_l("Words"), required=True, searchable=True, filterable=True),
        Field(key="more", label=_l("More words"), type="longtext", in_list=False),
        Field(key="title", label=_l("Title"), type="texts"),
        Field(key="size", label=_l("Size"), type="choice", choices=sizes, default="small", filterable=True),
        Field(key="count", label=_l("How many"), type="integer", min=0, max=99, filterable=True,
              show_if=Where("size", "is", "large")),
        Field(key="hours", label=_l("Hours"), type="number", decimals=1, min=0, filterable=True),
        Field(key="price", label=_l("Cost"), type="money", min=0, write="dummy.price"),
        Field(key="colours", label=_l("Colours"), type="several", choices=colours, filterable=True),
        Field(key="done", label=_l("Done"), type="yesno", filterable=True),
        Field(key="paper", label=_l("Paper"), type="file", column="paper_id"),
        Field(key="day", label=_l("Day"), type="date", min=date(2020, 1, 1), filterable=True, section=WHEN),
        Field(key="starts", label=_l("Starts"), type="time", min=time(6), section=WHEN),
        Field(key="municipality", label=_l("Municipality"), type="municipality", filterable=True,
              section=WHO),
        Field(key="place_id", label=_l("Place"), type="organisation", section=WHO),
        Field(key="note_id", label=_l("Note"), type="reference", reference=Reference(Note, "text", "text"),
              section=WHO),
        Field(key="expert_id", label=_l("Expert"), type="expert", section=WHO,
              purpose=PURPOSE, retention=RETENTION),
        Field(key="person_id", label=_l("Contact"), type="person", section=WHO,
              purpose=PURPOSE, retention=RETENTION),
        Field(key="email", label=_l("E-mail"), type="email", section=WHO, read="dummy.contact",
              purpose=PURPOSE, retention=RETENTION),
        Field(key="phone", label=_l("Phone"), type="phone", section=WHO, read="dummy.contact",
              purpose=PURPOSE, retention=RETENTION),
    ),
    read="dummy.view",
    write="dummy.write",
    subject="person_id",
    create=sheets.create,
    update=sheets.update,
)  # fmt: skip
