"""Encrypting every stored secret, and every person's key of the change log, with the newest key."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.database.ciphers import SecretUnreadable, resealed
from core.database.session import writing
from core.log.keys import reseal_keys
from core.modules.gating.gate import current_gate, raise_epoch
from core.modules.models import ModuleSecret
from core.modules.settings.reading import forget


@dataclass(frozen=True)
class Rotation:
    """How many secrets stand under the newest key now, and (module, organisation, setting) of the others.

    A person's key stands there as ("core", "person", number of the person).
    """

    done: int
    unreadable: tuple[tuple[str, str, str], ...]


def rotate_secrets() -> Rotation:
    """Encrypt anew what opens with any of the keys; leave the rest as it is and tell of it."""
    done = 0
    unreadable: list[tuple[str, str, str]] = []
    with writing() as session:
        raise_epoch(session)
        for row in session.scalars(select(ModuleSecret).order_by(ModuleSecret.id)):
            try:
                row.ciphertext = resealed(row.ciphertext)
                done += 1
            except SecretUnreadable:
                slug = current_gate().tree.by_id[row.organisation_id].slug
                unreadable.append((row.module, slug, row.key))
        of_people, lost = reseal_keys(session)
        session.flush()
        forget()
    done += of_people
    unreadable += [("core", "person", str(person_id)) for person_id in lost]
    return Rotation(done, tuple(unreadable))
