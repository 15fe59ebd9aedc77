"""The filter bar of a list, from its description: each input is called as its argument of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field as Input
from wtforms import Form
from wtforms.widgets import TextInput

from core.modules.gating.gate import current_gate
from core.records import inputs
from core.records.checking import UNSEEN
from core.records.choices import choices_of
from core.records.conditions import All, Condition, Op, Where
from core.records.description import Field
from core.records.reading import READ, BadValue, strip
from core.users.words import unsafe

PREFIX, LOW, HIGH = "f.", ".from", ".to"
TEXTS = frozenset({"text", "longtext", "email", "phone", "texts"})
FILES = frozenset({"file"})  # present or not
RANGES = frozenset({"integer", "number", "money", "date", "time"})
ENDS: tuple[Op, Op] = ("at_least", "at_most")
LONGEST = 200


class Group(NamedTuple):
    """One filter: its label, and one input or the two ends of a range."""

    label: Any
    inputs: Sequence[Input]


class Typed(Input):
    """Text that `read` makes a value of; nothing typed is no filter."""

    widget = TextInput()

    def __init__(self, label: Any, read: Callable[[str], Any], **kwargs: Any) -> None:
        """`read` raises `BadValue` for what it cannot read."""
        super().__init__(label, **kwargs)
        self.read = read

    def _value(self) -> str:
        return str((self.raw_data or [""])[0])

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed."""
        text = strip(str(valuelist[0])) if valuelist else None
        self.data = self.read(text) if text else None


def _words(text: str) -> str:
    """A part of a text as people type it."""
    if unsafe(text):
        raise BadValue(UNSEEN)
    if len(text) > LONGEST:
        raise BadValue(_l("At most %(bound)s characters.", bound=LONGEST))
    return text


class Pick(inputs.ChoiceField):
    """One of the field's values, or all."""

    def __init__(self, label: Any, choices: Sequence[tuple[Any, Any]], **kwargs: Any) -> None:
        """`choices` are values and labels."""
        super().__init__(label, choices, required=False, **kwargs)
        nothing_chosen: Any = next(iter(self.choices or ()))
        nothing_chosen.label = _("All")


class FilterForm(Form):
    """The filters of a list; `described` are the fields they are about."""

    described: tuple[Field, ...] = ()

    @property
    def groups(self) -> list[Group]:
        """The filters in the order of the description."""
        return [Group(f.label, [self[name] for name in names_of(f)]) for f in self.described]

    @property
    def asked(self) -> dict[str, str]:
        """What was typed, by argument of the address; empty inputs left out."""
        raw = {field.name: str((field.raw_data or [""])[0]).strip() for field in self}
        return {name: text for name, text in raw.items() if text}

    @property
    def on(self) -> int:
        """How many filters are in use."""
        asked = self.asked
        return sum(any(name in asked for name in names_of(field)) for field in self.described)

    @property
    def condition(self) -> Condition | None:
        """What rows must fulfil; None without filters."""
        parts = [part for field in self.described for part in self._parts(field)]
        return All(*parts) if parts else None

    def _parts(self, field: Field) -> list[Where]:
        values = [self[name].data for name in names_of(field)]
        if field.type in RANGES:
            ends = zip(ENDS, values, strict=True)
            return [Where(field.key, op, value) for op, value in ends if value is not None]
        value = values[0]
        return [] if value is None or value == "" else [_picked(field, value)]


def _picked(field: Field, value: Any) -> Where:
    """What one chosen or typed value asks for; an organisation means those below it as well."""
    if field.type in TEXTS or field.type == "several":
        return Where(field.key, "contains", value)
    if field.type in FILES:
        return Where(field.key, "filled" if value else "empty")
    if field.type == "organisation":
        below = tuple(node.id for node in current_gate().tree.subtree(value))
        return Where(field.key, "one_of", below)
    return Where(field.key, "is", value)


def names_of(field: Field) -> tuple[str, ...]:
    """The arguments of a field's filter in the address."""
    name = f"{PREFIX}{field.key}"
    return (name + LOW, name + HIGH) if field.type in RANGES else (name,)


def filter_form(fields: Sequence[Field], organisation_id: int, args: Mapping[str, Any]) -> FilterForm:
    """The filters of these fields with what the address says; choices are those of the organisation."""
    described = tuple(field for field in fields if field.filterable)
    parts = {
        name: part
        for field in described
        for name, part in zip(names_of(field), _inputs(field, organisation_id), strict=True)
    }
    kind = type("DescribedFilters", (FilterForm,), {**parts, "described": described})
    form: FilterForm = kind(args)
    return form


def _inputs(field: Field, organisation_id: int) -> list[Any]:
    if field.type in RANGES:
        return [Typed(end, READ[field.type]) for end in (_l("From"), _l("Up to"))]
    if field.type in TEXTS:
        return [Typed(field.label, _words)]
    return [Pick(field.label, _choices(field, organisation_id))]


def _choices(field: Field, organisation_id: int) -> list[tuple[Any, Any]]:
    if field.type == "yesno" or field.type in FILES:
        return [(True, _("Yes")), (False, _("No"))]
    return choices_of(field, organisation_id)
