"""Everything that is kept about a person (GDPR art. 15 and 20): from descriptions, the core and modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import formats
from core.database.types import now
from core.experts.same_person import persons_of
from core.extensions import db
from core.log.values import plain
from core.modules.calling.calls import ask
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.spec.values import SubjectData
from core.records.custom.extending import fields_of
from core.records.description import Record
from core.records.display import texts_of, values_of
from core.records.exporting.values import Value
from core.scope import Scoped, unscoped
from core.trust import kept_about
from core.trust.own_scope import standing_as

REASON = "a person's own copy of what is kept about them"
Narrowed = Callable[[SubjectData], SubjectData | None]


@dataclass(frozen=True)
class Part:
    """Some rows of the copy; `missing` names a module whose part could not be had."""

    key: str
    label: Any
    columns: tuple[Any, ...]
    rows: tuple[tuple[str, ...], ...]
    raw: tuple[dict[str, Any], ...]
    missing: bool = False


@dataclass(frozen=True)
class Copy:
    """The whole copy, as a page and as a file; `withheld` names what staff are not given of it."""

    made_at: datetime
    name: str
    parts: tuple[Part, ...]
    withheld: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The same for machines: keys and plain values, with the words beside them."""
        return {
            "made_at": plain(self.made_at),
            "name": self.name,
            "complete": not self.withheld and not any(part.missing for part in self.parts),
            "given_to_the_person_only": list(self.withheld),
            "parts": [
                {"key": part.key, "label": str(part.label), "missing": part.missing, "rows": list(part.raw)}
                for part in self.parts
            ],
        }


def _whole(data: SubjectData) -> SubjectData | None:
    return data


def copy_of(person_id: int, narrowed: Narrowed = _whole) -> Copy:
    """Read all of it, on a session apart and in the reader's language. Writes nothing.

    Records that were merged are one human's: the one that stays comes first, of the others what is not empty.
    `narrowed` gives what is shown of a part, or None.
    """
    with standing_as(person_id):
        first, *others = persons_of(db.session(), person_id)
    kept = _copy_of(first, narrowed)
    more = [part for each in others for part in _copy_of(each, narrowed).parts if part.rows]
    return Copy(kept.made_at, kept.name, (*kept.parts, *more))


def _copy_of(person_id: int, narrowed: Narrowed) -> Copy:
    with standing_as(person_id):
        session = db.session()
        with unscoped(REASON):
            name = kept_about.name_of(session, person_id)
            found = [*kept_about.core_parts(session, person_id), *_described(session, person_id)]
            parts = _parts(found, narrowed)
        return Copy(now(), name, (*parts, *_of_modules(person_id, narrowed)))


def _parts(found: Iterable[SubjectData], narrowed: Narrowed) -> list[Part]:
    return [_part(each) for each in map(narrowed, found) if each is not None]


def _described(session: Session, person_id: int) -> Iterator[SubjectData]:
    """Rows of every record whose description says that it is about a person, with fields added to it."""
    for each in described_people():
        yield from _rows(session, each, person_id)


def described_people() -> list[Record]:
    """Every record whose description says that its rows are about a person."""
    tops = (record for _module, record in current_app.extensions["kokemussilta.records"])
    return [each for top in tops for each in _with_children(top) if each.subject]


def _with_children(record: Record) -> Iterator[Record]:
    yield record
    for child in record.children:
        yield from _with_children(child)


def _rows(session: Session, record: Record, person_id: int) -> Iterator[SubjectData]:
    """One part for each organisation's rows, because its own fields belong to them."""
    query = select(record.model).where(getattr(record.model, record.subject) == person_id)
    by_home: dict[int, list[Any]] = {}
    for row in session.scalars(query.order_by(record.model.id)):
        by_home.setdefault(row.organisation_id if isinstance(row, Scoped) else 0, []).append(row)
    for home, rows in by_home.items():
        fields = fields_of(record, home)
        texts = []
        for field in fields:
            raw = values_of(field, rows)
            texts.append(list(map(Value, raw, texts_of(field, raw, home))))
        columns = {field.key: field.label for field in fields}
        lines = [dict(zip(columns, values, strict=True)) for values in zip(*texts, strict=True)]
        yield SubjectData(record.key, record.plural, columns, lines, [home or None] * len(lines))


def _of_modules(person_id: int, narrowed: Narrowed) -> Iterator[Part]:
    """What modules answer, on or off; one that cannot answer is said to be missing."""
    answers = {
        a.plugin.name: a for a in ask("subject_data", modules=tuple(host().healthy), person_id=person_id)
    }
    gate = current_gate()
    for name, condition in host().conditions.items():
        label = condition.label
        if not gate.is_healthy(name) or (name in answers and not answers[name].known):
            yield Part(name, label, (), (), (), missing=True)
        elif name in answers:
            yield from _parts(answers[name].value, narrowed)


def _part(data: SubjectData) -> Part:
    return Part(
        data.key,
        data.label,
        tuple(data.columns.values()),
        tuple(tuple(words(row.get(key)) for key in data.columns) for row in data.rows),
        tuple({key: _plain(value) for key, value in row.items()} for row in data.rows),
    )


def _plain(value: Any) -> Any:
    return plain(value.raw if isinstance(value, Value) else value)


def words(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, Value):
        return value.text
    if value is None:
        return ""
    if isinstance(value, bool):
        return formats.yes_no(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return ", ".join(words(each) for each in value)
