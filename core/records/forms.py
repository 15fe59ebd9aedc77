"""The form of a record, made from its description: it reads described fields and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField, TextAreaField
from wtforms import Field as Input

from core.records import inputs
from core.records.choices import choices_of
from core.records.description import Field, Record
from core.records.display import values_of

ORGANISATION = "organisation"
LENGTHS = {"text": 200, "longtext": 4000, "email": 254, "phone": 40}


class RecordForm(Form):
    """A form whose values are a dictionary by field key, and which shows what a service refused."""

    described: tuple[Field, ...] = ()
    general_errors: Sequence[str] = ()

    def values(self) -> dict[str, Any]:
        """What was read, by field key."""
        return {field.key: _value(self[field.key]) for field in self.described}

    @property
    def shown(self) -> list[Input]:
        """The fields in the order of the description, below the question of the organisation."""
        keys = [ORGANISATION, *(field.key for field in self.described)]
        return [self[key] for key in keys if key in self]

    @property
    def organisation_id(self) -> int | None:
        """The organisation chosen, where the form asks for it."""
        chosen: int | None = self[ORGANISATION].data if ORGANISATION in self else None
        return chosen

    def refuse(self, errors: Mapping[str, Any]) -> None:
        """Show a service's messages beside their fields; others stand above the form."""
        for key, message in errors.items():
            field: Any = self._fields.get(key)
            if field is None:
                self.general_errors = [*self.general_errors, str(message)]
            elif isinstance(field, inputs.TextsField):
                field.refuse(str(message))
            else:
                field.errors = [*field.errors, str(message)]


def _value(field: Any) -> Any:
    return field.texts if isinstance(field, inputs.TextsField) else field.data


def record_form(
    record: Record,
    organisation_id: int,
    posted: Any = None,
    *,
    row: Any = None,
    offered: Sequence[tuple[int, str]] = (),
) -> RecordForm:
    """The form for a new row, or for `row`; with more than one organisation offered it asks which.

    Choices are those of `organisation_id`.
    """
    described = record.asked(new=row is None)
    parts: dict[str, Any] = {field.key: _input(field, organisation_id) for field in described}
    if len(offered) > 1:
        parts = {ORGANISATION: _which_organisation(offered, organisation_id), **parts}
    kind = type("DescribedForm", (RecordForm,), {**parts, "described": described})
    held = {} if row is None else {field.key: _held(field, row) for field in described}
    form: RecordForm = kind(posted, data=held)
    return form


def _held(field: Field, row: Any) -> Any:
    """The value a form starts with; one computed from another column is looked up by it."""
    value = values_of(field, [row])[0]
    return field.names([value]).get(value) if field.names and field.column else value


def _which_organisation(offered: Sequence[tuple[int, str]], preferred: int) -> Any:
    default = preferred if any(value == preferred for value, _label in offered) else None
    filled = [inputs.Filled(_l("Choose one."))]
    return inputs.ChoiceField(_l("Organisation"), offered, required=True, validators=filled, default=default)


def _input(field: Field, organisation_id: int) -> Any:
    """The field's input with its checks."""
    made = _MAKERS.get(field.type)
    common = {"description": field.help, "default": field.default}
    if made is not None:
        return made(field, common)
    if field.type == "texts":
        return inputs.TextsField(field.label, required=field.required, description=field.help)
    checks = [inputs.Filled(_l("Choose one."))] if field.required else []
    choices = choices_of(field, organisation_id)
    return inputs.ChoiceField(field.label, choices, required=field.required, validators=checks, **common)


def _checks(field: Field, *more: Any) -> list[Any]:
    return [*([inputs.Filled()] if field.required else []), *more]


Maker = Callable[[Field, dict[str, Any]], Any]


def _text(kind: type[Input], *more: Any, **look: Any) -> Maker:
    def make(field: Field, common: dict[str, Any]) -> Any:
        longest = inputs.ShortEnough(field.max or LENGTHS[field.type])
        checks = _checks(field, longest, *more)
        return kind(field.label, checks, filters=[inputs.strip], render_kw=look, **common)

    return make


def _typed(kind: type[Input], show: Callable[[Any], str], **look: Any) -> Maker:
    def make(field: Field, common: dict[str, Any]) -> Any:
        checks = _checks(field, inputs.Within(field.min, field.max, show))
        return kind(field.label, checks, render_kw=look, **common)

    return make


def _yes_no(field: Field, common: dict[str, Any]) -> Any:
    return BooleanField(field.label, **common)


_EMAIL = inputs.Shaped(inputs.ADDRESS, _l("Write the e-mail address like this: name@example.fi."))
_PHONE = inputs.Shaped(inputs.PHONE, _l("Write the phone number in digits, for example 040 123 4567."))
_LINE = inputs.OneLine()
_MAKERS: dict[str, Maker] = {
    "text": _text(StringField, _LINE),
    "longtext": _text(TextAreaField, rows=5),
    "email": _text(StringField, _LINE, _EMAIL, type="email", inputmode="email"),
    "phone": _text(StringField, _LINE, _PHONE, type="tel", inputmode="tel"),
    "integer": _typed(inputs.WholeField, str, inputmode="numeric", size=8),
    "money": _typed(inputs.MoneyField, inputs.written_money, inputmode="decimal", size=10),
    "date": _typed(inputs.DayField, inputs.written_day, size=12, autocomplete="off"),
    "yesno": _yes_no,
}
