"""What an author tells the contract about their plugin, where it cannot find out by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# (organisation_id, person_id) -> words that stand on pages about the rows just made, and nowhere else.
Plant = Callable[[int, int], str]
# (organisation_id, person_id) -> what may stand in an address, for rows of that organisation and person.
Addresses = Callable[[int, int], Iterable[Mapping[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How many statements a page may ask the database, and why more than `MOST_STATEMENTS`."""

    most: int
    why: str
    grows: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The plugin's name, and what `contract()` was given; see there."""

    module: str
    plant: Plant | None = None
    finish: Callable[[int], object] | None = None
    addresses: Mapping[str, Addresses] = field(default_factory=dict)
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    stored_settings: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    not_people: Mapping[str, str] = field(default_factory=dict)
    shown_to_all: Mapping[str, str] = field(default_factory=dict)
    kept_words: Mapping[str, str] = field(default_factory=dict)
    kept_open: Mapping[str, str] = field(default_factory=dict)
