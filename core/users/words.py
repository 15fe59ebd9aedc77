"""Names and addresses as people type them, made safe to store, show and mail."""

from __future__ import annotations

import re
import unicodedata

from core.users.errors import UserError

ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[^\W_](?:[^\W_]|-){0,62}"
EMAIL = re.compile(rf"(?=.{{1,64}}@){ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*")
# Control, format (bidi among them), surrogate and unassigned characters, line and paragraph separators.
FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})


def unsafe(text: str) -> bool:
    """Whether the text holds what cannot be seen or would turn the text around it: not one plain line."""
    return any(unicodedata.category(character) in FORBIDDEN for character in text)


def clean_name(text: str) -> str:
    """The name with single spaces in its normal form; raises `name` when it is empty, too long or unsafe."""
    name = unicodedata.normalize("NFC", text)
    if unsafe(name):
        raise UserError("name")
    name = " ".join(name.split())
    if not 0 < len(name) <= 200:
        raise UserError("name")
    return name


def clean_email(text: str) -> str:
    """The address in lower case; raises `email` when it is none or could break a message's header."""
    email = unicodedata.normalize("NFC", text).strip(" ").lower()
    if len(email) > 254 or unsafe(email) or not EMAIL.fullmatch(email) or not _mailable(email):
        raise UserError("email")
    return email


def clean_phone(text: str) -> str:
    """The number as typed; raises `phone` when it is empty, too long or unsafe."""
    phone = unicodedata.normalize("NFC", text).strip(" ")
    if unsafe(phone) or not 0 < len(phone) <= 40:
        raise UserError("phone")
    return phone


def _mailable(email: str) -> bool:
    """Whether mail servers can be told the domain, å and ä included."""
    try:
        return len(email.rpartition("@")[2].encode("idna")) <= 250
    except UnicodeError:
        return False
