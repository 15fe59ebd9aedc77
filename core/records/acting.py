"""What may be done to several chosen rows of a list at once: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.database.session import writing
from core.records.errors import Invalid

# Given the ids and who does it; what it refuses, in people's words by id.
Run = Callable[[Sequence[int], int], Mapping[int, str]]


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something done to chosen rows: `label` stands on its button, `text` on the page that asks first.

    `permission` is asked of each row's organisation. `run` calls services and writes nothing itself; what it
    refuses takes back the whole. `row_by_row` makes one of a service for one row.
    """

    key: str
    label: Any
    permission: str
    run: Run
    text: Any = ""


class _Refused(Exception):
    """Takes the transaction back."""


def perform(action: Action, ids: Sequence[int], actor_id: int) -> dict[int, str]:
    """Do it to all, in one transaction; where anything is refused nothing is changed. Tells that by id."""
    refusals: dict[int, str] = {}
    try:
        with writing():
            refusals.update(action.run(ids, actor_id))
            if refusals:
                raise _Refused
    except _Refused:
        pass
    return refusals


def row_by_row(change: Callable[[int, int], object]) -> Run:
    """Run a service for one row, `change(row_id, actor_id)`, over many; its `Invalid` is a refusal."""

    def run(ids: Sequence[int], actor_id: int) -> dict[int, str]:
        refusals = {}
        for row_id in ids:
            try:
                change(row_id, actor_id)
            except Invalid as error:
                refusals[row_id] = " ".join(str(message) for message in error.errors.values())
        return refusals

    return run
