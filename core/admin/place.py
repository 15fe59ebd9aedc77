"""Where a page of a record stands: its parents' rows, its addresses, its responsible organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, g, url_for

from core.admin.looking import looked, turned_away
from core.admin.rights import may, may_change, offered, reaches
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.models import Organisation
from core.organisations.tree import OrganisationNode
from core.records import listing, rights
from core.records.custom.extending import extended
from core.records.description import Record, endpoint
from core.records.display import cells
from core.scope import Scoped

BARE = frozenset({"integer", "number", "money", "date", "time", "yesno"})


def found(record: Record, row_id: int, parent_id: int | None) -> Any:
    """The row; what the scope hides is as absent as what never was. Either way it is written down."""
    row = listing.find(db.session(), record, row_id, parent_id)
    if row is None:
        turned_away(record, row_id, g.node.id, g.person.person_id)
        abort(404)
    looked(record, [row], "page")
    return row


def title_of(record: Record, row: Any, organisation_id: int) -> str:
    """What a row is called: the first that its list shows the reader. A number or a day alone says little."""
    listed = rights.listed(record, may)
    shown = zip(listed, cells(listed, [row], organisation_id)[0], strict=True)
    field, text = next(((field, cell.text) for field, cell in shown if cell.text), (None, ""))
    return text if field and field.type not in BARE else f"{record.label} {text}".strip()


def address(record: Record, parents: tuple[Record, ...]) -> str:
    """The address under `/o/<org>`: a child stands below the row of its parent."""
    if not parents:
        return f"records/{record.key}"
    above = [p.key if number == 0 else p.name for number, p in enumerate(parents)]
    steps = "/".join(f"{name}/{listing.number_rule(f'above_{n}')}" for n, name in enumerate(above))
    return f"records/{steps}/{record.name}"


@dataclass(frozen=True)
class Place:
    """A record under the rows of its parents, outermost first; `above` holds their ids as in the address."""

    record: Record
    module: str | None
    above: Mapping[str, Any]
    parents: tuple[tuple[Record, Any], ...]

    @classmethod
    def reached(
        cls, record: Record, module: str | None, over: tuple[Record, ...], above: Mapping[str, int]
    ) -> Place:
        """The place an address names, or 404 where a row is not really below the one before it."""
        rows: list[Any] = []
        for number, parent in enumerate(over):
            rows.append(found(parent, above[f"above_{number}"], rows[-1].id if rows else None))
        return cls(record, module, dict(above), tuple(zip(over, rows, strict=True)))

    @property
    def parent_id(self) -> int | None:
        """The id of the row this record stands under."""
        return self.parents[-1][1].id if self.parents else None

    def row(self, row_id: int) -> Any:
        """A row here, or 404."""
        return found(self.record, row_id, self.parent_id)

    def under(self, child: Record, row: Any) -> Place:
        """The place of a child below a row of this one."""
        above = {**self.above, f"above_{len(self.parents)}": row.id}
        return Place(child, self.module, above, (*self.parents, (self.record, row)))

    def extended(self, organisation_id: int | None = None) -> Place:
        """With the fields added for rows of an organisation: the one responsible here, unless told which.

        Whoever sees a row because another organisation lets them is not shown what that one has added.
        """
        home = self.organisation_of() if organisation_id is None else organisation_id
        if not reaches(self.record.read, None, home):
            return self
        return replace(self, record=extended(self.record, home))

    def url(self, page: str, **values: Any) -> str:
        """The address of a page here: index, new, detail, edit or remove."""
        return url_for(endpoint(self.record.key, page), **self.above, **values)

    def parent_url(self) -> str:
        """The page of the row this record stands under, or the list."""
        if not self.parents:
            return self.url("index")
        own = f"above_{len(self.parents) - 1}"
        above: dict[str, Any] = {key: value for key, value in self.above.items() if key != own}
        return url_for(endpoint(self.parents[-1][0].key, "detail"), **above, row_id=self.parent_id)

    def open(self, row: Any = None) -> bool:
        """Whether the row, and all it stands under, may still be changed by anybody."""
        above = all(record.changeable(parent) for record, parent in self.parents)
        return above and (row is None or self.record.changeable(row))

    def trail(self) -> list[tuple[str, str]]:
        """The way here: the outermost list, then each parent's row."""
        steps: list[tuple[str, str]] = []
        place = Place(self.parents[0][0] if self.parents else self.record, self.module, {}, ())
        steps.append((str(place.record.plural), place.url("index")))
        for number, (_record, row) in enumerate(self.parents):
            steps.append((place.title_of(row), place.url("detail", row_id=row.id)))
            following = self.parents[number + 1][0] if number + 1 < len(self.parents) else self.record
            place = place.under(following, row)
        return steps

    def title_of(self, row: Any) -> str:
        """What a row here is called."""
        return title_of(self.record, row, self.organisation_of(row))

    def titles_of(self, rows: Sequence[Any]) -> list[str]:
        """What rows here are called, their names looked up together."""
        lines = cells(rights.listed(self.record, may), rows, g.node.id)
        return [next((cell.text for cell in line if cell.text), str(self.record.label)) for line in lines]

    def homes(self) -> list[OrganisationNode]:
        """Where a new row may belong: a child with its parent, if one may change that."""
        if not self.parents:
            return offered(self.record, self.module)
        organisation_id = self.organisation_of()
        allowed = may_change(self.record, self.module, organisation_id)
        return [current_gate().tree.by_id[organisation_id]] if allowed else []

    def organisation_of(self, row: Any = None) -> int:
        """The responsible organisation: the row's own, else the nearest parent's."""
        for candidate in (row, *(row for _record, row in reversed(self.parents))):
            if isinstance(candidate, Scoped | Organisation):
                owned: Any = candidate
                return int(owned.organisation_id)
        return int(g.node.id)
