"""What a move does to the fields that organisations have added: they hold below whoever added them."""

from __future__ import annotations

from collections.abc import Iterator

from core.organisations.moving_plan import Moves
from core.organisations.tree import Tree
from core.records.custom.definitions import Definition, kept


def fields_lost(moves: Moves) -> list[Definition]:
    """Fields from above that what is moved has no more; values that stand there are kept."""
    return [each for i in sorted(above(moves.before, moves) - above(moves.after, moves)) for each in _at(i)]


def fields_gained(moves: Moves) -> list[Definition]:
    """Fields from above that what is moved gets."""
    return [each for i in sorted(above(moves.after, moves) - above(moves.before, moves)) for each in _at(i)]


def clashes(moves: Moves) -> bool:
    """Whether a field of the new place has the key of one that what is moved has added itself."""
    coming = {(each.record, each.key) for each in fields_gained(moves)}
    return any((each.record, each.key) in coming for i in moves.ids for each in _at(i))


def above(tree: Tree, moves: Moves) -> set[int]:
    """The organisations of the same controller above what is moved, itself left out."""
    return {
        node.id
        for top, _parent in moves.steps
        for node in tree.upwards(top)
        if node.id not in moves.ids and tree.reaches(node.id, top)
    }


def _at(organisation_id: int) -> Iterator[Definition]:
    """The fields an organisation itself has added; a retired one still has its key."""
    for (_record, home), found in kept().found.items():
        if home == organisation_id:
            yield from found
