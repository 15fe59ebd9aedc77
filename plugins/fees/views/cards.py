"""Cards on a person's own page: what waits for them, and where their own fees are."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Card, current_gate, db
from plugins.fees.offers import may_start
from plugins.fees.reading import is_expert, my_claims, unfinished_claims
from plugins.fees.views.menu import waiting
from plugins.fees.views.shown import rows
from plugins.fees.waiting import for_payroll

SHOWN = 3


def desk_cards(person_id: int) -> Sequence[Card]:
    """The approver's and payroll's cards where something waits, and an expert's card of their own fees."""
    session = db.session()
    found = waiting(person_id)
    counts = {"to_decide": found.to_decide, "to_move": found.to_move}
    cards = [Card("fees/card_queue.html", counts, order=10)] if any(counts.values()) else []
    if found.at_payroll:
        cards += _payroll_cards(person_id)
    own = unfinished_claims(session, person_id, SHOWN) or my_claims(session, person_id, limit=1)
    if own or is_expert(session, person_id):
        shown = rows(session, own) if own else []
        returned = any(row.yours for row in shown)
        context = {"rows": shown, "may_start": may_start(), "returned": returned}
        cards.append(Card("fees/card_mine.html", context, order=20))
    return cards


def _payroll_cards(person_id: int) -> Sequence[Card]:
    """What waits for the next batch, for each payer of the person's payroll desks where something does."""
    tree = current_gate().tree
    return [
        Card("fees/card_payroll.html", {"payer": tree.by_id[w.payer_id], "waits": w}, order=15)
        for w in for_payroll(db.session(), person_id)
    ]
