"""Who is signed in, as a plain value: no database row travels with a request."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_login import UserMixin


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The person behind the request and the session they came with."""

    token: str = field(repr=False)
    account_id: int
    person_id: int
    name: str
    language: str
    is_operator: bool

    def get_id(self) -> str:
        """Flask-Login keeps this in the cookie: the session's random token."""
        return self.token
