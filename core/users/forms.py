"""Forms of sign-in, the own account and the organisation's people. The services decide what is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from wtforms import EmailField, Form, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired

from core.records.inputs import DayField
from core.users.errors import TEXTS, UserError

_l: Any = lazy_gettext  # WTForms' types know plain strings only; labels and messages may be lazy
DAY = {"size": 12, "autocomplete": "off"}
# What a form answers that was filled in wrongly; 400 is for what no form of ours sends.
WRONG = 422
LANGUAGE_NAMES: Any = {"fi": "suomi", "sv": "svenska", "en": "English"}
LONG_WORDS = _l("At least 12 characters. A few words in a row are easy to remember and hard to guess.")


def _kind(autocomplete: str) -> dict[str, str]:
    """What browsers and password managers need to know of a field."""
    return {"autocomplete": autocomplete, "spellcheck": "false"}


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(_l("E-mail"), [InputRequired(TEXTS["email"])], render_kw=_kind("username"))
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Write the password."))], render_kw=_kind("current-password")
    )


class LinkForm(Form):
    """Only the address, to get a sign-in link."""

    email = EmailField(_l("E-mail"), [InputRequired(TEXTS["email"])], render_kw=_kind("email"))


class InvitationForm(Form):
    """A first password."""

    password = PasswordField(
        _l("Password"),
        [InputRequired(TEXTS["too_short"])],
        description=LONG_WORDS,
        render_kw=_kind("new-password"),
    )


class AccountForm(Form):
    """One's own name and language."""

    name = StringField(_l("Name"), [InputRequired(TEXTS["name"])], render_kw=_kind("name"))
    language = RadioField(_l("Language"), [InputRequired(TEXTS["language"])], choices=LANGUAGE_NAMES)


class PasswordForm(Form):
    """The current password, where there is one, and a new one."""

    current = PasswordField(
        _l("Current password"), [InputRequired(TEXTS["wrong_password"])], render_kw=_kind("current-password")
    )
    new = PasswordField(
        _l("New password"),
        [InputRequired(TEXTS["too_short"])],
        description=LONG_WORDS,
        render_kw=_kind("new-password"),
    )


class InviteForm(Form):
    """Who, where and in which role."""

    name = StringField(_l("Name"), [InputRequired(TEXTS["name"])], render_kw=_kind("off"))
    email = EmailField(_l("E-mail"), [InputRequired(TEXTS["email"])], render_kw=_kind("off"))
    organisation = SelectField(_l("Organisation"), [InputRequired(TEXTS["organisation"])], coerce=int)
    role = SelectField(_l("Role"), [InputRequired(TEXTS["role"])])
    valid_from = DayField(
        _l("First day"),
        description=_l("Leave it empty if the role begins when it is accepted."),
        render_kw=DAY,
    )
    valid_to = DayField(_l("Last day"), description=_l("Leave it empty if no end is known."), render_kw=DAY)
    language = SelectField(
        _l("Language of the mail"), [InputRequired(TEXTS["language"])], choices=LANGUAGE_NAMES, default="fi"
    )


def posted() -> Any:
    """What was sent; None while a page is only looked at."""
    return request.form if request.method == "POST" else None


def sent(form: Form) -> bool:
    """Whether the form was sent and nothing is missing."""
    return request.method == "POST" and form.validate()


def show(form: Form, error: UserError, fields: Mapping[str, str], default: str) -> None:
    """Put what a service refused beside the field it is about: `fields` by code, else `default`."""
    field: Any = form[fields.get(error.code, default)]
    field.errors = [*field.errors, error.text]
