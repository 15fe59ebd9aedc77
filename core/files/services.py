"""The only writers of stored files."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.files.models import StoredFile, StoredPiece
from core.files.receiving import Received
from core.log.services import record_change

PIECE = 256 * 1024
RECORD = "core.file"


def store_file(
    received: Received,
    *,
    owner: str,
    organisation_id: int,
    permission: str,
    subject_id: int | None = None,
    keep_until: date | None = None,
    actor_id: int | None,
) -> int:
    """Store a file that was received, in the transaction of what it belongs to; gives its id.

    `owner` is a module key, `core` for the core. Whoever holds `permission` in the organisation reads it, and
    its subject under `/me`.
    """
    with writing() as session:
        row = StoredFile(
            token=secrets.token_urlsafe(32),
            owner=owner,
            organisation_id=organisation_id,
            permission=permission,
            subject_id=subject_id,
            name=received.name,
            kind=received.kind,
            size=len(received.content),
            sha256=received.sha256,
            created_at=now(),
            created_by=actor_id,
            keep_until=keep_until,
        )
        session.add(row)
        session.flush()
        for number, start in enumerate(range(0, len(received.content), PIECE)):
            piece = received.content[start : start + PIECE]
            session.add(StoredPiece(file_id=row.id, number=number, content=piece))
        _log(session, row, "create", actor_id)
        return row.id


def remove_file(file_id: int, *, actor_id: int | None) -> None:
    """Forget the content and the name; that there was a file stays. Nothing happens to one that is gone."""
    with writing() as session:
        row = session.get(StoredFile, file_id)
        if row is not None and row.removed_at is None:
            _forget(session, row, actor_id)


def remove_expired(day: date) -> int:
    """Forget every file whose last day has passed by `day`, within the session's scope; gives how many."""
    with writing() as session:
        past = StoredFile.keep_until < day, StoredFile.removed_at.is_(None)
        rows = session.scalars(select(StoredFile).where(*past).order_by(StoredFile.id)).all()
        for row in rows:
            _forget(session, row, None)
        return len(rows)


def _forget(session: Session, row: StoredFile, actor_id: int | None) -> None:
    session.execute(delete(StoredPiece).where(StoredPiece.file_id == row.id))
    row.removed_at, row.name = now(), ""
    _log(session, row, "remove", actor_id)


def _log(session: Session, row: StoredFile, action: str, actor_id: int | None) -> None:
    record_change(
        session,
        record=RECORD,
        row_id=row.id,
        action=action,
        actor_id=actor_id,
        organisation_id=row.organisation_id,
    )
