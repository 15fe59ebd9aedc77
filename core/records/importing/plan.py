"""What a file would do, row by row, before any of it is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.log.values import plain
from core.records.conditions import holds, nothing
from core.records.description import Field, Record
from core.records.display import values_of
from core.records.importing.cells import Reader
from core.records.importing.columns import matched
from core.records.importing.finding import BLOCK, identities, rows_by_identity
from core.records.importing.table import Row, Table
from core.records.reading import BadValue

# So many rows are written in some seconds, which is how long others wait on SQLite.
MOST_STEPS = 2000
# What one may write in a row that is there: the keys of its fields.
Writable = Callable[[Any], Collection[str]]


@dataclass(frozen=True)
class Fault:
    """What is wrong: row of the file, column (its heading; "" for the whole row), and what to do."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Step:
    """One row to be made (`row_id` None) or changed, with the values it gets."""

    number: int
    row_id: int | None
    values: Mapping[str, Any]


@dataclass
class Plan:
    """All that a file would do; with faults, none of it is done. `met`: rows that are there already."""

    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown: Sequence[str] = ()
    alike: int = 0
    met: set[int] = field(default_factory=set)

    @property
    def new(self) -> int:
        """How many rows would be made."""
        return sum(step.row_id is None for step in self.steps)

    @property
    def changed(self) -> int:
        """How many rows that are there would be changed."""
        return len(self.steps) - self.new


def plan(
    session: Session,
    record: Record,
    fields: Iterable[Field],
    table: Table,
    organisation_id: int,
    writable: Writable,
) -> Plan:
    """Check every row for the organisation; raises `BadTable` when the headings do not fit.

    `writable(row)`: the keys of the fields that the sender may write in a row that is there, by what they
    hold at that row's own organisation; none where they may not change it.
    """
    known = tuple(fields)
    columns = matched(table.headings, known)
    readers = {number: Reader(f, organisation_id) for number, f in columns.fields.items()}
    found = Plan(unknown=columns.unknown)
    there = rows_by_identity(session, record)
    taken: dict[Any, int] = {}
    updates: list[Step] = []
    for row in table.rows:
        values = _values(row, readers, found.faults)
        if values is None or _repeated(record, row, values, taken, found.faults):
            continue
        ids = _meant(record, values, there)
        found.met.update(ids)
        if len(ids) > 1:
            found.faults.append(
                Fault(row.number, "", _("Several of those here are alike. Change it by hand."))
            )
        elif next(identities(record, values), None) is None:
            found.faults.append(Fault(row.number, "", _untold(record)))
        elif ids:
            updates.append(Step(row.number, ids[0], values))
        else:
            _add_new(known, row, values, found)
    _add_updates(session, record, known, updates, writable, found)
    if len(found.steps) > MOST_STEPS:
        text = _("The file would change over %(most)s rows. Divide it into smaller ones.", most=MOST_STEPS)
        found.faults.append(Fault(0, "", text))
    found.faults.sort(key=lambda fault: fault.row)
    found.steps.sort(key=lambda step: step.number)
    return found


def _values(row: Row, readers: Mapping[int, Reader], faults: list[Fault]) -> dict[str, Any] | None:
    """The row's values by field key; None when a cell is wrong."""
    values: dict[str, Any] = {}
    wrong = False
    for number, reader in readers.items():
        text = row.cells[number] if number < len(row.cells) else ""
        if not text.strip():
            continue
        try:
            values[reader.field.key] = reader.value(text)
        except BadValue as error:
            faults.append(Fault(row.number, str(reader.field.label), str(error.message)))
            wrong = True
    return None if wrong else values


def _repeated(
    record: Record, row: Row, values: Mapping[str, Any], taken: dict[Any, int], faults: list[Fault]
) -> bool:
    """Whether an earlier row of the file means the same; remembers this one."""
    mine = list(identities(record, values))[:1]
    for identity in mine:
        if identity in taken:
            text = _("The same stands on row %(row)s.", row=taken[identity])
            faults.append(Fault(row.number, "", text))
            return True
        taken[identity] = row.number
    return False


def _meant(record: Record, values: Mapping[str, Any], there: Mapping[Any, list[int]]) -> list[int]:
    """The rows that are there and that the values mean; by the surest identity that finds any."""
    return next((there[each] for each in identities(record, values) if each in there), [])


def _untold(record: Record) -> str:
    """What a row lacks that nothing tells from others: it would be made anew each time the file comes."""
    labels = {field.key: str(field.label) for field in record.fields}
    ways = (" + ".join(labels[key] for key in keys) for keys in record.same)
    return _("Fill in what tells the row from others: %(ways)s.", ways=_(" or ").join(ways))


def _add_new(fields: Iterable[Field], row: Row, values: dict[str, Any], found: Plan) -> None:
    """A new row has what the file does not tell from the description, as the form would."""
    for each in fields:
        if each.key not in values:
            default = each.default() if callable(each.default) else each.default
            values[each.key] = () if default is None and each.type == "several" else default
    missing = [f for f in fields if f.required and nothing(values[f.key]) and _asked(f, values)]
    for each in missing:
        found.faults.append(Fault(row.number, str(each.label), _("Fill in this field.")))
    if not missing:
        kept = {f.key: values[f.key] for f in fields if _asked(f, values)}
        found.steps.append(Step(row.number, None, kept))


def _asked(field: Field, values: Mapping[str, Any]) -> bool:
    return field.show_if is None or holds(field.show_if, values)


def _add_updates(
    session: Session,
    record: Record,
    fields: Sequence[Field],
    steps: Sequence[Step],
    writable: Writable,
    found: Plan,
) -> None:
    """Keep of each row what differs from what stands; `fixed` fields never change."""
    model: Any = record.model
    for start in range(0, len(steps), BLOCK):
        block = steps[start : start + BLOCK]
        rows = session.scalars(select(model).where(model.id.in_([step.row_id for step in block]))).all()
        held = {f.key: dict(zip([r.id for r in rows], values_of(f, rows), strict=True)) for f in fields}
        by_id = {row.id: row for row in rows}
        for step in block:
            row = by_id[step.row_id]
            allowed = writable(row)
            if not (allowed and record.changeable(row)):
                text = _("It is here already, and you may not change it.")
                found.faults.append(Fault(step.number, "", text))
                continue
            _add_update(fields, step, {key: column[row.id] for key, column in held.items()}, allowed, found)


def _add_update(
    fields: Iterable[Field], step: Step, held: Mapping[str, Any], allowed: Collection[str], found: Plan
) -> None:
    """What differs, of the fields that are asked in such a row; a fault where one may not be written."""
    whole = {**held, **step.values}
    changed = {
        f.key: step.values[f.key]
        for f in fields
        if f.key in step.values
        and not f.fixed
        and _asked(f, whole)
        and plain(step.values[f.key]) != plain(held[f.key])
    }
    text = _("You may not change this field in a row of its organisation.")
    kept = [f.label for f in fields if f.key in changed and f.key not in allowed]
    found.faults += [Fault(step.number, str(label), text) for label in kept]
    if kept:
        return
    if changed:
        found.steps.append(Step(step.number, step.row_id, changed))
    else:
        found.alike += 1
