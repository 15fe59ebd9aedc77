"""What the services of people and sign-in refuse, each with a code and plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

TEXTS: dict[str, Any] = {
    "too_short": _l("Use at least 12 characters."),
    "too_long": _l("Use at most 128 characters."),
    "too_common": _l(
        "Many people use this password or one like it. Choose another, for example four odd words."
    ),
    "too_near": _l("The password may not be made of your own name, your organisation's or the service's."),
    "wrong_password": _l("The current password is not right."),
    "name": _l("Write the name."),
    "email": _l("Write the e-mail address like this: name@example.fi."),
    "phone": _l("Write the phone number in digits, for example 040 123 4567."),
    "email_taken": _l("This e-mail address already has an account."),
    "has_account": _l("This person already has an account."),
    "language": _l("Choose one of the languages."),
    "role": _l("Choose one of the roles."),
    "organisation": _l("Choose one of the organisations."),
    "dates": _l("The last day is before the first day."),
    "last_day": _l("The last day can be today at the earliest, and not before the first day."),
    "not_allowed": _l("You cannot do this, because you do not have this role's rights there yourself."),
    "own_role": _l("You cannot change your own roles. Ask another administrator."),
    "own_account": _l("You cannot disable your own account."),
    "already_member": _l("This person already has this role there."),
    "already_invited": _l("This person has already been invited to this role there."),
    "invitation": _l("This invitation is no longer open."),
    "ended": _l("This role has already ended."),
    "operator_only": _l("Only the operator of the service can do this."),
    "unknown": _l("There is no such person or role."),
    "refused": _l("The e-mail address or the password is not right."),
    "throttled": _l("Too many tries. Wait 15 minutes, or sign in with a link."),
    "links_throttled": _l(
        "Too many links were asked for. Open the newest one in your mail, or wait an hour."
    ),
    "link": _l("This link has been used or is too old."),
}


class UserError(Exception):
    """A rule of people and sign-in says no; nothing was changed."""

    def __init__(self, code: str) -> None:
        """`code` is a key of TEXTS."""
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str:
        """What to tell the person, in the language of the page."""
        return str(TEXTS[self.code])


@contextmanager
def taken(code: str) -> Iterator[None]:
    """Of two who write the same at once, the later one is refused with `code`."""
    try:
        yield
    except IntegrityError:
        raise UserError(code) from None
