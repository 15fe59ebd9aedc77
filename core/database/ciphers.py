"""Secrets at rest: encrypted with keys from the environment, the newest first, bound to where they belong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class SecretUnreadable(Exception):
    """What is stored opens with none of the keys, or belongs somewhere else."""


def _keys() -> MultiFernet:
    """The keys of DATA_KEYS. Loaded when first needed: importing them costs start-up time and memory."""
    found: MultiFernet | None = current_app.extensions.get("kokemussilta.data_keys")
    if found is None:
        from cryptography.fernet import Fernet, MultiFernet

        keys = current_app.config["KOKEMUSSILTA"].data_keys
        found = current_app.extensions["kokemussilta.data_keys"] = MultiFernet([Fernet(k) for k in keys])
    return found


def seal(place: tuple[str, int, str], text: str) -> str:
    """Encrypt with the newest key. `place`: module, organisation and key; no row passes for another's."""
    content = json.dumps([*place, text]).encode("utf-8")
    return _keys().encrypt(content).decode("ascii")


def unseal(places: list[tuple[str, int, str]], sealed: str) -> str:
    """The text, if it was sealed for one of the places. Raises `SecretUnreadable`."""
    from cryptography.fernet import InvalidToken

    try:
        *place, text = json.loads(_keys().decrypt(sealed.encode("ascii")))
    except (InvalidToken, ValueError) as error:
        raise SecretUnreadable("no key of DATA_KEYS opens it") from error
    if tuple(place) not in places:
        raise SecretUnreadable("it was stored for another place")
    return str(text)


def resealed(sealed: str) -> str:
    """The same content under the newest key. Raises `SecretUnreadable`."""
    from cryptography.fernet import InvalidToken

    try:
        return _keys().rotate(sealed.encode("ascii")).decode("ascii")
    except (InvalidToken, ValueError) as error:
        raise SecretUnreadable("no key of DATA_KEYS opens it") from error
