"""What a claim form offers: the units and kinds of work where a claim can be begun today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.api import Gate, OrganisationNode, Texts, Tree, current_gate
from plugins.fees.models import Rate, RateVersion, WorkType


@dataclass(frozen=True)
class Offers:
    """Units under their payers, and the kinds of work each may use: its own and inherited ones."""

    tree: Tree
    open_units: tuple[OrganisationNode, ...]
    work_types: tuple[WorkType, ...]

    @cached_property
    def units(self) -> dict[str, list[tuple[str, str]]]:
        """Choices of a grouped select: payer, then its units."""
        found: dict[str, list[tuple[str, str]]] = {}
        for node in sorted(self.open_units, key=self._order):
            found.setdefault(str(self.payer(node).name), []).append((str(node.id), str(node.name)))
        return found

    @cached_property
    def kinds(self) -> list[tuple[str, Texts]]:
        """Choices of work: one per code, whoever declares it."""
        found = {w.code: w.name for w in self.work_types}
        return sorted(found.items(), key=lambda pair: str(pair[1]))

    def closed(self, unit: str) -> OrganisationNode | None:
        """The unit of a typed id where no claim can be begun now; None for one that is offered or unknown."""
        if not (unit.isascii() and unit.isdigit() and len(unit) < 10):
            return None
        node = self.tree.by_id.get(int(unit))
        known = node is not None and node.controller_id is not None
        return node if known and node not in self.open_units else None

    def payer(self, node: OrganisationNode) -> OrganisationNode:
        """Who pays for work at a unit."""
        return self.tree.by_id[node.controller_id or node.id]

    def work_type(self, unit_id: int, code: str) -> WorkType | None:
        """The kind of work as it is declared nearest above the unit, never above the payer."""
        for node in self._to_payer(unit_id):
            for found in self.work_types:
                if found.organisation_id == node.id and found.code == code:
                    return found
        return None

    def _to_payer(self, unit_id: int) -> Iterator[OrganisationNode]:
        controller = self.tree.by_id[unit_id].controller_id
        return (n for n in self.tree.upwards(unit_id) if n.controller_id == controller)

    def _order(self, node: OrganisationNode) -> tuple[str, str]:
        return self.payer(node).sort_key, node.sort_key


_WORK_TYPES = select(WorkType).where(WorkType.active).order_by(WorkType.id)


def load_offers(session: Session, *, start: bool = True) -> Offers:
    """Everything a form may offer; one query. Without `start`, also where only open work goes on."""
    gate = current_gate()
    open_units, paid_at = _places(gate, start)
    work_types = session.scalars(_WORK_TYPES).all()
    return Offers(gate.tree, open_units, tuple(w for w in work_types if w.organisation_id in paid_at))


@lru_cache(maxsize=4)
def _places(gate: Gate, start: bool) -> tuple[tuple[OrganisationNode, ...], frozenset[int]]:
    """Units where work is done, and all that pay: of a gate, which never changes its mind."""
    nodes = [n for n in gate.tree.by_id.values() if n.controller_id is not None]  # closed ones start nothing
    on = [n for n in nodes if gate.on("fees", n.id, start=start)]
    return tuple(n for n in on if not _only_pays(gate.tree, n)), frozenset(n.id for n in on)


def may_start() -> bool:
    """Whether a new claim can be begun anywhere; no query."""
    return current_gate().starts("fees")


def _only_pays(tree: Tree, node: OrganisationNode) -> bool:
    """A payer with units of its own is not itself a place of work."""
    return node.is_controller and any(c.controller_id == node.id for c in tree.children.get(node.id, ()))


def preparation_limits(session: Session, day: date) -> list[tuple[int, int]]:
    """(organisation, most minutes of preparation) where a rate in force sets a limit; one query."""
    in_force = (
        select(RateVersion.organisation_id, RateVersion.preparation_cap_minutes)
        .join(Rate, Rate.id == RateVersion.rate_id)
        .where(
            RateVersion.published_at.is_not(None),
            RateVersion.preparation_cap_minutes.is_not(None),
            RateVersion.valid_from <= day,
            or_(RateVersion.valid_to.is_(None), RateVersion.valid_to >= day),
        )
        .distinct()
    )
    return [(organisation_id, cap) for organisation_id, cap in session.execute(in_force) if cap is not None]
