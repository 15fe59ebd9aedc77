"""Which column of a file is which field: by the field's name in any language, or by its key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from core.records.description import Field
from core.records.importing.bounds import BadTable
from core.records.importing.cells import folded, names_in_all_languages


@dataclass(frozen=True)
class Columns:
    """The fields of a file by the number of their column, and the headings nobody knows."""

    fields: dict[int, Field]
    unknown: Sequence[str]


def matched(headings: Sequence[str], fields: Iterable[Field]) -> Columns:
    """Find the fields; raises `BadTable` when there is none, or one stands there twice."""
    known = {name: field for field in fields for name in {*names_in_all_languages(field.label), field.key}}
    found: dict[int, Field] = {}
    unknown: list[str] = []
    for number, heading in enumerate(headings):
        field = known.get(folded(heading))
        if field is None:
            unknown.extend([heading] if heading else [])
        elif field in found.values():
            raise BadTable(_("The column %(name)s is there twice.", name=field.label))
        else:
            found[number] = field
    if not found:
        raise BadTable(_("No column of the file is known here. Headings are the names of the form."))
    return Columns(found, unknown)
