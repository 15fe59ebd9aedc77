"""Switching modules on, closing and off, per organisation. Open work is finished before off."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.log.services import record_change
from core.modules.calls import ask
from core.modules.gate import current_gate, raise_epoch
from core.modules.manager import host
from core.modules.models import ModuleState
from core.modules.values import Blocker
from core.outbox.models import OutboxRow
from core.scope import JobScope, set_scope


class ModuleError(Exception):
    """The switch cannot be turned; `code` says why, `names` what it is about."""

    def __init__(self, code: str, *names: str) -> None:
        super().__init__(code)
        self.code, self.names = code, names


@dataclass(frozen=True)
class OpenWork:
    """What keeps a module from being off: open work, undelivered messages, or no answer from it."""

    blockers: tuple[Blocker, ...]
    undelivered: int
    unknown: bool

    def __bool__(self) -> bool:
        """Whether anything is open."""
        return self.unknown or self.undelivered > 0 or any(b.count for b in self.blockers)


def open_work(module: str, organisation_id: int) -> OpenWork:
    """Open work and undelivered messages of all organisations whose state this one's word decides."""
    governed = current_gate().governed(module, organisation_id)
    answers = ask("blockers", modules=(module,), organisation_ids=governed)
    found = tuple(b for a in answers if a.known for b in a.value)
    return OpenWork(found, _undelivered(module, governed), unknown=any(not a.known for a in answers))


def _undelivered(module: str, organisation_ids: frozenset[int]) -> int:
    waiting = select(func.count()).where(
        OutboxRow.module == module,
        OutboxRow.state != "done",
        OutboxRow.organisation_id.in_(organisation_ids),
    )
    return db.session.scalar(waiting) or 0


def switch_on(module: str, organisation_id: int, actor_id: int) -> None:
    """Turn the module on here; raises `ModuleError` when blocked above, broken, or a needed module is off."""
    with writing() as session:
        raise_epoch(session)
        gate = current_gate()
        effective = gate.effective(module, organisation_id).state
        if effective in ("blocked", "broken"):
            raise ModuleError(effective, module)
        missing = [n for n in host().healthy[module].plugin.requires if not gate.on(n, organisation_id)]
        if missing:
            raise ModuleError("needs", *missing)
        _write(session, module, organisation_id, "on", actor_id)


def switch_off(module: str, organisation_id: int, actor_id: int) -> str:
    """Turn the module off, or to closing while work is open. Gives the state it went to."""
    with writing() as session:
        raise_epoch(session)  # first: whoever is sending finishes before open work is counted
        needing = [p.plugin.name for p in host().healthy.values() if module in p.plugin.requires]
        still = [n for n in needing if current_gate().on(n, organisation_id)]
        if still:
            raise ModuleError("needed", *still)
        if current_gate().effective(module, organisation_id).state == "off":
            return "off"
        state = "closing" if open_work(module, organisation_id) else "off"
        _write(session, module, organisation_id, state, actor_id)
        return state


def finish_closing(module: str, organisation_id: int) -> bool:
    """Turn a closing module off once nothing is open; asked by the worker. Gives whether it went off."""
    with writing() as session:
        raise_epoch(session)
        own = current_gate().own(module, organisation_id)
        if own is None or own.state != "closing" or open_work(module, organisation_id):
            return False
        _write(session, module, organisation_id, "off", None)
        return True


def finish_all(app: Flask) -> int:
    """Turn off every closing module with nothing left open; the worker asks when it is idle."""
    with app.app_context():
        waiting = _closing()
    return sum(_finish_in_scope(app, module, organisation_id) for module, organisation_id in waiting)


def _finish_in_scope(app: Flask, module: str, organisation_id: int) -> bool:
    with app.app_context():
        set_scope(db.session(), JobScope(organisation_id))
        # Looked at first, so that an idle worker does not ask for the write lock.
        return not open_work(module, organisation_id) and finish_closing(module, organisation_id)


def _closing() -> list[tuple[str, int]]:
    """Every (module, organisation) that is on its way to off."""
    rows = db.session.execute(
        select(ModuleState.module, ModuleState.organisation_id).where(ModuleState.state == "closing")
    )
    return [(module, organisation_id) for module, organisation_id in rows if module in host().healthy]


def _write(session: Session, module: str, organisation_id: int, state: str, actor_id: int | None) -> None:
    row = session.scalar(
        select(ModuleState).where(
            ModuleState.module == module, ModuleState.organisation_id == organisation_id
        )
    )
    if row is None:
        row = ModuleState(module=module, organisation_id=organisation_id, required=False, blocked=False)
        session.add(row)
    row.state, row.changed_at, row.changed_by = state, now(), actor_id
    session.flush()
    record_change(
        session,
        actor_id=actor_id,
        organisation_id=organisation_id,
        record="core.module_state",
        row_id=row.id,
        action=state,
        fields=["state"],
    )
