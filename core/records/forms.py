"""The form of a record, made from its description: it reads described fields and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field as Input
from wtforms import Form

from core.records import inputs
from core.records.conditions import fields_in, holds
from core.records.description import Field, Record
from core.records.display import values_of
from core.records.making import input_of
from core.records.showing import for_browser

ORGANISATION = "organisation"


class RecordForm(Form):
    """A form whose values are a dictionary by field key, and which shows what a service refused."""

    described: tuple[Field, ...] = ()
    general_errors: Sequence[str] = ()

    def values(self) -> dict[str, Any]:
        """What was read, by field key; nothing for a field whose condition does not hold."""
        read = {field.key: _value(self[field.key]) for field in self.described}
        return {**read, **{field.key: _NOTHING.get(field.type) for field in self._hidden(read)}}

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field that is asked; what stands in a field that is not is neither checked nor lost."""
        hidden = {field.key for field in self._hidden(self.read())}
        more = extra_validators or {}
        fine = [
            field.validate(self, more.get(name, ()))
            for name, field in self._fields.items()
            if name not in hidden
        ]
        if not all(fine):
            self._choose_files_again()
        return all(fine)

    def _choose_files_again(self) -> None:
        for field in self._fields.values():
            if isinstance(field, inputs.StoredFileField):
                field.again()

    @property
    def takes_files(self) -> bool:
        """Whether the form must be sent in parts."""
        return any(field.type == "file" for field in self.described)

    def read(self) -> dict[str, Any]:
        """What stands in each field, checked or not."""
        return {field.key: _value(self[field.key]) for field in self.described}

    def _hidden(self, values: dict[str, Any]) -> list[Field]:
        """The fields whose condition does not hold; one that is hidden counts as empty for the others."""
        hidden: dict[str, Field] = {}
        for _each in self.described:  # each round can hide what depends on the round before
            left = {key: value for key, value in values.items() if key not in hidden}
            found = {f.key: f for f in self.described if f.show_if and not holds(f.show_if, left)}
            if found == hidden:
                break
            hidden = found
        return list(hidden.values())

    @property
    def shown(self) -> list[Input]:
        """The fields in the order of the description, below the question of the organisation."""
        return [field for _legend, fields in self.sections for field in fields]

    @property
    def sections(self) -> list[tuple[str, list[Input]]]:
        """The fields under the heading they stand under; the first have none."""
        found: dict[str, list[Input]] = {}
        if ORGANISATION in self:
            found[""] = [self[ORGANISATION]]
        for field in self.described:
            found.setdefault(str(field.section), []).append(self[field.key])
        return list(found.items())

    @property
    def organisation_id(self) -> int | None:
        """The organisation chosen, where the form asks for it."""
        chosen: int | None = self[ORGANISATION].data if ORGANISATION in self else None
        return chosen

    def refuse(self, errors: Mapping[str, Any]) -> None:
        """Show a service's messages beside their fields; others stand above the form."""
        self._choose_files_again()
        for key, message in errors.items():
            field: Any = self._fields.get(key)
            if field is None:
                self.general_errors = [*self.general_errors, str(message)]
            elif isinstance(field, inputs.TextsField):
                field.refuse(str(message))
            else:
                field.errors = [*field.errors, str(message)]


_NOTHING: dict[str, Any] = {"several": (), "yesno": False}


def _value(field: Any) -> Any:
    return field.texts if isinstance(field, inputs.TextsField) else field.data


def record_form(
    record: Record,
    organisation_id: int,
    posted: Any = None,
    *,
    row: Any = None,
    offered: Sequence[tuple[int, str]] = (),
    fields: Sequence[Field] | None = None,
) -> RecordForm:
    """The form for a new row, or for `row`; with more than one organisation offered it asks which.

    Choices are those of `organisation_id`. `fields` are those the reader may write; the others of the
    description are neither shown nor read, whatever is posted.
    """
    asked = record.asked(new=row is None)
    mine = asked if fields is None else tuple(field for field in asked if field in fields)
    held = {} if row is None else {field.key: _held(field, row) for field in _needed(record, mine)}
    described = tuple(field for field in mine if _may_hold(field, mine, held))
    parts: dict[str, Any] = {
        field.key: input_of(field, organisation_id, held.get(field.key), described) for field in described
    }
    if len(offered) > 1:
        parts = {ORGANISATION: _which_organisation(offered, organisation_id), **parts}
    kind = type("DescribedForm", (RecordForm,), {**parts, "described": described})
    form: RecordForm = kind(posted, data=held)
    for field in described:
        if field.show_if:
            shown: Any = form[field.key]
            shown.show_if = for_browser(field.show_if, described)
    return form


def _needed(record: Record, asked: Sequence[Field]) -> list[Field]:
    """The fields asked, and those their conditions ask about."""
    named = {key for field in asked if field.show_if for key in fields_in(field.show_if)}
    return [field for field in record.fields if field in asked or field.key in named]


def _may_hold(field: Field, asked: Sequence[Field], held: Mapping[str, Any]) -> bool:
    """A condition on what is not asked here is decided already, by what stands."""
    if field.show_if is None or fields_in(field.show_if) & {each.key for each in asked}:
        return True
    return holds(field.show_if, held)


def _held(field: Field, row: Any) -> Any:
    """The value a form starts with; one computed from another column is looked up by it."""
    value = values_of(field, [row])[0]
    return field.names([value]).get(value) if field.names and field.column else value


def _which_organisation(offered: Sequence[tuple[int, str]], preferred: int) -> Any:
    default = preferred if any(value == preferred for value, _label in offered) else None
    filled = [inputs.Filled(_l("Choose one."))]
    return inputs.ChoiceField(_l("Organisation"), offered, required=True, validators=filled, default=default)
