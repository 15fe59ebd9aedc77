"""Moving organisations, with all below them, under another parent. Open work is never lost by it."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.database.session import writing
from core.log.services import record_change
from core.modules.gating.gate import Gate, current_gate, raise_epoch
from core.modules.switching.open_work import Loss, losses, lost
from core.organisations.added_fields import clashes
from core.organisations.models import Closure, Organisation
from core.organisations.moving_plan import MoveRefused, Moves


def move_organisation(
    organisation_id: int, parent_id: int, *, actor_id: int | None = None, within_controller: bool = False
) -> None:
    """Put the organisation under another parent; raises `MoveRefused`.

    Refused while work is open in a module that would go off by it, or where the controller would change:
    what began under one keeper of the register ends there. `within_controller`: what an administrator may do.
    """
    with writing() as session:
        raise_epoch(session)  # first: whoever is writing finishes before open work is counted
        tree = current_gate().tree
        if tree.by_id[organisation_id].parent_id == parent_id:
            return
        moves = Moves(tree, [(organisation_id, parent_id)])
        carry_out(session, moves, actor_id=actor_id, within_controller=within_controller)
        raise_epoch(session)  # what was asked so far in this transaction is forgotten


def carry_out(session: Session, moves: Moves, *, actor_id: int | None, within_controller: bool) -> None:
    """Check the moves and write them, in the caller's transaction; raises `MoveRefused`."""
    if within_controller and not moves.keeps_controllers:
        raise MoveRefused("controller")
    if clashes(moves):
        raise MoveRefused("fields")
    found = open_work_of(current_gate(), moves)
    if found:
        raise MoveRefused("open", found)
    _write(session, moves)
    for organisation_id, parent_id in moves.steps:
        record_change(
            session,
            record="core.organisation",
            row_id=organisation_id,
            action="move",
            values={"parent_id": (moves.before.by_id[organisation_id].parent_id, parent_id)},
            organisation_id=organisation_id,
            actor_id=actor_id,
        )


def open_work_of(gate: Gate, moves: Moves) -> list[Loss]:
    """Open work of modules that go off by the moves, and of all modules where the controller changes."""
    mended = gate.mended()
    going = lost(mended, mended.changed(tree=moves.after), moves.ids)
    for module in mended.modules:
        ids = frozenset(o for o in moves.changing_hands if mended.on(module, o))
        if ids:
            going[module] = going.get(module, frozenset()) | ids
    return losses(mended, going)


def _write(session: Session, moves: Moves) -> None:
    """Parent, controllers and closure, as the tree says they are afterwards."""
    after = moves.after
    for node_id in moves.ids:
        row = session.get_one(Organisation, node_id)
        row.parent_id, row.controller_id = after.by_id[node_id].parent_id, after.by_id[node_id].controller_id
    session.execute(
        delete(Closure).where(Closure.descendant_id.in_(moves.ids)),
        execution_options={"synchronize_session": False},
    )
    for node_id in moves.ids:
        for depth, above in enumerate(after.upwards(node_id)):
            pair = Closure(
                ancestor_id=above.id,
                descendant_id=node_id,
                depth=depth,
                same_controller=above.controller_id == after.by_id[node_id].controller_id,
            )
            session.add(pair)
    session.flush()
