"""What a hook must not do with the database: end the transaction around it, or keep a connection."""

from __future__ import annotations

import re
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from core.database.session import HELD
from core.extensions import db
from core.modules.health.running import Key, hook_here
from core.modules.spec.refusals import HookFault

TAKEN = "connections_of_hooks"
# What ends a transaction, first in a text or after another statement; not going back to a savepoint.
ENDING = re.compile(
    r"(?:\A|;)\s*(?:COMMIT|END|ABORT|PREPARE\s+TRANSACTION|ROLLBACK(?!\s+(?:\w+\s+)?TO\b))\b", re.IGNORECASE
)


def watch_engine(engine: Engine) -> None:
    """Have hooks on this engine watched; costs a look at a thread's own variable while none is called."""
    event.listen(engine, "commit", _refuse_commit)
    event.listen(engine, "before_cursor_execute", _refuse_ending)
    event.listen(engine, "checkout", _note)


def _refuse_commit(connection: Connection) -> None:
    """The session refuses for itself; this is for who reaches past it to its connection."""
    if hook_here() is None:
        return
    held = db.session().info.get(HELD)
    if held is not None and held[1] is connection:
        raise HookFault("it tried to commit")


def _refuse_ending(
    _connection: Connection, _cursor: object, sql: str, _values: object, _context: object, _many: bool
) -> None:
    if hook_here() is not None and ENDING.search(sql):
        raise HookFault("it tried to end the transaction around it")


def _note(_raw: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Remember what a hook takes from the pool, the session's own first connection too."""
    key = hook_here()
    if key is not None and has_app_context():
        held: Any = record
        g.setdefault(TAKEN, []).append((key, held, held.fairy_ref))


def give_back() -> set[Key]:
    """Take from hooks what they still hold, and tell which did; once the session has given back its own.

    Else some connections would be gone with each page, until nobody gets one any more.
    """
    keeping: set[Key] = set()
    for key, record, borrowed in g.pop(TAKEN, ()):
        proxy = borrowed()
        if proxy is not None and record.fairy_ref is borrowed:
            proxy.invalidate()
            keeping.add(key)
    return keeping
