"""Values that hooks exchange. Frozen, so that no plugin changes another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from flask_babel.speaklater import LazyString
from markupsafe import Markup

from core.database.types import Texts

if TYPE_CHECKING:
    from core.outbox.models import OutboxRow

# Where entries and cards may stand; beyond it lies a slip, not an order.
ORDERS = range(-10_000, 10_001)


def _check_order(order: object) -> None:
    if type(order) is not int or order not in ORDERS:
        raise TypeError("order is a whole number between -10000 and 10000")


def _check_text(what: str, text: object) -> None:
    """A text, or one that is translated when it is shown: anything else cannot stand on a page."""
    if not isinstance(text, str | LazyString | Texts):
        raise TypeError(f"{what} is a text, and this is {type(text).__name__}")


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

    def __post_init__(self) -> None:
        """Raises `TypeError` for what the menu of every page could not show."""
        _check_text("label", self.label)
        _check_order(self.order)
        if not isinstance(self.endpoint, str) or self.where not in ("node", "me"):
            raise TypeError("endpoint is a name, and where is node or me")
        if not isinstance(self.values, dict) or not (self.count is None or callable(self.count)):
            raise TypeError("values is a dictionary, and count can be called")


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

    def __post_init__(self) -> None:
        """Raises `TypeError` for what could not be put in order or drawn."""
        _check_order(self.order)
        if not isinstance(self.template, str) or not isinstance(self.context, dict):
            raise TypeError("template is a name, and context a dictionary")


@dataclass(frozen=True)
class SetupStep:
    """One thing an organisation sets up before a module is of use to it, and the page where that happens."""

    label: Any
    done: bool
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `TypeError` for what the module page could not show."""
        _check_text("label", self.label)
        if type(self.done) is not bool or not isinstance(self.endpoint, str):
            raise TypeError("done is True or False, and endpoint a name")
        if not isinstance(self.values, dict):
            raise TypeError("values is a dictionary")


@dataclass(frozen=True)
class SetupChange:
    """One change that reading a set-up file would make; with a `fault` the file cannot be read in."""

    what: str
    before: str = ""
    after: str = ""
    fault: str = ""


@dataclass(frozen=True)
class SubjectData:
    """Rows about one person, for their own copy of what is kept about them.

    `columns` gives the words for each key of a row; values are texts, numbers, days, instants, yes or no,
    lists of these, or None. A key that is no column stands in the file alone.

    `homes` names the organisation that keeps each row, in their order; None for what is the person's alone.
    A copy that staff make holds only rows their own controller keeps, so none of a part without `homes`, and
    nothing where they lack the permission `read`.
    """

    key: str
    label: Any
    columns: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    homes: Sequence[int | None] | None = None
    read: str = ""


@dataclass(frozen=True)
class Expired:
    """Rows of one kind whose time is over: what they are called, how many, and what is done to them.

    `label` says both in a few words: "Payees: name and contact".
    """

    label: Any
    count: int

    def __post_init__(self) -> None:
        """Raises `TypeError` for what a report could not show."""
        _check_text("label", self.label)
        if type(self.count) is not int:
            raise TypeError("count is a whole number")


@dataclass(frozen=True)
class SubjectErasure:
    """What an erasure does to some rows about a person: how many go, or how many stay, why and until when.

    `why` empty: they are erased. `until` None with a reason: as long as the reason holds.
    """

    label: Any
    count: int
    why: Any = ""
    until: date | None = None
