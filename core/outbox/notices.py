"""In-app notices: exactly once by their key, in the receiver's language; mail only points at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.outbox.models import Notice
from core.outbox.services import insert_once
from core.users.models import Person


@contextmanager
def in_language_of(session: Session, person_id: int) -> Iterator[str]:
    """Texts made inside are in the person's language, whoever causes them; gives the language."""
    language = session.scalar(select(Person.language).where(Person.id == person_id)) or "fi"
    with force_locale(language):
        yield language


def notify(
    session: Session, *, person_id: int, dedupe_key: str, text: str, link: str, at: datetime | None = None
) -> bool:
    """Put a line in somebody's list; False when the key is known. `link` is a path of this service.

    The text says nothing sensitive, and is made inside `in_language_of`.
    """
    if not link.startswith("/") or link.startswith("//"):
        raise ValueError("a notice links to this service")
    values = {"person_id": person_id, "dedupe_key": dedupe_key, "text": text, "link": link}
    return insert_once(session, Notice, created_at=at or now(), **values) is not None


def recent(session: Session, person_id: int, limit: int = 20) -> list[Notice]:
    """A person's latest notices, read ones too, newest first."""
    own = select(Notice).where(Notice.person_id == person_id)
    return list(session.scalars(own.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit)))


def unread(session: Session, person_id: int, limit: int = 100) -> list[Notice]:
    """A person's unread notices, newest first."""
    own = select(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return list(session.scalars(own.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit)))


def mark_read(person_id: int, notice_id: int | None = None) -> None:
    """Mark one of a person's notices as read, or all of them. Somebody else's stays as it is."""
    own = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        own = own.where(Notice.id == notice_id)
    with writing() as session:
        session.execute(own.values(read_at=now()))
