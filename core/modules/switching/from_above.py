"""What an organisation decides for itself and everyone below it: that a module is required, or blocked."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from sqlalchemy.orm import Session

from core.database.session import writing
from core.modules.gating.gate import Gate, State, current_gate
from core.modules.switching.open_work import Loss, losses, lost
from core.modules.switching.services import check_may_be_on
from core.modules.switching.states import ModuleError, begin_change, write_word

Decision = Literal["require", "unrequire", "block", "unblock"]
DECISIONS: tuple[Decision, ...] = ("require", "unrequire", "block", "unblock")
_VALUES: dict[Decision, tuple[str, bool]] = {
    "require": ("required", True),
    "unrequire": ("required", False),
    "block": ("blocked", True),
    "unblock": ("blocked", False),
}


def decide_below(
    module: str, organisation_id: int, decision: Decision, actor_id: int | None, *, seen: str | None = None
) -> None:
    """Require or block the module here and below, or withdraw that. Raises `ModuleError` when it cannot be.

    Blocking is refused while work is open: closing comes first. Where a requirement is withdrawn, the module
    goes back to what was said there, and to closing where work is open.
    """
    with writing() as session:
        begin_change(session, module, organisation_id, seen)
        if decision == "require":
            check_may_be_on(module, organisation_id)
        elif decision == "block":
            _check_nothing_open(module, organisation_id)
        elif decision == "unrequire":
            _keep_open_work(session, module, organisation_id, actor_id)
        name, value = _VALUES[decision]
        write_word(session, module, organisation_id, decision, actor_id, **{name: value})


def open_below(module: str, organisation_id: int, decision: Decision) -> list[Loss]:
    """What is open here and below where the decision would switch modules off."""
    gate = current_gate().mended()
    return losses(gate, _going(gate, module, organisation_id, decision))


def _going(gate: Gate, module: str, organisation_id: int, decision: Decision) -> dict[str, frozenset[int]]:
    after = _decided(gate, module, organisation_id, decision)
    return lost(gate, after, [node.id for node in gate.tree.subtree(organisation_id)])


def _decided(gate: Gate, module: str, organisation_id: int, decision: Decision) -> Gate:
    """The gate as it would be."""
    own = gate.own(module, organisation_id) or State(None, required=False, blocked=False)
    name, value = _VALUES[decision]
    said = replace(own, required=value) if name == "required" else replace(own, blocked=value)
    return gate.changed(states={(module, organisation_id): said})


def _check_nothing_open(module: str, organisation_id: int) -> None:
    found = open_below(module, organisation_id, "block")
    if found:
        raise ModuleError("open", *sorted({loss.module for loss in found}), losses=found)


def _keep_open_work(session: Session, module: str, organisation_id: int, actor_id: int | None) -> None:
    """Where the requirement alone kept the module on and work is open, closing takes its place."""
    gate = current_gate()
    going = _going(gate, module, organisation_id, "unrequire")
    needing = [name for name in going if name != module]
    if needing:
        raise ModuleError("needed", *needing)
    said = _decided(gate, module, organisation_id, "unrequire")
    rulers = {o: _ruler(said, module, o, organisation_id) for o in going.get(module, ())}
    for ruler in sorted(set(rulers.values())):
        ids = frozenset(o for o, found in rulers.items() if found == ruler)
        if losses(gate, {module: ids}):
            write_word(session, module, ruler, "closing", actor_id, state="closing")


def _ruler(gate: Gate, module: str, organisation_id: int, top: int) -> int:
    """Whose word would rule: an organisation at or below `top`, which stands for everything above it."""
    ruler = gate.effective(module, organisation_id).decided_by
    below = ruler is not None and gate.tree.within(top, ruler)
    return ruler if below and ruler is not None else top
