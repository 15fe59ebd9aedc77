"""Merging: the old organisation stays, closed, under its successor, and keeps its rows and its name.

Nothing is rewritten: a claim stays where it was sent, and what is open there runs to its end.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import today
from core.modules.gating.gate import current_gate, raise_epoch
from core.organisations.models import Organisation
from core.organisations.moving import carry_out
from core.organisations.moving_plan import MoveRefused, Moves
from core.organisations.rules import free
from core.organisations.services import described, keep_old_slug
from core.organisations.tree import Tree
from core.records.errors import Invalid
from core.records.writing import store


def merge_moves(tree: Tree, old_id: int, successor_id: int) -> Moves:
    """What stands below the old one goes under the successor, and then the old one itself."""
    if old_id == successor_id:
        raise MoveRefused("circle")
    below = [(child.id, successor_id) for child in tree.children.get(old_id, ())]
    moves = [*below, (old_id, successor_id)]
    return Moves(tree, [(i, parent) for i, parent in moves if tree.by_id[i].parent_id != parent])


def merge_organisations(
    old_id: int,
    successor_id: int,
    first_day: date,
    *,
    actor_id: int | None = None,
    within_controller: bool = False,
) -> None:
    """Close the old organisation the day before `first_day`, from which the successor stands for it.

    Links with the old address name lead to the successor from now on. Raises `MoveRefused` as a move does,
    and `Invalid` for a day that cannot be.
    """
    with writing() as session:
        raise_epoch(session)
        tree = current_gate().tree
        if tree.by_id[old_id].successor_id is not None:
            raise MoveRefused("merged")
        if within_controller and tree.by_id[old_id].is_controller:
            raise MoveRefused("controller")
        _check_days(session, old_id, successor_id, first_day)
        moves = merge_moves(tree, old_id, successor_id)
        carry_out(session, moves, actor_id=actor_id, within_controller=within_controller)
        _close(session, tree, old_id, successor_id, first_day, actor_id)
        raise_epoch(session)


def _check_days(session: Session, old_id: int, successor_id: int, first_day: date) -> None:
    """A merger is written down when it has happened; the old one had at least a day."""
    old, successor = (session.get_one(Organisation, found) for found in (old_id, successor_id))
    if first_day > today():
        raise Invalid({"first_day": _("The day is in the future. Merge on that day.")})
    if old.started is not None and first_day <= old.started:
        raise Invalid({"first_day": _("The last day is before the first.")})
    if successor.ended is not None and successor.ended < first_day:
        raise Invalid({"successor": _("The successor is closed already.")})


def _close(
    session: Session, tree: Tree, old_id: int, successor_id: int, first_day: date, actor_id: int | None
) -> None:
    """The name stays; in addresses the old one is told apart by the year it ended."""
    row, ended = session.get_one(Organisation, old_id), first_day - timedelta(days=1)
    before = row.slug
    values = {
        "slug": free(tree, f"{before[:70]}-{ended.year}"),
        "ended": ended,
        "successor_id": successor_id,
        "succeeded_on": first_day,
    }
    store(session, described(), row, values, actor_id=actor_id, action="merge")
    keep_old_slug(session, row, before)
