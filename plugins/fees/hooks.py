"""What other modules may implement: fees asks them for work to claim, and lets them have a say in its moves.

An implementation in another module is `hookimpl(optionalhook=True)`: fees may not be installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from core.api import hookspec


@dataclass(frozen=True, kw_only=True)
class WorkOffer:
    """Work a person has done and may claim, as its module knows it; the person checks and completes it.

    `organisation_id` is the unit where it was done, `work_type` the key of a kind of work there. Times are
    Helsinki's clock; lessons are of 45 minutes. `source_module` and `source_id` name the work in its own
    module, `label` to the person.
    """

    organisation_id: int
    work_type: str
    day: date
    label: str
    source_module: str
    source_id: str
    start: time | None = None
    end: time | None = None
    lessons: int = 0

    def __post_init__(self) -> None:
        """A value of a wrong type is the fault of who makes it, not of the form that shows it."""
        wanted = {
            int: (self.organisation_id, self.lessons),
            str: (self.work_type, self.label, self.source_module, self.source_id),
            date: (self.day,),
            time: tuple(each for each in (self.start, self.end) if each is not None),
        }
        for kind, values in wanted.items():
            if any(type(value) is not kind for value in values):
                raise TypeError(f"a WorkOffer holds {kind.__name__} where it should")


@dataclass(frozen=True, kw_only=True)
class ClaimMove:
    """A claim that is about to move: sent by somebody, approved, returned, put into a batch, paid.

    `action` is the action's key, such as "submit" or "approve"; `cents` the claim's sum afterwards.
    """

    claim_id: int
    organisation_id: int
    action: str
    actor_id: int
    cents: int


class FeesHooks:
    """The hooks of fees."""

    @hookspec("ask", many=WorkOffer)
    def fees_claimable_work(self, person_id: int) -> Sequence[WorkOffer]:  # type: ignore[empty-body]
        """Give the person's work that is done and not claimed yet; asked when a new form is opened."""

    @hookspec("decide")
    def fees_may_move(self, move: ClaimMove) -> None:
        """Have a say in a move, inside its transaction: raise `core.api.Refusal` with the reason."""

    @hookspec("observe")
    def fees_claim_moved(self, claim_id: int, organisation_id: int, seq: int, action: str) -> None:
        """Take notice of a move after it happened; `seq` is the number of the claim's event."""
