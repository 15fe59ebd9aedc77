"""Stored values as people read them, for many rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import escape

from core.extensions import db
from core.files.reading import FileName, names_of_files
from core.modules.gating.gate import current_gate
from core.records.checking import WRITTEN
from core.records.choices import choices_of, names_of
from core.records.conditions import fields_in, holds, nothing
from core.records.description import Field, Record

NUMBERS = frozenset({"integer", "number", "money"})
BY_NAME = frozenset({"person", "organisation", "expert", "municipality", "reference", "file"})


class Cell(NamedTuple):
    """One cell: its column, its text, the kind of its chip if it is one, and whether it is a number.

    `file` is the token in the address of a stored file.
    """

    label: str
    text: str
    chip: str
    number: bool
    file: str = ""


def cells(fields: Sequence[Field], rows: Sequence[Any], organisation_id: int) -> list[list[Cell]]:
    """Each row's cells; related names come by one query per column."""
    columns = [_column(field, rows, organisation_id) for field in fields]
    return [list(line) for line in zip(*columns, strict=True)] if columns else [[] for _row in rows]


def sections(record: Record, fields: Sequence[Field], row: Any) -> list[tuple[str, list[Field]]]:
    """The fields of a row's page under their headings, without those that are not asked of this row.

    What stands in a field whose condition does not hold is shown all the same: it was kept for some reason.
    """
    found: dict[str, list[Field]] = {}
    for field in fields:
        if _concerns(record, field, row):
            found.setdefault(str(field.section), []).append(field)
    return list(found.items())


def _concerns(record: Record, field: Field, row: Any) -> bool:
    if field.show_if is None or not nothing(values_of(field, [row])[0]):
        return True
    asked = fields_in(field.show_if)
    return holds(field.show_if, {f.key: values_of(f, [row])[0] for f in record.fields if f.key in asked})


def values_of(field: Field, rows: Iterable[Any]) -> list[Any]:
    """The field's value in each row; those that are not in the rows are read at once."""
    if field.loads is None:
        return [getattr(row, field.source) for row in rows]
    ids = [row.id for row in rows]
    found = field.loads(ids) if ids else {}
    return [found.get(row_id) for row_id in ids]


def _column(field: Field, rows: Iterable[Any], organisation_id: int) -> list[Cell]:
    values = values_of(field, rows)
    if field.type == "file":
        return _files(field, values)
    write = _writer(field, values, organisation_id)
    label, number = escape(str(field.label)), field.type in NUMBERS  # escaped once for all rows
    return [Cell(label, write(value), field.chips.get(value, ""), number) for value in values]


def _files(field: Field, values: Sequence[Any]) -> list[Cell]:
    """Names of files, with what leads to each."""
    ids = {value for value in values if value is not None}
    known = names_of_files(db.session(), ids) if ids else {}
    label, none = escape(str(field.label)), FileName("", "")
    found = [known.get(value, none) for value in values]
    return [Cell(label, file.name, "", False, file.token) for file in found]


def texts_of(field: Field, values: Sequence[Any], organisation_id: int) -> list[str]:
    """Values of a field as they are read; related names by one query."""
    write = _writer(field, values, organisation_id)
    return [write(value) for value in values]


def _writer(field: Field, values: Sequence[Any], organisation_id: int) -> Callable[[Any], str]:
    """How a value of the field is written; looks names up once."""
    if field.type == "several":
        return _several(field, values, organisation_id)
    if field.names or field.type in BY_NAME:
        names = names_of(field, {value for value in values if value is not None})
        return _by_name(names, computed=bool(field.names and field.column))
    if field.choices is not None:
        return _by_name(dict(choices_of(field, _known(organisation_id))))
    return WRITTEN.get(field.type, _text)


def _several(field: Field, values: Sequence[Any], organisation_id: int) -> Callable[[Any], str]:
    single = {each for value in values for each in value or ()}
    names = names_of(field, single) if field.names else dict(choices_of(field, _known(organisation_id)))
    write = _by_name(names)
    return lambda value: ", ".join(write(each) for each in value or ())


def _known(organisation_id: int) -> int:
    return organisation_id if organisation_id in current_gate().tree.by_id else 0


def _by_name(names: Mapping[Any, Any], *, computed: bool = False) -> Callable[[Any], str]:
    """A value without a name is shown as it is; a computed one has nothing to show."""
    written = {value: _text(name).strip() for value, name in names.items()}
    return lambda value: "" if value is None else written.get(value, "" if computed else str(value))


def _text(value: Any) -> str:
    return "" if value is None else str(value)
