"""The register of notes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.api import Field, Record
from tests.dummy.models import Note
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
