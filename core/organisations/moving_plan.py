"""Some moves as a plan: the tree before and after, and what may not be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from core.modules.switching.open_work import Loss
from core.organisations.tree import Tree


class MoveRefused(Exception):
    """An organisation cannot be moved there.

    `circle`: it would stand below itself. `open`: work is open (`losses`). `controller`: a controller would
    be moved, or an organisation would get another one, and only whoever runs the instance does that.
    `merged`: it has a successor already. `fields`: a field that was added here is called as one there.
    """

    def __init__(
        self,
        code: Literal["circle", "open", "controller", "merged", "fields"],
        found: Collection[Loss] = (),
    ) -> None:
        super().__init__(code)
        self.code, self.losses = code, tuple(found)


@dataclass(frozen=True)
class Moves:
    """Organisations that get another parent, one after the other, and what follows from it."""

    before: Tree
    steps: Sequence[tuple[int, int]]

    @cached_property
    def after(self) -> Tree:
        """The tree as it will be."""
        tree = self.before
        for organisation_id, parent_id in self.steps:
            if tree.within(organisation_id, parent_id):
                raise MoveRefused("circle")
            tree = tree.moved(organisation_id, parent_id)
        return tree

    @cached_property
    def ids(self) -> list[int]:
        """Every organisation that stands elsewhere afterwards, those below the moved ones included."""
        found = (node.id for top, _parent in self.steps for node in self.before.subtree(top))
        return list(dict.fromkeys(found))

    @property
    def changing_hands(self) -> list[int]:
        """Those that get another controller."""
        return [i for i in self.ids if self._controller(self.before, i) != self._controller(self.after, i)]

    @property
    def keeps_controllers(self) -> bool:
        """Whether all of it stays within one controller, and no controller itself is moved."""
        tops = [self.before.by_id[top] for top, _parent in self.steps]
        return not self.changing_hands and not any(n.is_controller or n.parent_id is None for n in tops)

    @staticmethod
    def _controller(tree: Tree, organisation_id: int) -> int | None:
        return tree.by_id[organisation_id].controller_id
