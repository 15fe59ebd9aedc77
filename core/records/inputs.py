"""Form fields that read what people write: 6.10.2026, 35,00, whole numbers. Every message is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, FormField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, TextInput

from core.database.types import Texts
from core.files.receiving import ACCEPT, FileRefused, Received, receive
from core.records import reading
from core.records.reading import BadValue, strip

Check = Callable[[Any], Any]


class Fits:
    """The one check of a described value; the field then holds it in its normal form."""

    def __init__(self, check: Check, *, required: bool) -> None:
        """`check` gives the value, or raises `BadValue`."""
        self.check = check
        self.field_flags = {"required": True} if required else {}

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop at what is refused; what could not be read has its message already."""
        if field.errors:
            raise StopValidation
        try:
            field.data = self.check(field.data)
        except BadValue as error:
            raise StopValidation(str(error.message)) from None


class Filled:
    """Something must be written or chosen."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        """`message` says what is missing."""
        self.message = message or _l("Fill in this field.")

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop at an empty field; errors of reading stand for themselves."""
        if not any(str(value).strip() for value in field.raw_data or ()):
            field.errors[:] = []
            raise StopValidation(str(self.message))


class Within:
    """A value between two bounds, either of which may be missing."""

    def __init__(self, low: Any, high: Any, show: Callable[[Any], str] = str) -> None:
        """`show` writes a bound as people do."""
        self.low, self.high, self.show = low, high, show

    def __call__(self, _form: Any, field: Any) -> None:
        """Refuse a value outside."""
        if field.data is None:
            return
        if self.low is not None and field.data < self.low:
            raise ValidationError(_("At least %(bound)s.", bound=self.show(self.low)))
        if self.high is not None and field.data > self.high:
            raise ValidationError(_("At most %(bound)s.", bound=self.show(self.high)))


class TypedField(Field):
    """A text box whose value is of some type. Subclasses say how to read and how to write it."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.written(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what was typed; empty is None."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.read(text) if text else None

    def read(self, text: str) -> Any:
        """The value of some text; raises `ValueError` with a message that shows how to write it."""
        raise ValueError(text)

    def written(self, value: Any) -> str:
        """The value as one would type it."""
        return str(value)


class DescribedField(TypedField):
    """A text box of one of the types that are read from text, as `core.records.reading` says."""

    kind = ""

    def read(self, text: str) -> Any:
        """The value; the message shows how to write it."""
        try:
            return reading.READ[self.kind](text)
        except BadValue as error:
            raise ValueError(str(error.message)) from None

    def written(self, value: Any) -> str:
        """The way it is read."""
        return reading.TYPED[self.kind](value)


class DayField(DescribedField):
    """A day, written 6.10.2026."""

    kind = "date"


class TimeField(DescribedField):
    """A time of day, written 9.15."""

    kind = "time"


class MoneyField(DescribedField):
    """Euros, kept as integer cents."""

    kind = "money"


class NumberField(DescribedField):
    """A number with decimals, written 12,5."""

    kind = "number"


class WholeField(DescribedField):
    """A whole number."""

    kind = "integer"


class ChoiceField(SelectField):
    """One of given values; what is posted must stand in the list."""

    def __init__(
        self, label: Any, choices: Iterable[tuple[Any, Any]], *, required: bool, **kwargs: Any
    ) -> None:
        """A choice that may be empty, or is not made yet, begins with an empty line."""
        pairs = list(choices)
        self.values = {str(value): value for value, _text in pairs}
        lines = [SelectChoice(str(value), str(text)) for value, text in pairs]
        blank = _("Choose") if required else _("None")
        super().__init__(
            label,
            choices=[SelectChoice("", blank), *lines],
            coerce=lambda value: None if value is None else str(value),
            validate_choice=False,
            **kwargs,
        )

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The value itself, of its own type."""
        text = str(valuelist[0]) if valuelist else ""
        if text and text not in self.values:
            self.data = None
            raise ValueError(_("Choose one from the list."))
        self.data = self.values.get(text)

    def iter_choices(self) -> Any:
        """Mark the value held as chosen."""
        held = "" if self.data is None else str(self.data)
        choices: Any = self.choices
        return (Choice(choice.value, choice.label, choice.value == held, {}) for choice in choices)


class SeveralField(SelectMultipleField):
    """Several of given values, as boxes to tick; what is posted must stand in the list."""

    option_widget = CheckboxInput()
    data: Any

    def __init__(self, label: Any, choices: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        """The values in the order offered."""
        pairs = list(choices)
        self.values = {str(value): value for value, _text in pairs}
        lines = [SelectChoice(str(value), str(text)) for value, text in pairs]
        super().__init__(label, choices=lines, validate_choice=False, **kwargs)

    def process_data(self, value: Any) -> None:
        """What stands already."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The values themselves, in the order of the list."""
        posted = {str(each) for each in valuelist}
        self.data = tuple(value for text, value in self.values.items() if text in posted)
        if not posted <= set(self.values):
            raise ValueError(_("Choose from the list."))

    def iter_choices(self) -> Any:
        """Mark the values held as chosen."""
        held = {str(value) for value in self.data or ()}
        choices: Any = self.choices
        return (Choice(choice.value, choice.label, choice.value in held, {}) for choice in choices)


class StoredFileField(Field):
    """A file to choose: holds the id of the one that stands, `Received` for a new one, None for none.

    A browser keeps no chosen file when a form comes back, so `again` says that it is to be chosen once more.
    """

    def __init__(self, label: Any, *args: Any, name_held: str = "", **kwargs: Any) -> None:
        """`name_held` is the name of the file that stands."""
        super().__init__(label, *args, **kwargs)
        self.name_held = name_held

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """The file sent; without one the file that stands, unless it is to be removed."""
        super().process(None, data, extra_filters)
        self.held = self.data
        if formdata is None:
            return
        sent: Any = formdata.get(self.name)
        if not isinstance(sent, str | None) and sent.filename:
            self._receive(sent)
        elif formdata.get(f"{self.name}-remove"):
            self.data = None

    def _receive(self, sent: Any) -> None:
        try:
            self.data = receive(sent.stream, sent.filename)
        except FileRefused as error:
            self.process_errors = [str(error)]

    def again(self) -> None:
        """The form comes back without the file that was chosen."""
        if isinstance(self.data, Received):
            self.errors = [*self.errors, _("Choose the file again.")]

    @property
    def accept(self) -> str:
        """What the browser offers to choose from."""
        return ACCEPT


class TextsForm(Form):
    """One text in three languages; `words` checks each of them."""

    words: Check = staticmethod(strip)

    fi = StringField(_l("In Finnish"), filters=[strip])  # type: ignore[arg-type]  # a label may be lazy
    sv = StringField(_l("In Swedish"), filters=[strip])  # type: ignore[arg-type]  # as above
    en = StringField(_l("In English"), filters=[strip])  # type: ignore[arg-type]  # as above

    def validate(self, extra_validators: Any = None) -> bool:
        """Each language by itself, so that a message stands beside the right one."""
        fits = [Fits(type(self).words, required=False)]
        return super().validate({**dict.fromkeys(("fi", "sv", "en"), fits), **(extra_validators or {})})


if TYPE_CHECKING:
    InnerForm = FormField[TextsForm]
else:
    InnerForm = FormField  # generic for the type checker alone


class TextsField(InnerForm):
    """Words in up to three languages; where they are required, one language is enough."""

    def __init__(self, label: Any, words: Check, *, required: bool, **kwargs: Any) -> None:
        """`words` checks one language; `required` is asked of the three together."""
        kind = type("TextsForm", (TextsForm,), {"words": staticmethod(words)})
        super().__init__(kind, label, separator="-", **kwargs)
        self.asked = required

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """All three, then whether anything is written at all."""
        fine = super().validate(form, extra_validators)
        if fine and self.asked and not self.texts:
            self.refuse(_("Fill in this field."))
            return False
        return fine

    def refuse(self, message: str) -> None:
        """Show a message at the first language."""
        first = self.form.fi
        first.errors = [*first.errors, message]

    @property
    def texts(self) -> Texts | None:
        """What was written; None when nothing was."""
        written = {key: value for key, value in self.form.data.items() if value}
        return Texts(**written) if written else None
