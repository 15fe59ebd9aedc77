"""The organisation tree in memory: small, read-only, one per epoch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import Texts, today
from core.organisations.models import Delegation, OldSlug, Organisation


@dataclass(frozen=True)
class OrganisationNode:
    """What pages and rules need of an organisation without asking the database.

    `active`: in use on the day the tree was read; a tree lives for one day at most.
    """

    id: int
    parent_id: int | None
    controller_id: int | None
    slug: str
    name: Texts
    sort_key: str
    kind: str
    is_controller: bool
    code: str | None
    cost_centre: str | None
    active: bool
    ended: date | None = None
    successor_id: int | None = None
    succeeded_on: date | None = None


@dataclass(frozen=True)
class DelegationNode:
    """A delegation with its dates; whether it holds is asked with a day."""

    from_id: int
    to_id: int
    permissions: frozenset[str]
    valid_from: date
    valid_to: date | None

    def holds(self, permission: str, day: date) -> bool:
        """Whether `permission` is delegated on `day` (both ends included)."""
        inside = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return inside and permission in self.permissions


class Tree:
    """Ancestors, subtrees, controllers and delegations, answered from memory."""

    def __init__(
        self,
        nodes: Iterable[OrganisationNode],
        delegations: Iterable[DelegationNode] = (),
        old_slugs: Mapping[str, int] | None = None,
    ) -> None:
        """Index the nodes; `nodes` come in any order. `old_slugs`: who had an address name before."""
        self.old_slugs = dict(old_slugs or {})
        self.by_id = {node.id: node for node in nodes}
        self.by_slug = {node.slug: node for node in self.by_id.values()}
        self.delegations = tuple(delegations)

    @cached_property
    def children(self) -> dict[int | None, list[OrganisationNode]]:
        """Children of each node by sort key; under None stand the roots."""
        found: dict[int | None, list[OrganisationNode]] = {}
        for node in sorted(self.by_id.values(), key=lambda n: (n.sort_key, n.id)):
            found.setdefault(node.parent_id, []).append(node)
        return found

    def upwards(self, node_id: int) -> Iterator[OrganisationNode]:
        """The node, its parent, and so on to the root."""
        node = self.by_id.get(node_id)
        while node is not None:
            yield node
            node = self.by_id.get(node.parent_id) if node.parent_id is not None else None

    def within(self, ancestor_id: int, node_id: int) -> bool:
        """Whether `ancestor_id` is the node itself or above it."""
        return any(node.id == ancestor_id for node in self.upwards(node_id))

    def reaches(self, ancestor_id: int, node_id: int) -> bool:
        """Whether a membership at `ancestor_id` reaches the node: below it and of the same controller."""
        if ancestor_id not in self.by_id or node_id not in self.by_id:
            return False
        same = self.by_id[ancestor_id].controller_id == self.by_id[node_id].controller_id
        return same and self.within(ancestor_id, node_id)

    def subtree(self, node_id: int) -> Iterator[OrganisationNode]:
        """The node and all below it, parents first."""
        if node_id in self.by_id:
            yield self.by_id[node_id]
            for child in self.children.get(node_id, ()):
                yield from self.subtree(child.id)

    def moved(self, node_id: int, parent_id: int) -> Tree:
        """The tree with an organisation, and all below it, under another parent."""
        nodes = {**self.by_id, node_id: replace(self.by_id[node_id], parent_id=parent_id)}
        for node in self.subtree(node_id):  # parents first
            above = nodes[nodes[node.id].parent_id or 0]
            controller_id = node.id if node.is_controller else above.controller_id
            nodes[node.id] = replace(nodes[node.id], controller_id=controller_id)
        return Tree(nodes.values(), self.delegations, self.old_slugs)

    def reached(self, tops: Iterable[int]) -> set[int]:
        """Every organisation that one of `tops` reaches."""
        return {n.id for top in tops for n in self.subtree(top) if self.reaches(top, n.id)}


def load_tree(session: Session) -> Tree:
    """Read the whole tree as it is today: three queries, once per epoch, day and process."""
    day = today()
    nodes = [
        OrganisationNode(
            o.id,
            o.parent_id,
            o.controller_id,
            o.slug,
            o.name,
            o.sort_key,
            o.kind,
            o.is_controller,
            o.code,
            o.cost_centre,
            o.ended is None or day <= o.ended,
            o.ended,
            o.successor_id,
            o.succeeded_on,
        )
        for o in session.scalars(select(Organisation))
    ]
    delegations = [
        DelegationNode(
            d.from_organisation_id, d.to_organisation_id, frozenset(d.permissions), d.valid_from, d.valid_to
        )
        for d in session.scalars(select(Delegation))
    ]
    old = {
        row.slug: row.organisation_id
        for row in session.execute(select(OldSlug.slug, OldSlug.organisation_id))
    }
    return Tree(nodes, delegations, old)
