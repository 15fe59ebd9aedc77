"""The input of one described field: how it looks, and the one check of its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField
from wtforms import Field as Input

from core.records import inputs
from core.records.checking import checked, words_checked
from core.records.choices import choices_of, names_of
from core.records.conditions import nothing
from core.records.fields import Field
from core.records.reading import strip
from core.records.showing import in_words

Made = Callable[[Field, dict[str, Any], int, Any], Any]


def input_of(field: Field, organisation_id: int, held: Any, asked: Sequence[Field]) -> Any:
    """The field's input; `held` is what stands, `asked` all fields of the form."""
    common: dict[str, Any] = {"description": _help(field, asked, organisation_id), "default": field.default}
    return _MAKERS.get(field.type, _choice)(field, common, organisation_id, held)


def _help(field: Field, asked: Sequence[Field], organisation_id: int) -> str:
    """The field's help; before it, when to fill the field in."""
    when = in_words(field.show_if, asked, organisation_id) if field.show_if else ""
    return " ".join(text for text in (when, str(field.help)) if text)


def _fits(field: Field, organisation_id: int, held: Any, among: Any = None) -> inputs.Fits:
    check = partial(checked, field, organisation_id=organisation_id, held=held, among=among)
    return inputs.Fits(check, required=field.required)


def _text(kind: type[Input], **look: Any) -> Made:
    def make(field: Field, common: dict[str, Any], organisation_id: int, held: Any) -> Any:
        fits = _fits(field, organisation_id, held)
        return kind(field.label, [fits], filters=[strip], render_kw=look, **common)

    return make


def _typed(kind: type[Input], **look: Any) -> Made:
    def make(field: Field, common: dict[str, Any], organisation_id: int, held: Any) -> Any:
        return kind(field.label, [_fits(field, organisation_id, held)], render_kw=look, **common)

    return make


def _yes_no(field: Field, common: dict[str, Any], _organisation_id: int, _held: Any) -> Any:
    return BooleanField(field.label, **common)


def _texts(field: Field, common: dict[str, Any], _organisation_id: int, _held: Any) -> Any:
    return inputs.TextsField(field.label, words_checked(field), required=field.required, **common)


def _choice(field: Field, common: dict[str, Any], organisation_id: int, held: Any) -> Any:
    choices = offered(field, organisation_id, held)
    fits = _fits(field, organisation_id, held, dict(choices))
    return inputs.ChoiceField(field.label, choices, required=field.required, validators=[fits], **common)


def _several(field: Field, common: dict[str, Any], organisation_id: int, held: Any) -> Any:
    choices = offered(field, organisation_id, held)
    fits = _fits(field, organisation_id, held, dict(choices))
    return inputs.SeveralField(field.label, choices, validators=[fits], **common)


def _file(field: Field, common: dict[str, Any], organisation_id: int, held: Any) -> Any:
    """The name of a file that stands is shown, so that one knows whether to choose another."""
    name = names_of(field, [held]).get(held, "") if held is not None else ""
    fits = _fits(field, organisation_id, held)
    return inputs.StoredFileField(field.label, [fits], name_held=name, **common)


def offered(field: Field, organisation_id: int, held: Any) -> list[tuple[Any, Any]]:
    """What may be chosen, and what stands already: a value offered no more is not lost by saving the form."""
    choices = choices_of(field, organisation_id)
    known = {value for value, _label in choices}
    standing = held if isinstance(held, tuple) else (held,)
    more = [value for value in standing if not nothing(value) and value not in known]
    names = names_of(field, more)
    return [*choices, *((value, names.get(value, value)) for value in more)]


_MAKERS: dict[str, Made] = {
    "text": _text(StringField),
    "longtext": _text(TextAreaField, rows=5),
    "email": _text(StringField, type="email", inputmode="email"),
    "phone": _text(StringField, type="tel", inputmode="tel"),
    "integer": _typed(inputs.WholeField, inputmode="numeric", size=8),
    "number": _typed(inputs.NumberField, inputmode="decimal", size=10),
    "money": _typed(inputs.MoneyField, inputmode="decimal", size=10),
    "date": _typed(inputs.DayField, size=12, autocomplete="off"),
    "time": _typed(inputs.TimeField, size=6, autocomplete="off"),
    "yesno": _yes_no,
    "texts": _texts,
    "several": _several,
    "file": _file,
}
