"""Encrypting every stored secret with the newest key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.database.session import writing
from core.modules.gating.gate import current_gate, raise_epoch
from core.modules.models import ModuleSecret
from core.modules.settings.ciphers import SecretUnreadable, resealed
from core.modules.settings.reading import forget


@dataclass(frozen=True)
class Rotation:
    """How many secrets stand under the newest key now, and (module, organisation, setting) of the others."""

    done: int
    unreadable: tuple[tuple[str, str, str], ...]


def rotate_secrets() -> Rotation:
    """Encrypt anew what opens with any of the keys; leave the rest as it is and tell of it."""
    done, unreadable = 0, []
    with writing() as session:
        raise_epoch(session)
        for row in session.scalars(select(ModuleSecret).order_by(ModuleSecret.id)):
            try:
                row.ciphertext = resealed(row.ciphertext)
                done += 1
            except SecretUnreadable:
                slug = current_gate().tree.by_id[row.organisation_id].slug
                unreadable.append((row.module, slug, row.key))
        session.flush()
        forget()
    return Rotation(done, tuple(unreadable))
