"""Switching modules on, closing and off, per organisation. Open work is finished before off."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.extensions import db
from core.modules.gating.gate import State, current_gate
from core.modules.host import host
from core.modules.models import ModuleState
from core.modules.switching.open_work import lost, open_work
from core.modules.switching.states import ModuleError, begin_change, write_word
from core.scope import JobScope, set_scope


def switch_on(module: str, organisation_id: int, actor_id: int | None, *, seen: str | None = None) -> None:
    """Turn the module on here; raises `ModuleError` when blocked above, broken, or a needed module is off.

    `seen` is what `seen_now` said on the page the person looked at.
    """
    with writing() as session:
        begin_change(session, module, organisation_id, seen)
        check_may_be_on(module, organisation_id)
        write_word(session, module, organisation_id, "on", actor_id, state="on")


def check_may_be_on(module: str, organisation_id: int) -> None:
    """Raise `ModuleError` where the module is blocked or broken, or a module it needs is off or closing."""
    gate = current_gate()
    effective = gate.effective(module, organisation_id)
    if effective.state in ("blocked", "broken"):
        raise ModuleError(effective.state, module, organisation_id=effective.decided_by)
    needed = host().healthy[module].plugin.requires
    missing = [name for name in needed if not gate.on(name, organisation_id, start=True)]
    if missing:
        raise ModuleError("needs", *missing)


def switch_off(module: str, organisation_id: int, actor_id: int | None, *, seen: str | None = None) -> str:
    """Turn the module off, or to closing while work is open. Gives the state it went to."""
    with writing() as session:
        begin_change(session, module, organisation_id, seen)
        gate = current_gate()
        above = gate.required_by(module, organisation_id)
        if above is not None:
            raise ModuleError("required", module, organisation_id=above)
        still = _needing(module, organisation_id)
        if still:
            raise ModuleError("needed", *still)
        if gate.effective(module, organisation_id).state == "off":
            return "off"
        state = "closing" if open_work(module, organisation_id) else "off"
        write_word(session, module, organisation_id, state, actor_id, state=state)
        return state


def _needing(module: str, organisation_id: int) -> list[str]:
    """Modules that would stop, here or below, if this one were off here."""
    gate = current_gate()
    after = gate.changed(states={(module, organisation_id): State("off", required=False, blocked=False)})
    going = lost(gate, after, gate.governed(module, organisation_id))
    return [name for name in going if name != module]


def finish_closing(module: str, organisation_id: int) -> bool:
    """Turn a closing module off once nothing is open; asked by the worker. Gives whether it went off."""
    with writing() as session:
        begin_change(session, module, organisation_id, None)
        own = current_gate().own(module, organisation_id)
        if own is None or own.state != "closing" or open_work(module, organisation_id):
            return False
        if _needing(module, organisation_id):
            return False
        write_word(session, module, organisation_id, "off", None, state="off")
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
