"""People whose data the crawler erases, a receipt of that, and a file, in each organisation."""

from __future__ import annotations

import secrets

from sqlalchemy.orm import Session

from core.database.types import now
from core.experts.models import Expert
from core.files.receiving import Received
from core.files.services import store_file
from core.trust.models import Erasure
from core.users.models import Person

ERASABLE, KEY = "Nobody misses this one", "erasable"


def plant(session: Session, home: int) -> None:
    """Three who may be erased, somebody who was, and a file that everybody there may read."""
    for _each in range(3):
        person = _person(session)
        session.add(Expert(person_id=person.id, organisation_id=home, name=ERASABLE, sort_key=KEY))
    gone = _person(session)
    gone.blanked_at = now()
    number = secrets.token_hex(4)
    session.add(Erasure(number=number, person_id=gone.id, organisation_id=home, at=now(), kept=[]))
    received = Received("crawl.txt", "text/plain", b"")
    store_file(
        received, owner="core", organisation_id=home, permission="core.organisations.view", actor_id=None
    )


def _person(session: Session) -> Person:
    person = Person(name=ERASABLE, sort_key=KEY, created_at=now())
    session.add(person)
    session.flush()
    return person
