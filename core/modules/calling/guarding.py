"""Calling one plugin's hook so that nothing it does reaches beyond it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.database.session import WRITING
from core.database.types import now
from core.extensions import db
from core.modules.calling.holding import Reading, Spoiled, savepoint
from core.modules.calling.listeners import Hook, Listener
from core.modules.gating.gate import current_gate
from core.modules.health.recording import Health, health, reference_now
from core.modules.health.running import InHook, Key
from core.modules.spec.kinds import HookKind
from core.modules.spec.refusals import Failed, HookFault, Refusal
from core.scope.enforcement import ScopeAlone


def guarded(
    hook: Hook, listener: Listener, values: Mapping[str, Any], finish: Callable[[Any], Any] | None = None
) -> Any:
    """The hook's checked result; raises `Failed`, or `Refusal` as the hook raised it.

    What a decide or observe hook wrote stays in the transaction; a question's writes are undone. `finish`
    makes something of the result while the guard still stands.
    """

    def call() -> Any:
        found = checked(hook.kind, listener.call(**values))
        return found if finish is None else finish(found)

    return guarded_call((listener.name, hook.name), call, keep=hook.kind.kind in ("decide", "observe"))


def guarded_call(key: Key, call: Callable[[], Any], *, keep: bool = False) -> Any:
    """The same for any piece of a plugin's code that the core calls while it serves somebody."""
    found, session = health(), db.session()
    trial = _admit(found, key)
    begun = time.perf_counter()
    try:
        with _transaction(session, keep), ScopeAlone(), InHook(key):
            value = call()
    except (KeyboardInterrupt, Refusal):
        raise
    except BaseException as error:  # a plugin may raise anything, even SystemExit; only it suffers
        raise _failure(found, key, error) from error
    finally:
        found.timed(key, time.perf_counter() - begun)
        if trial:
            found.end_trial(key)
    if trial:
        found.recovered(key)
    return value


def is_open(key: Key) -> bool:
    """Whether the hook is not called for now; the gate knows, so that nobody has to ask the database."""
    until = current_gate().breakers.get(key)
    return until is not None and until > now()


def checked(kind: HookKind, results: list[Any]) -> Any:
    """The one result of a hook, of the type its specification promises; lists become tuples."""
    value = results[0] if results else None
    if kind.many is not None:
        if not isinstance(value, list | tuple):
            raise HookFault(f"it gave {type(value).__name__} instead of a list of {kind.many.__name__}")
        wrong = [type(each).__name__ for each in value if not isinstance(each, kind.many)]
        if wrong:
            raise HookFault(f"it gave a list with {wrong[0]} instead of {kind.many.__name__}")
        return tuple(value)
    if kind.one is None and value is not None:
        raise HookFault(f"it gave {type(value).__name__} where nothing is asked for")
    if kind.one is not None and not isinstance(value, kind.one):
        raise HookFault(f"it gave {type(value).__name__} instead of {kind.one.__name__}")
    return value


def _admit(found: Health, key: Key) -> bool:
    """Whether the call is a trial; raises `Failed` where the hook is not called at all."""
    gate = current_gate()
    if not gate.is_healthy(key[0]):
        raise _not_called(key)
    until = gate.breakers.get(key)
    if until is None:
        return False
    if until > now() or not found.begin_trial(key):
        raise _not_called(key)
    return True


def _not_called(key: Key) -> Failed:
    return Failed(reference_now(), key[0], None, spoiled=False)


def _transaction(session: Session, keep: bool) -> AbstractContextManager[None]:
    return savepoint(session, keep=keep) if session.info.get(WRITING) else Reading(session)


def _failure(found: Health, key: Key, error: BaseException) -> Failed | BaseException:
    """What is raised for an error of the hook. A database that went away is nobody's fault."""
    spoiled = isinstance(error, Spoiled)
    cause = error.__cause__ if spoiled and error.__cause__ is not None else error
    if isinstance(cause, DBAPIError) and cause.connection_invalidated:
        return cause
    reference = found.failed(key, cause)
    return Failed(reference, key[0], cause, spoiled=spoiled)
