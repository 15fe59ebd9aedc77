"""Cards of modules on the core's own pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from flask import g

from core.database.types import today
from core.modules.calling.calls import Answer, render
from core.modules.gating.gate import current_gate
from core.modules.spec.plugin import Plugin
from core.modules.spec.values import SLOTS, Card
from core.users.reach import below, tops


class Shown(NamedTuple):
    """A module's card as a page shows it; None says that the module could not give it now."""

    plugin: Plugin
    card: Card | None


def node_cards() -> list[Shown]:
    """Cards on the front page of the organisation one stands at, of modules reachable there."""
    return _allowed(render("node_cards", reachable=g.node.id, node_id=g.node.id))


def slot_cards(slot: str, subject_id: int) -> list[Shown]:
    """Cards in a named place of a page about one row, of modules reachable where one stands; see `SLOTS`."""
    if slot not in SLOTS:
        return []
    place = g.node.id
    return _allowed(
        render("slot_cards", reachable=place, slot=slot, organisation_id=place, subject_id=subject_id)
    )


def desk_cards(person_id: int, modules: Sequence[str]) -> list[Shown]:
    """Cards of the named modules on a person's own page."""
    return _in_order(render("desk_cards", modules=modules, person_id=person_id))


def _allowed(answers: Iterable[Answer]) -> list[Shown]:
    """What the reader may see of it at the organisation, in order."""
    return [each for each in _in_order(answers) if each.card is None or _may_see(each.card)]


def _in_order(answers: Iterable[Answer]) -> list[Shown]:
    """By the cards' own order; a module that failed is named last."""
    found = [Shown(a.plugin, card) for a in answers for card in (a.value if a.known else [None])]
    return sorted(found, key=lambda each: (each.card is None, each.card.order if each.card else 0))


def _may_see(card: Card) -> bool:
    if card.permission is None:
        return True
    tree = current_gate().tree
    return bool(below(tree, g.node.id, tops(tree, g.roles, card.permission, today())))
