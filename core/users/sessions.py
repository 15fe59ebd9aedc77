"""Sessions in the database. The cookie holds a random token, the table only its SHA-256.

A session ends after the configuration's idle minutes or absolute hours, whichever is first, and at once when
somebody signs out, an account is disabled, a membership ends or the password changes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from core.modules.models import Epoch
from core.users.models import Account, Person, UserSession
from core.users.signed_in import SignedIn

TOUCH_EVERY = timedelta(minutes=5)
KEPT = timedelta(days=30)
_ACCOUNT: Any = Account.__table__
_PERSON: Any = Person.__table__
_SESSION: Any = UserSession.__table__
_EPOCH: Any = Epoch.__table__


@dataclass(frozen=True)
class Loaded:
    """What one request needs to know, from one query."""

    person: SignedIn
    seen_at: datetime
    epoch: int


def token_hash(token: str) -> str:
    """What is stored of a token. No salt: 128 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(session: Session, account_id: int, at: datetime) -> str:
    """Begin a session and give its token; forgets the account's long ended ones."""
    token = secrets.token_urlsafe(16)
    session.execute(
        delete(UserSession).where(UserSession.account_id == account_id, UserSession.created_at < at - KEPT),
        execution_options={"synchronize_session": False},
    )
    session.add(UserSession(token_hash=token_hash(token), account_id=account_id, created_at=at, seen_at=at))
    session.flush()
    return token


def live(at: datetime) -> ColumnElement[bool]:
    """Criterion of the sessions that hold at this instant."""
    seen, created = _earliest(at)
    return and_(UserSession.ended_at.is_(None), UserSession.seen_at > seen, UserSession.created_at > created)


def _earliest(at: datetime) -> tuple[datetime, datetime]:
    """Since when a session that still holds must have been used, and have begun."""
    config = current_app.config["KOKEMUSSILTA"]
    idle, absolute = config.session_idle_minutes, config.session_absolute_hours
    return at - timedelta(minutes=idle), at - timedelta(hours=absolute)


# Every request asks this, so it is put together once. Parameters: token, seen, created.
_FOUND = (
    select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.person_id,
        _ACCOUNT.c.is_operator,
        _PERSON.c.name,
        _PERSON.c.language,
        _SESSION.c.seen_at,
        select(_EPOCH.c.value).scalar_subquery().label("epoch"),
    )
    .select_from(
        _SESSION.join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account_id).join(
            _PERSON, _PERSON.c.id == _ACCOUNT.c.person_id
        )
    )
    .where(
        _SESSION.c.token_hash == bindparam("token"),
        _ACCOUNT.c.active,
        _SESSION.c.ended_at.is_(None),
        _SESSION.c.seen_at > bindparam("seen"),
        _SESSION.c.created_at > bindparam("created"),
    )
)


def load(session: Session, token: str, at: datetime) -> Loaded | None:
    """Who a token belongs to, and the epoch of the gate, in one query; None when it no longer holds."""
    seen, created = _earliest(at)
    parameters = {"token": token_hash(token), "seen": seen, "created": created}
    row = session.connection().execute(_FOUND, parameters).first()
    if row is None:
        return None
    person = SignedIn(token, row.id, row.person_id, row.name, row.language, row.is_operator)
    return Loaded(person, row.seen_at, row.epoch or 0)


def touch(session: Session, token: str, at: datetime) -> None:
    """Note that the session was used. A session that ended meanwhile stays ended."""
    _update(session, UserSession.token_hash == token_hash(token), seen_at=at)


def end(session: Session, token: str, at: datetime) -> None:
    """End the session of this token."""
    _update(session, UserSession.token_hash == token_hash(token), ended_at=at)


def end_one(session: Session, account_id: int, key: str, at: datetime) -> bool:
    """End one of the account's own sessions by its stored hash; False when it has none such."""
    return (
        _update(session, UserSession.account_id == account_id, UserSession.token_hash == key, ended_at=at) > 0
    )


def end_all(session: Session, account_id: int, at: datetime, *, except_token: str = "") -> None:
    """End every session of the account, but for the one that asks where that is wished."""
    kept = token_hash(except_token)
    _update(session, UserSession.account_id == account_id, UserSession.token_hash != kept, ended_at=at)


def end_all_of(session: Session, person_id: int, at: datetime) -> None:
    """End every session of the person."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    _update(session, UserSession.account_id.in_(accounts), ended_at=at)


def own(session: Session, account_id: int, at: datetime) -> Sequence[UserSession]:
    """The account's live sessions, the last used first."""
    wanted = select(UserSession).where(UserSession.account_id == account_id, live(at))
    return session.scalars(wanted.order_by(UserSession.seen_at.desc(), UserSession.token_hash)).all()


def _update(session: Session, *criteria: ColumnElement[bool], **values: datetime) -> int:
    """Change live rows only, so that an end keeps its first time."""
    changed = session.execute(
        update(UserSession).where(UserSession.ended_at.is_(None), *criteria).values(**values),
        execution_options={"synchronize_session": False},
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result always counts
