"""Values that hooks exchange. Frozen, so that no plugin changes another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from core.outbox.models import OutboxRow

Handler = Callable[["OutboxRow"], None]


@dataclass(frozen=True)
class Blocker:
    """Open work: how many, and one sentence about them in the reader's language."""

    count: int
    text: str


@dataclass(frozen=True)
class MenuItem:
    """An entry of the menu of `/o/<organisation>` (where="node") or of `/me` (where="me").

    `count(person_id)` gives the number shown beside it, or None to leave the entry out for that person.
    """

    endpoint: str
    label: Any
    where: Literal["node", "me"] = "node"
    permission: str | None = None
    order: int = 50
    values: dict[str, Any] = field(default_factory=dict)
    count: Callable[[int], int | None] | None = None


@dataclass(frozen=True)
class Card:
    """A card on a page: a template of the plugin and what it shows. Lower order stands higher."""

    template: str
    context: dict[str, Any]
    order: int = 50
