"""How the scope is enforced: one listener for reads, one guard for flushes, one for raw statements.

Known holes of a listener alone, each closed here and kept as a test: identity map and refresh (one scope
per session), Core and text statements (refused at the cursor), foreign inserts and moves (flush guard),
bulk methods (the session class).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, event, inspect, true
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors

from core.database.session import ScopedSession, flushing
from core.scope.model import Scoped
from core.scope.scopes import JobScope, NodeScope, PersonScope, Scope

SCOPE = "scope"
log = logging.getLogger(__name__)
_unscoped: ContextVar[str | None] = ContextVar("unscoped", default=None)
_reviewed: ContextVar[str | None] = ContextVar("reviewed", default=None)
_related: ContextVar[str | None] = ContextVar("related", default=None)


class ScopeError(RuntimeError):
    """A statement or a change that the session's scope does not cover. Always a programming error."""


def set_scope(session: Session, scope: Scope) -> None:
    """Fix the session's scope. A second, different one raises: an identity map has one scope."""
    held = session.info.get(SCOPE)
    if held is not None and held != scope:
        raise ScopeError(f"the session already stands in {held}")
    session.info[SCOPE] = scope


def stand_in_turn(session: Session, person_id: int) -> None:
    """Within one transaction stand as another person of the same human; what was read before is forgotten."""
    if not isinstance(session.info.get(SCOPE), PersonScope):
        raise ScopeError("only a person's own scope passes on to another record of the same human")
    session.flush()
    session.expunge_all()
    session.info[SCOPE] = PersonScope(person_id)


def visible(model: type[Scoped], session: Session) -> ColumnElement[bool]:
    """The compiled criterion, for reviewed modules that write Core statements; all rows while `unscoped`."""
    scope = scope_in_force(session)
    return true() if scope is None else model.criterion(scope)


def scope_in_force(session: Session) -> Scope | None:
    """What `visible` goes by: the session's scope, None while `unscoped`; raises where there is neither."""
    if _unscoped.get() is not None:
        return None
    scope: Scope | None = session.info.get(SCOPE)
    if scope is None:
        raise ScopeError("a scoped table asked for without a scope")
    return scope


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """Read and write any organisation's rows on the same session, for a logged reason."""
    log.info("unscoped", extra={"reason": reason})
    token = _unscoped.set(reason)
    try:
        yield
    finally:
        _unscoped.reset(token)


@contextmanager
def related(reason: str) -> Iterator[None]:
    """Read what belongs to rows the scope already showed: their lines, desks, names, inherited rates.

    Reading only: an UPDATE, DELETE or INSERT inside is scoped as ever. Not logged, because it happens on
    every page; instead a test keeps the list of callers, as for `reviewed` and `unscoped`.
    """
    token = _related.set(reason)
    try:
        yield
    finally:
        _related.reset(token)


@contextmanager
def reviewed(module: str) -> Iterator[None]:
    """Let a reviewed module run Core statements on scoped tables; a test keeps the list of callers."""
    token = _reviewed.set(module)
    try:
        yield
    finally:
        _reviewed.reset(token)


class ScopeAlone:
    """Nothing but the session's scope holds inside: what the caller may do besides is not handed on."""

    __slots__ = ("_around",)

    def __enter__(self) -> None:
        """Forget what is allowed besides."""
        held = [variable for variable in (_unscoped, _reviewed, _related) if variable.get() is not None]
        self._around = [(variable, variable.set(None)) for variable in held]

    def __exit__(self, *_error: object) -> None:
        """As it was before."""
        for variable, token in self._around:
            variable.reset(token)


def guard_engine(engine: Engine) -> None:
    """Refuse, at the cursor, whatever reaches a scoped table without having passed by the scope."""
    event.listen(engine, "before_cursor_execute", _refuse_unscoped_sql)


@event.listens_for(ScopedSession, "do_orm_execute")
def _add_criteria(state: ORMExecuteState) -> None:
    """Add each scoped table's criterion to an ORM statement, or refuse it."""
    classes = _scoped_classes(state.statement)
    if not classes or not state.is_orm_statement:
        return
    free = _unscoped.get() is not None or (_related.get() is not None and state.is_select)
    if not free and not state.is_column_load:
        if state.is_insert:
            raise ScopeError("a bulk insert passes by the flush guard")
        scope = _scope_of(state.session, classes)
        state.statement = state.statement.options(
            *(with_loader_criteria(c, c.criterion(scope), True, propagate_to_loaders=False) for c in classes)
        )
    state.update_execution_options(scoped=True)


def _scope_of(session: Session, classes: set[type[Scoped]]) -> Scope:
    scope: Scope | None = session.info.get(SCOPE)
    if scope is None:
        raise ScopeError(f"{sorted(c.__name__ for c in classes)} asked for without a scope")
    return scope


def _scoped_classes(statement: Any) -> set[type[Scoped]]:
    """The scoped models whose tables stand anywhere in the statement, subqueries included."""
    by_table = _tables()
    found: set[type[Scoped]] = set()
    for element in visitors.iterate(statement):
        if isinstance(element, Table) and element.name in by_table:
            found.add(by_table[element.name])
    return found


@lru_cache(maxsize=8)
def _tables_of(count: int) -> dict[str, type[Scoped]]:
    mapped: list[Any] = Scoped.registry_of_scoped[:count]
    return {inspect(c).local_table.name: c for c in mapped}


def _tables() -> dict[str, type[Scoped]]:
    return _tables_of(len(Scoped.registry_of_scoped))


@lru_cache(maxsize=4096)
def _names_scoped_table(sql: str, count: int) -> bool:
    names = "|".join(map(re.escape, _tables_of(count)))
    return bool(names) and re.search(rf"\b(?:{names})\b", sql) is not None


def forget_tables() -> None:
    """Look anew which class bounds which table: a class was taken back, and another may have come for it."""
    _tables_of.cache_clear()
    _names_scoped_table.cache_clear()


def _refuse_unscoped_sql(
    _conn: Connection, _cursor: object, sql: str, _params: object, context: Any, _many: bool
) -> None:
    options = context.execution_options if context is not None else {}
    if options.get("scoped") or flushing.get() or _reviewed.get() or _unscoped.get():
        return
    if _related.get() and sql.lstrip().upper().startswith(("SELECT", "WITH")):
        return
    if _names_scoped_table(sql, len(Scoped.registry_of_scoped)):
        raise ScopeError("a Core or text statement on a scoped table outside the reviewed modules")


@event.listens_for(ScopedSession, "before_flush")
def _guard_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """New rows belong within the scope; a row never moves to another organisation."""
    for row in session.dirty:
        if isinstance(row, Scoped) and inspect(row).attrs["organisation_id"].history.deleted:
            raise ScopeError(f"{type(row).__name__} cannot change its organisation")
    if _unscoped.get() is not None:
        return
    for row in session.new:
        if isinstance(row, Scoped) and not _may_add(session, row):
            raise ScopeError(f"{type(row).__name__} written outside the scope")


def _may_add(session: Session, row: Scoped) -> bool:
    from core.modules.gating.gate import current_gate

    scope = session.info.get(SCOPE)
    tree = current_gate().tree
    if isinstance(scope, NodeScope):
        return any(tree.reaches(top, row.organisation_id) for top in scope.ancestors)
    if isinstance(scope, JobScope):
        return tree.reaches(scope.organisation, row.organisation_id)
    if isinstance(scope, PersonScope):
        return row.is_mine(scope.person)
    return False
