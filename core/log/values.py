"""Old and new values in the change log: plain ones as JSON, personal ones sealed for whom they are about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.database.types import Texts
from core.log.keys import cipher_for, known_ciphers
from core.log.models import Change

# Before and after a change.
Pair = tuple[Any, Any]
Pairs = Mapping[str, Pair]


def plain(value: Any) -> Any:
    """A value as JSON has it: days and times as in ISO 8601, decimal numbers as text, texts by language."""
    if isinstance(value, Texts):
        return {language: text for language, text in asdict(value).items() if text}
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def as_json(pairs: Pairs) -> dict[str, list[Any]]:
    """`[old, new]` by key."""
    return {key: [plain(old), plain(new)] for key, (old, new) in pairs.items()}


def sealed_for(session: Session, person_id: int, record: str, row_id: int, pairs: Pairs) -> str | None:
    """The values under the person's key, bound to their row; None where the person was erased."""
    cipher = cipher_for(session, person_id)
    if cipher is None:
        return None
    content = json.dumps([record, row_id, as_json(pairs)], ensure_ascii=False)
    return cipher.encrypt(content.encode("utf-8")).decode("ascii")


def opened(session: Session, changes: Iterable[Change]) -> list[dict[str, list[Any]] | None]:
    """The personal values of each change; None where they can no longer be read. At most one query."""
    from cryptography.fernet import InvalidToken

    lines = list(changes)
    sealed = {c.person_id for c in lines if c.values_sealed and c.person_id is not None}
    ciphers = known_ciphers(session, sealed)
    found: list[dict[str, list[Any]] | None] = []
    for change in lines:
        cipher = ciphers.get(change.person_id or 0)
        if change.values_sealed is None or cipher is None:
            found.append(None if change.values_sealed else {})
            continue
        try:
            record, row_id, pairs = json.loads(cipher.decrypt(change.values_sealed.encode("ascii")))
        except (InvalidToken, ValueError):
            found.append(None)  # sealed with a key that was deleted before the person got another
            continue
        found.append(pairs if (record, row_id) == (change.record, change.row_id) else None)
    return found
