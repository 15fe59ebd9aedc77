"""The access log: who was shown whose data, written before the data is shown. No log, no page."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from typing import Literal

from flask import g
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from core.database.session import WRITING, writing
from core.database.types import now
from core.extensions import db
from core.log.models import AccessRow
from core.modules.gating.gate import current_gate
from core.scope import NodeScope
from core.scope.enforcement import SCOPE

How = Literal["page", "list", "search", "export", "refused"]
MOST_WORDS = 200
log = logging.getLogger(__name__)


class NotLogged(RuntimeError):
    """It could not be written down who looks, so nothing may be shown."""


def seen(subjects: Collection[int], *, record: str, how: How, why: str = "") -> None:
    """Write down that the reader of this `/o/` page is shown these people; one row each, at most once a page.

    Call it after the rows are read and before anything of them is answered. One short transaction with one
    insert; rows read so far stay readable as they are, apart from the session. `why` is a reason, else the
    permission the page was opened with. Raises `NotLogged`, which people get as a page of its own.
    """
    told: set[tuple[int, str]] = g.setdefault("told_seen", set())
    fresh = sorted({subject for subject in subjects if (subject, how) not in told})
    if not fresh:
        return
    _write(fresh, record=record, how=how, why=why)
    told.update((subject, how) for subject in fresh)


def refused(subject: int | None, *, record: str, organisation_id: int, actor_id: int) -> None:
    """Write down that somebody asked for a row they may not see; nothing of it is shown."""
    _insert([subject], record, "refused", "", organisation_id, actor_id)


def _write(subjects: list[int], *, record: str, how: How, why: str) -> None:
    session = db.session()
    if not session.info.get(WRITING):
        session.expunge_all()  # the transaction would forget them, and read each again
    scope = session.info.get(SCOPE)
    why = why or (scope.permission if isinstance(scope, NodeScope) else "")
    _insert(subjects, record, how, why, g.node.id, g.person.person_id)


def _insert(
    subjects: Iterable[int | None], record: str, how: How, why: str, organisation_id: int, actor_id: int
) -> None:
    node = current_gate().tree.by_id[organisation_id]
    line = {
        "at": now(),
        "actor_id": actor_id,
        "controller_id": node.controller_id or node.id,
        "organisation_id": node.id,
        "record": record,
        "how": how,
        "why": why[:MOST_WORDS],
    }
    try:
        with writing() as session:
            session.execute(insert(AccessRow), [{**line, "subject_id": subject} for subject in subjects])
    except SQLAlchemyError as error:
        log.error("who looks could not be written down", exc_info=error)
        raise NotLogged from error
