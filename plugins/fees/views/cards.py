"""Cards on a person's own page: what waits for them, and where their own fees are."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Card, db
from plugins.fees.offers import may_start
from plugins.fees.reading import is_expert, my_claims, unfinished_claims
from plugins.fees.views.menu import waiting
from plugins.fees.views.shown import rows

SHOWN = 3


def desk_cards(person_id: int) -> Sequence[Card]:
    """The approver's card where something waits, and an expert's card of their own fees."""
    session = db.session()
    found = waiting(person_id)
    counts = {"to_decide": found.to_decide, "to_move": found.to_move}
    cards = [Card("fees/card_queue.html", counts, order=10)] if any(counts.values()) else []
    own = unfinished_claims(session, person_id, SHOWN) or my_claims(session, person_id, limit=1)
    if own or is_expert(session, person_id):
        context = {"rows": rows(session, own) if own else [], "may_start": may_start()}
        cards.append(Card("fees/card_mine.html", context, order=20))
    return cards
