"""Finding a stored file and its content, by what the session's scope shows."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.files.models import StoredFile, StoredPiece


class FileDamaged(RuntimeError):
    """The stored content is not what was sent."""


@dataclass(frozen=True)
class FileName:
    """What a page shows of a file: its name, and the token of its address."""

    name: str
    token: str


def find_file(session: Session, token: str) -> StoredFile | None:
    """The file behind an address, if the scope shows it and its content is still there."""
    return session.scalar(
        select(StoredFile).where(StoredFile.token == token, StoredFile.removed_at.is_(None))
    )


def content_of(session: Session, row: StoredFile) -> bytes:
    """The whole content; raises `FileDamaged` where it is not what was sent."""
    pieces = select(StoredPiece.content).where(StoredPiece.file_id == row.id).order_by(StoredPiece.number)
    content = b"".join(session.scalars(pieces))
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise FileDamaged(f"stored file {row.id}")
    return content


def names_of_files(session: Session, ids: Collection[int]) -> dict[int, FileName]:
    """Names and addresses of the files the scope shows, for a list; one query."""
    query = select(StoredFile.id, StoredFile.name, StoredFile.token).where(
        StoredFile.id.in_(ids), StoredFile.removed_at.is_(None)
    )
    return {row.id: FileName(row.name, row.token) for row in session.execute(query)}
