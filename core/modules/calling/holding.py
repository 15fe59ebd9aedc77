"""A hook's part of a transaction: kept or undone whole, and never ended by the hook itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

from core.database.session import SPOILED, ScopedSession
from core.modules.spec.refusals import HookFault

IN_HOOK: Final = "in_hook"
_NOT_MARKED: Final = object()


class Spoiled(Exception):
    """The hook ended the transaction around it; nothing of the whole action may be committed."""


@contextmanager
def savepoint(session: Session, *, keep: bool) -> Iterator[None]:
    """Within `writing()`: what the hook wrote stays if `keep` and nothing is raised, else it is undone.

    Raises `Spoiled` when the transaction around the hook is gone.
    """
    point = session.begin_nested()
    around = (session.get_transaction(), session.connection().get_transaction())
    try:
        with _marked(session, point):
            yield
            if keep:
                session.flush()
            _check_held(session, point, around)
    except BaseException as error:
        if not _undone(session, point, around):
            raise _spoiled(session) from error
        raise
    try:
        point.commit() if keep else point.rollback()
    except SQLAlchemyError as error:
        raise _spoiled(session) from error


def _spoiled(session: Session) -> Spoiled:
    """Let go of the connection too: nobody knows what state it is in."""
    session.info[SPOILED] = True
    session.invalidate()
    return Spoiled("the transaction was ended by a hook")


class Reading:
    """Outside `writing()`: whatever goes wrong, the session is usable afterwards and nothing is pending."""

    __slots__ = ("_before", "_marked", "_session")

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        """The hook begins."""
        self._before = self._session.get_transaction()
        self._marked = _mark(self._session, None)

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        """The hook has ended; raises `HookFault` for what it left behind."""
        session = self._session
        _unmark(session, self._marked)
        fault = None if kind is not None else self._left_behind()
        if kind is not None or fault is not None:
            session.rollback()
        if fault is not None:
            raise HookFault(fault)

    def _left_behind(self) -> str | None:
        session = self._session
        if self._before is not None and session.get_transaction() is not self._before:
            return "it ended the transaction around it"
        if session.get_nested_transaction() is not None:
            return "it left a transaction open"
        if session.new or session.dirty or session.deleted:
            return "it changed rows while it was only asked"
        return None


def _mark(session: Session, point: SessionTransaction | None) -> Any:
    """Tell the guard below that a hook runs, and where its own part begins; gives what was told before."""
    before = session.info.get(IN_HOOK, _NOT_MARKED)
    session.info[IN_HOOK] = point
    return before


def _unmark(session: Session, before: Any) -> None:
    if before is _NOT_MARKED:
        session.info.pop(IN_HOOK, None)
    else:
        session.info[IN_HOOK] = before


@contextmanager
def _marked(session: Session, point: SessionTransaction) -> Iterator[None]:
    before = _mark(session, point)
    try:
        yield
    finally:
        _unmark(session, before)


def _check_held(session: Session, point: SessionTransaction, around: tuple[Any, Any]) -> None:
    if not _stands(session, around):
        raise HookFault("it ended the transaction around it")
    if session.get_nested_transaction() is not point:
        raise HookFault("it left a transaction open, or closed one that is not its own")


def _stands(session: Session, around: tuple[Any, Any]) -> bool:
    """Whether the transaction around the hook is the one that was there before, and alive."""
    root, of_connection = around
    return session.get_transaction() is root and bool(of_connection.is_active)


def _undone(session: Session, point: SessionTransaction, around: tuple[Any, Any]) -> bool:
    """Go back to the savepoint, unless the hook did so itself; False when that is no longer possible."""
    try:
        while _stands(session, around) and _is_within(session, point):
            inner = session.get_nested_transaction()
            assert inner is not None  # noqa: S101  # just found
            inner.rollback()
    except SQLAlchemyError:
        return False
    return _stands(session, around)


def _is_within(session: Session, point: SessionTransaction) -> bool:
    found = session.get_nested_transaction()
    while found is not None and found is not point:
        found = found.parent
    return found is point


@event.listens_for(ScopedSession, "before_commit")
def _refuse_commit(session: Session) -> None:
    """A hook commits nothing but savepoints of its own."""
    if session.info.get(SPOILED):
        raise HookFault("the transaction was ended by a hook")
    if IN_HOOK not in session.info:
        return
    inner = session.get_nested_transaction()
    if inner is None or inner is session.info[IN_HOOK]:
        raise HookFault("it tried to commit")
