"""Form fields that read what people write: 6.10.2026, 35,00, whole numbers. Every message is ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, FormField, SelectField, StringField, ValidationError
from wtforms.fields.choices import Choice, SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from core import formats
from core.database.types import Texts
from core.users.words import unsafe

DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
AMOUNT = re.compile(r"(-?)([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
WHOLE = re.compile(r"-?[0-9]{1,9}")
ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,30}")


def plain(text: str) -> str:
    """A number as typed, without spaces, the euro sign and typographic minus."""
    return re.sub(r"[\s€]", "", text).replace("−", "-")  # noqa: RUF001  # people paste it


def strip(value: Any) -> Any:
    """Text in its normal form, without spaces around it and null characters; None if nothing is left."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\x00", "")).strip() or None


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


class OneLine:
    """Text without control characters, line breaks, and what would turn the text around it."""

    def __call__(self, _form: Any, field: Any) -> None:
        """Stop at what cannot be seen: no other message would help to find it."""
        if field.data and unsafe(field.data):
            raise StopValidation(_("The text has characters that cannot be seen. Write it again."))


class ShortEnough:
    """Text of at most so many characters."""

    def __init__(self, most: int) -> None:
        """`most` is what the column holds."""
        self.most = most

    def __call__(self, _form: Any, field: Any) -> None:
        """Refuse longer text."""
        if field.data and len(field.data) > self.most:
            raise ValidationError(_("At most %(bound)s characters.", bound=self.most))


class Shaped:
    """Text of a shape, such as an e-mail address."""

    def __init__(self, pattern: re.Pattern[str], message: Any) -> None:
        """`message` shows how to write it."""
        self.pattern, self.message = pattern, message

    def __call__(self, _form: Any, field: Any) -> None:
        """Refuse text of another shape."""
        if field.data and not self.pattern.fullmatch(field.data):
            raise ValidationError(str(self.message))


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


class DayField(TypedField):
    """A day, written 6.10.2026."""

    def read(self, text: str) -> date:
        """A day of the calendar; also as browsers and spreadsheets write it."""
        try:
            if found := DAY.fullmatch(text):
                return date(int(found[3]), int(found[2]), int(found[1]))
            if found := ISO_DAY.fullmatch(text):
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise ValueError(_("Write the date like this: 6.10.2026."))

    def written(self, value: date) -> str:
        """The way it is read."""
        return f"{value.day}.{value.month}.{value.year}"


class MoneyField(TypedField):
    """Euros, kept as integer cents."""

    def read(self, text: str) -> int:
        """Cents of 35, 35,5 or 35.50; no float on the way."""
        found = AMOUNT.fullmatch(plain(text))
        if found is None:
            raise ValueError(_("Write the amount like this: 35,00."))
        cents = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
        return -cents if found[1] else cents

    def written(self, value: int) -> str:
        """35,00 in every language of the form."""
        euros, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{euros},{cents:02d}"


class WholeField(TypedField):
    """A whole number."""

    def read(self, text: str) -> int:
        """The number."""
        if not WHOLE.fullmatch(plain(text)):
            raise ValueError(_("Write a whole number, for example 60."))
        return int(plain(text))


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


class TextsForm(Form):
    """One text in three languages."""

    fi = StringField(_l("In Finnish"), [OneLine(), ShortEnough(500)], filters=[strip])  # type: ignore[arg-type]  # a label may be lazy
    sv = StringField(_l("In Swedish"), [OneLine(), ShortEnough(500)], filters=[strip])  # type: ignore[arg-type]  # as above
    en = StringField(_l("In English"), [OneLine(), ShortEnough(500)], filters=[strip])  # type: ignore[arg-type]  # as above


if TYPE_CHECKING:
    InnerForm = FormField[TextsForm]
else:
    InnerForm = FormField  # generic for the type checker alone


class TextsField(InnerForm):
    """Words in up to three languages; where they are required, one language is enough."""

    def __init__(self, label: Any, *, required: bool, **kwargs: Any) -> None:
        """`required` is asked of the three together."""
        super().__init__(TextsForm, label, separator="-", **kwargs)
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


# How bounds are written in messages: in the reader's language.
written_day = formats.day
written_money = formats.money
