"""Each claim's hash chain: an event's hash covers its own facts and the hash before it."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
# Ids, enumerations, sums and instants only: erasing a text or blanking a person never breaks the chain.
COVERED = (
    "claim_id",
    "organisation_id",
    "seq",
    "action",
    "from_state",
    "to_state",
    "actor_id",
    "acting_for_id",
    "step_no",
    "desk_id",
    "since",
    "due_at",
    "note",
    "revision",
    "total_cents",
    "text_hmac",
    "at",
    "prev_hash",
)


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over the event's covered facts, the hash before it among them."""
    facts = [_plain(event[name]) for name in COVERED]
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def new_salt() -> str:
    """A random key for one text, stored and erased with it."""
    return secrets.token_hex(32)


def text_hmac(salt: str, text: str) -> str:
    """The keyed hash an event keeps of a text: it tells nothing once the salt is gone."""
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()
