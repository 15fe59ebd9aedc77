"""The fields that organisations have added, kept in memory while the gate's epoch lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from core.database.types import Texts, today
from core.extensions import db
from core.modules.gating.gate import Gate, current_gate
from core.records.custom.models import CustomField
from core.scope import related

TYPES = ("text", "longtext", "integer", "number", "money", "date", "choice", "several", "yesno")
CHOSEN = frozenset({"choice", "several"})
Choice = tuple[str, Texts]


@dataclass(frozen=True)
class Definition:
    """One added field, as a plain value."""

    id: int
    organisation_id: int
    record: str
    key: str
    type: Any
    label: Texts
    help: Texts | None
    choices: tuple[Choice, ...]
    required: bool
    in_list: bool
    filterable: bool
    searchable: bool
    personal: bool
    purpose: str
    retention: str
    retired: bool


@dataclass
class Kept:
    """The definitions of one epoch and day by record and organisation; `records` is what was made of them."""

    day: Any
    found: Mapping[tuple[str, int], list[Definition]]
    records: dict[tuple[int, int], tuple[Any, Any]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Gate, Kept] = WeakKeyDictionary()


def kept() -> Kept:
    """What holds now: one query for each epoch, day and process, then none."""
    gate = current_gate()
    found = _kept.get(gate)
    if found is None or found.day != today():
        found = _kept[gate] = Kept(today(), _load())
    return found


def definitions_at(record: str, organisation_id: int) -> list[Definition]:
    """The fields of a record for rows of an organisation: its own and those from above, outermost first.

    Within the controller: nobody adds fields to the register of another.
    """
    tree, found = current_gate().tree, kept().found
    if organisation_id not in tree.by_id:
        return []
    above = [n.id for n in tree.upwards(organisation_id) if tree.reaches(n.id, organisation_id)]
    return [each for node_id in reversed(above) for each in found.get((record, node_id), ())]


def parsed(text: str) -> tuple[Choice, ...]:
    """The choices of a text: a line each, in Finnish, or `Finnish | Swedish | English`.

    The Finnish words are what is stored.
    """
    lines = [[part.strip() for part in line.split("|")] for line in text.splitlines() if line.strip()]
    return tuple((parts[0], Texts(*parts[:3])) for parts in lines)


def _load() -> dict[tuple[str, int], list[Definition]]:
    query = select(CustomField).order_by(CustomField.position, CustomField.id)
    found: dict[tuple[str, int], list[Definition]] = {}
    with related("added fields hold below the organisation that added them"):
        for row in db.session().scalars(query):
            found.setdefault((row.record, row.organisation_id), []).append(_definition(row))
    return found


def _definition(row: CustomField) -> Definition:
    return Definition(
        id=row.id,
        organisation_id=row.organisation_id,
        record=row.record,
        key=row.key,
        type=row.type,
        label=row.label,
        help=row.help,
        choices=parsed(row.choices),
        required=row.required,
        in_list=row.in_list,
        filterable=row.filterable,
        searchable=row.searchable,
        personal=row.personal,
        purpose=row.purpose,
        retention=row.retention,
        retired=row.retired_on is not None and row.retired_on <= today(),
    )
