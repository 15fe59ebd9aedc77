"""Where a link leads that carries an address name of before."""

from __future__ import annotations

from collections.abc import Iterator

from core.organisations.tree import OrganisationNode, Tree


def leads_to(tree: Tree, slug: str) -> Iterator[OrganisationNode]:
    """The organisations an old address name may stand for now, best first.

    After a merger the last successor, then those before it, and in the end whoever had the name: those who
    may not see the successor still find what they left.
    """
    node = tree.by_id.get(tree.old_slugs.get(slug, 0))
    line: list[OrganisationNode] = []
    while node is not None and node not in line:
        line.append(node)
        node = tree.by_id.get(node.successor_id) if node.successor_id is not None else None
    yield from reversed(line)
