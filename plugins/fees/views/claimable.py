"""Work that other modules know to be done, as rows to begin a claim form from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.api import Gate, ask, current_gate
from plugins.fees.hooks import WorkOffer
from plugins.fees.offers import Offers

Typed = dict[str, str]


@dataclass(frozen=True)
class Claimable:
    """What is offered to the person now, and the names of modules that were asked and did not answer."""

    work: tuple[WorkOffer, ...]
    silent: tuple[Any, ...]

    def typed(self, mark: str) -> Typed | None:
        """The work of a mark as a form takes it; None when it is not offered."""
        return next((typed(work) for work in self.work if mark_of(work) == mark), None)

    def __bool__(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.work or self.silent)


def claimable(person_id: int, offers: Offers) -> Claimable:
    """Ask every module that is on somewhere; what cannot be claimed where it was done is left out."""
    gate = current_gate()
    modules = [module for module in gate.modules if gate.anywhere(module)]
    answers = ask("fees_claimable_work", modules=modules, person_id=person_id)
    known = [(answer.plugin.name, work) for answer in answers if answer.known for work in answer.value]
    return Claimable(
        tuple(work for module, work in known if _can_be_claimed(module, work, gate, offers)),
        tuple(answer.plugin.label for answer in answers if not answer.known),
    )


def _can_be_claimed(module: str, work: WorkOffer, gate: Gate, offers: Offers) -> bool:
    """The offer is of the module that gives it, which is on there, as the form's own choices are."""
    own = work.source_module == module and gate.on(module, work.organisation_id)
    open_there = any(unit.id == work.organisation_id for unit in offers.open_units)
    return own and open_there and offers.work_type(work.organisation_id, work.work_type) is not None


def mark_of(work: WorkOffer) -> str:
    """What names the work in an address."""
    return f"{work.source_module}:{work.source_id}"


def typed(work: WorkOffer) -> Typed:
    """As if the person had typed it."""
    times = {"start": work.start, "end": work.end}
    return {
        "work_type": work.work_type,
        "unit": str(work.organisation_id),
        "day": f"{work.day.day}.{work.day.month}.{work.day.year}",
        **{name: f"{at.hour}.{at.minute:02}" for name, at in times.items() if at is not None},
        "lessons": str(work.lessons) if work.lessons else "",
        "travel": "none",
    }
