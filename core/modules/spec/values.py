"""Values that hooks exchange. Frozen, so that no plugin changes another's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

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


# Places of core pages where modules may add cards, and the row each is about.
SLOTS = {"core.expert.detail": "an expert's page in the register; `subject_id` is the expert"}


@dataclass(frozen=True)
class Card:
    """A card on a page: a template of the plugin and what it shows. Lower order stands higher.

    The template finds itself as `card`, so its values as `card.context`; the host draws it into `html`.
    On an organisation's pages, `permission` hides it from those who do not hold it there or below.
    """

    template: str
    context: dict[str, Any]
    order: int = 50
    permission: str | None = None
    html: Markup | None = None


@dataclass(frozen=True)
class SetupStep:
    """One thing an organisation sets up before a module is of use to it, and the page where that happens."""

    label: Any
    done: bool
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SetupChange:
    """One change that reading a set-up file would make; with a `fault` the file cannot be read in."""

    what: str
    before: str = ""
    after: str = ""
    fault: str = ""
