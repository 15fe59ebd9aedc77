"""Moving an organisation, with all below it, under another parent. Open work is never lost by it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.database.session import writing
from core.log.services import record_change
from core.modules.gating.gate import Gate, current_gate, raise_epoch
from core.modules.switching.open_work import Loss, losses, lost
from core.organisations.models import Closure, Organisation
from core.organisations.tree import Tree


class MoveRefused(Exception):
    """An organisation cannot be moved there: it would stand below itself, or work is open (`losses`)."""

    def __init__(self, code: Literal["circle", "open"], found: Collection[Loss] = ()) -> None:
        super().__init__(code)
        self.code, self.losses = code, tuple(found)


def move_organisation(organisation_id: int, parent_id: int, *, actor_id: int | None = None) -> None:
    """Put the organisation under another parent; raises `MoveRefused`.

    Refused while work is open in a module that would go off by it, or where the controller would change:
    what began under one keeper of the register ends there.
    """
    with writing() as session:
        raise_epoch(session)  # first: whoever is writing finishes before open work is counted
        gate = current_gate()
        if gate.tree.by_id[organisation_id].parent_id == parent_id:
            return
        if gate.tree.within(organisation_id, parent_id):
            raise MoveRefused("circle")
        after = gate.tree.moved(organisation_id, parent_id)
        found = _open(gate.mended(), after, organisation_id)
        if found:
            raise MoveRefused("open", found)
        _write(session, gate.tree, after, organisation_id)
        record_change(
            session,
            record="core.organisation",
            row_id=organisation_id,
            action="move",
            fields=["parent_id"],
            organisation_id=organisation_id,
            actor_id=actor_id,
        )
        raise_epoch(session)  # what was asked so far in this transaction is forgotten


def _open(gate: Gate, after: Tree, organisation_id: int) -> list[Loss]:
    """Open work of modules that go off by the move, and of all modules where the controller changes."""
    moved = [node.id for node in gate.tree.subtree(organisation_id)]
    going = lost(gate, gate.changed(tree=after), moved)
    for module in gate.modules:
        ids = frozenset(o for o in moved if gate.on(module, o) and _changes_hands(gate.tree, after, o))
        if ids:
            going[module] = going.get(module, frozenset()) | ids
    return losses(gate, going)


def _changes_hands(before: Tree, after: Tree, organisation_id: int) -> bool:
    return before.by_id[organisation_id].controller_id != after.by_id[organisation_id].controller_id


def _write(session: Session, before: Tree, after: Tree, organisation_id: int) -> None:
    """Parent, controllers and closure, as the tree says they are afterwards."""
    moved = [node.id for node in before.subtree(organisation_id)]
    for node_id in moved:
        row = session.get_one(Organisation, node_id)
        row.parent_id, row.controller_id = after.by_id[node_id].parent_id, after.by_id[node_id].controller_id
    session.execute(
        delete(Closure).where(Closure.descendant_id.in_(moved)),
        execution_options={"synchronize_session": False},
    )
    for node_id in moved:
        for depth, above in enumerate(after.upwards(node_id)):
            pair = Closure(
                ancestor_id=above.id,
                descendant_id=node_id,
                depth=depth,
                same_controller=above.controller_id == after.by_id[node_id].controller_id,
            )
            session.add(pair)
    session.flush()
