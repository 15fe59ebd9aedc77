"""The copy staff make for somebody: what their own controller keeps, as far as they may read it.

The rest is named and given to the person alone, at `/me/export`. What is named does not depend on what there
is, so that it tells staff nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.modules.gating.gate import current_gate
from core.modules.spec.values import SubjectData
from core.records.custom.extending import extended
from core.records.description import Record
from core.records.rights import May, readable
from core.trust.copying import Copy, copy_of, described_people
from core.trust.staff import Subject
from core.users.permissions import all_permissions

# What is of the person and of no controller, and still each controller's to tell, with the columns shown.
SHARED: dict[str, tuple[str, ...]] = {
    "core.person": ("name", "email", "phone", "language", "created_at"),
    "core.consent": (),
}
# Who looked is told without names: those of staff are the person's to know.
COLUMNS = {**SHARED, "core.access": ("at", "organisation", "what", "why")}


def staff_copy_of(subject: Subject) -> Copy:
    """Read it on a session apart; `withheld` names what is given to the person only. Writes nothing."""
    held = frozenset(filter(subject.lets, all_permissions()))
    narrowing = Narrowing(subject.organisation_id, held.__contains__)
    found = copy_of(subject.person_id, narrowing.narrowed)
    labels = [*map(str, narrowing.unreadable()), *narrowing.withheld]
    return replace(found, withheld=tuple(dict.fromkeys(labels)))


class Narrowing:
    """What of a copy one controller's staff are given; `withheld` collects the names of the rest."""

    def __init__(self, organisation_id: int, may: May) -> None:
        self.organisation_id, self.may = organisation_id, may
        self.withheld: list[str] = []

    def narrowed(self, data: SubjectData) -> SubjectData | None:
        """The part as staff are shown it; None where nothing of it is theirs to see."""
        record = next((each for each in described_people() if each.key == data.key), None)
        if (data.key not in SHARED and data.homes is None) or (data.read and not self.may(data.read)):
            self.withheld.append(str(data.label))
            return None
        shown = self._columns(data, record)
        rows = [row for row, kept in zip(data.rows, self._kept(data), strict=False) if kept]
        if not shown or (record is not None and not rows):
            return None
        columns = {key: label for key, label in data.columns.items() if key in shown}
        return replace(data, columns=columns, rows=[{k: row[k] for k in row if k in shown} for row in rows])

    def unreadable(self) -> Iterator[Any]:
        """Names of described records and fields that the reader may not see."""
        for record in described_people():
            seen = readable(record, self.may)
            if not seen:
                yield record.plural
            yield from (field.label for field in record.fields if seen and field not in seen)

    def _columns(self, data: SubjectData, record: Record | None) -> set[str]:
        if record is not None:
            return {field.key for field in readable(extended(record, self.organisation_id), self.may)}
        everything = {*data.columns, *(key for row in data.rows for key in row)}
        return set(COLUMNS.get(data.key) or everything)

    def _kept(self, data: SubjectData) -> list[bool]:
        if data.key in SHARED:
            return [True] * len(data.rows)
        return [self._own(home) for home in data.homes or ()]

    def _own(self, home: int | None) -> bool:
        """Whether the organisation is of the controller that keeps the record."""
        nodes = current_gate().tree.by_id
        controller_id = nodes[self.organisation_id].controller_id
        if home == self.organisation_id:
            return True
        return home in nodes and controller_id is not None and nodes[home].controller_id == controller_id
