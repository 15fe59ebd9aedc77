"""What keeps a module from going off: open work where it would be lost. Off never breaks a promise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from core.extensions import db
from core.modules.calling.calls import ask
from core.modules.gating.gate import Gate, current_gate
from core.modules.spec.values import Blocker
from core.outbox.models import UNDELIVERED, OutboxRow


@dataclass(frozen=True)
class OpenWork:
    """What keeps a module from being off: open work, undelivered messages, or no answer from it.

    `given_up` of the undelivered are not tried any more: they hold until the operator has them tried again
    or puts them aside.
    """

    blockers: tuple[Blocker, ...]
    undelivered: int
    given_up: int
    unknown: bool

    def __bool__(self) -> bool:
        """Whether anything is open."""
        return self.unknown or self.undelivered > 0 or any(b.count for b in self.blockers)


@dataclass(frozen=True)
class Loss:
    """A module that a change would switch off where one organisation's word rules, and what is open there."""

    module: str
    organisation_id: int
    work: OpenWork


def open_work(module: str, organisation_id: int) -> OpenWork:
    """Open work and undelivered messages of all organisations whose state this one's word decides."""
    return open_work_of(module, current_gate().governed(module, organisation_id))


def open_work_of(module: str, organisation_ids: frozenset[int]) -> OpenWork:
    """Open work and undelivered messages of these organisations. A broken module cannot tell: unknown."""
    answers = ask("blockers", modules=(module,), organisation_ids=organisation_ids)
    found = tuple(b for a in answers if a.known for b in a.value)
    unknown = module not in current_gate().modules or any(not a.known for a in answers)
    waiting, given_up = _undelivered(module, organisation_ids)
    return OpenWork(found, waiting + given_up, given_up, unknown)


def _undelivered(module: str, organisation_ids: frozenset[int]) -> tuple[int, int]:
    """How many rows are still tried, and how many were given up."""
    counted = (
        select(OutboxRow.state, func.count())
        .where(
            OutboxRow.module == module,
            OutboxRow.state.in_(UNDELIVERED),
            OutboxRow.organisation_id.in_(organisation_ids),
        )
        .group_by(OutboxRow.state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    return found.get("pending", 0), found.get("failed", 0)


def lost(before: Gate, after: Gate, organisation_ids: Iterable[int]) -> dict[str, frozenset[int]]:
    """Each module that is on in some of these organisations and would not be any more, with those."""
    places = list(organisation_ids)
    found = {
        module: frozenset(o for o in places if before.on(module, o) and not after.on(module, o))
        for module in sorted(before.modules)
    }
    return {module: ids for module, ids in found.items() if ids}


def losses(gate: Gate, going: dict[str, frozenset[int]]) -> list[Loss]:
    """Open work of modules where they go off, by the organisation whose word rules, each controller apart."""
    found = []
    for module, organisation_ids in going.items():
        for ruler, ids in _by_ruler(gate, module, organisation_ids).items():
            work = open_work_of(module, frozenset(ids))
            if work:
                found.append(Loss(module, ruler, work))
    return found


def _by_ruler(gate: Gate, module: str, organisation_ids: Collection[int]) -> dict[int, set[int]]:
    """The organisations by whose word rules them: the highest of them stands for a word from above.

    Never those of two controllers together: a sum over both would tell one about the other.
    """
    found: dict[int, set[int]] = defaultdict(set)
    for organisation_id in organisation_ids:
        ruler = gate.effective(module, organisation_id).decided_by
        path = [n.id for n in gate.tree.upwards(organisation_id)]
        within = path[: path.index(ruler) + 1] if ruler in path else path
        own = gate.tree.by_id[organisation_id].controller_id
        within = [n for n in within if gate.tree.by_id[n].controller_id == own]
        found[[n for n in within if n in organisation_ids][-1]].add(organisation_id)
    return dict(sorted(found.items()))
