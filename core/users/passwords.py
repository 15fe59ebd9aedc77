"""Passwords: argon2id, 12 to 128 characters, none that everybody guesses. No composition rule, no expiry."""

from __future__ import annotations

import re
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from core.database.session import WRITING
from core.extensions import db
from core.users.errors import UserError

SHORTEST, LONGEST = 12, 128
LEAST_OWN = 6  # characters that must be left when common and near words are struck out
PRODUCT_WORDS = ("kokemussilta", "kokemus", "silta", "asiantuntija", "palkkio")


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    # One lane: requests are served by threads of one process, which share the cores as it is.
    return PasswordHasher(
        time_cost=time_cost, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16
    )


def hasher() -> PasswordHasher:
    """The hasher with the configuration's parameters."""
    config = current_app.config["KOKEMUSSILTA"]
    return _hasher(config.argon2_time_cost, config.argon2_memory_kib)


def hash_password(password: str) -> str:
    """The argon2id hash. Refused inside `writing()`: the work would hold everybody's write lock."""
    _refuse_in_transaction()
    return hasher().hash(_bytes(password))


def verify(password: str, stored: str | None) -> bool:
    """Whether the password is right. Without a stored hash the same work is done, and the answer is no."""
    _refuse_in_transaction()
    try:
        return hasher().verify(stored or dummy_hash(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def dummy_hash() -> str:
    """A hash no password has, made without hashing, with the same parameters as the real ones."""
    own = hasher()
    salt, digest = (
        b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (own.salt_len, own.hash_len)
    )
    parameters = f"m={own.memory_cost},t={own.time_cost},p={own.parallelism}"
    return f"$argon2id$v=19${parameters}${salt}${digest}"


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than the configuration's."""
    return hasher().check_needs_rehash(stored)


def check_new(password: str, near: Iterable[str] = ()) -> None:
    """Raise `UserError` unless the password may be chosen. `near`: names of the person and organisations."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise UserError("too_short")
    if len(password) > LONGEST:
        raise UserError("too_long")
    if _repeats(password) or _leaves_little(password, common_words()):
        raise UserError("too_common")
    if _leaves_little(password, _parts([*PRODUCT_WORDS, *near])):
        raise UserError("too_near")


def _repeats(password: str) -> bool:
    """One to four characters over and over."""
    return any((password[:n] * len(password))[: len(password)] == password for n in range(1, 5))


def _leaves_little(password: str, words: Iterable[str]) -> bool:
    """Whether the password is hardly more than these words, with whatever stands between them."""
    rest = full = _fold(password)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != full and len(rest) < LEAST_OWN


def _parts(names: Iterable[str]) -> set[str]:
    """Names whole and word by word; short words would strike out too much."""
    found = {_fold(part) for name in names for part in (name, *re.split(r"\W+", name))}
    return {word for word in found if len(word) >= 4}


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The bundled list: whole passwords and the words they are made of."""
    text = files("core.users").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(filter(None, map(_fold, text.splitlines())))


def _bytes(password: str) -> bytes:
    # The same letter can be typed as one character or two, by keyboard; people mean the same.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _refuse_in_transaction() -> None:
    if db.session().info.get(WRITING):
        raise RuntimeError("hash passwords before writing()")
