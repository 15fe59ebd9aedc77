"""Other modules' part in a move: they may refuse it inside its transaction, and hear of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.api import decide, observe
from plugins.fees.hooks import ClaimMove


def tell_others(session: Session, moves: Iterable[tuple[int, ClaimMove]]) -> None:
    """Let modules that are on in the claim's organisation decide, then tell them; moves with their numbers.

    Raises what a module refuses with. Costs no statement where nobody listens.
    """
    for seq, move in moves:
        decide("fees_may_move", on=move.organisation_id, move=move)
        observe(
            session,
            "fees_claim_moved",
            on=move.organisation_id,
            key=f"fees_claim_moved:{move.claim_id}:{seq}",
            claim_id=move.claim_id,
            organisation_id=move.organisation_id,
            seq=seq,
            action=move.action,
        )
