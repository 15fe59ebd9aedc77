"""Values of the record that live in other tables: read for many experts at once, kept, and asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import Session

from core.database.types import today
from core.experts.details.models import ExpertArea, ExpertTraining
from core.experts.models import Expert
from core.extensions import db
from core.users.models import Person

CHECK_EVERY = timedelta(days=365)


def loaded(model: Any, column: str) -> Callable[[Collection[int]], dict[int, tuple[Any, ...]]]:
    """Reads a table of several values by expert."""

    def load(expert_ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
        query = select(model.expert_id, getattr(model, column)).where(model.expert_id.in_(expert_ids))
        found: dict[int, list[Any]] = defaultdict(list)
        for expert_id, value in db.session().execute(query.order_by(model.id)):
            found[expert_id].append(value)
        return {expert_id: tuple(values) for expert_id, values in found.items()}

    return load


def kept(model: Any, column: str) -> Callable[[Session, Expert, Iterable[Any] | None], None]:
    """Makes a table of several values hold exactly those given."""

    def keep(session: Session, expert: Expert, values: Iterable[Any] | None) -> None:
        wanted = list(dict.fromkeys(values or ()))
        rows = session.scalars(select(model).where(model.expert_id == expert.id)).all()
        for row in rows:
            if getattr(row, column) not in wanted:
                session.delete(row)
        session.flush()
        held = {getattr(row, column) for row in rows}
        for value in wanted:
            if value not in held:
                session.add(model(**of(expert), **{column: value}))
        session.flush()

    return keep


def of(expert: Expert) -> dict[str, int]:
    """The columns that say whose a row is."""
    return {"expert_id": expert.id, "person_id": expert.person_id, "organisation_id": expert.organisation_id}


def asked(model: Any, column: str) -> Callable[[str, Any], ColumnElement[bool]]:
    """Narrows a list of experts by a table of several values."""

    def criterion(op: str, value: Any) -> ColumnElement[bool]:
        with_any = select(model.expert_id)
        if op in ("empty", "filled"):
            found = Expert.id.in_(with_any)
        else:
            values = value if isinstance(value, tuple) else (value,)
            found = Expert.id.in_(with_any.where(getattr(model, column).in_(values)))
        return not_(found) if op in ("empty", "is_not") else found

    return criterion


def contact(column: Any) -> Callable[[Collection[int]], dict[int, str]]:
    """Reads an expert's contact from the person behind the record."""

    def load(expert_ids: Collection[int]) -> dict[int, str]:
        query = select(Expert.id, column).join(Person, Person.id == Expert.person_id)
        found = db.session().execute(query.where(Expert.id.in_(expert_ids), column.is_not(None)))
        return {row[0]: row[1] for row in found}

    return load


def kept_by_the_person(_session: Session, _expert: Expert, _value: Any) -> None:
    """Contact is the person's: their own service writes it in the same transaction, here is its history."""


def main_areas(expert_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Areas by expert, the main one first."""
    query = select(ExpertArea.expert_id, ExpertArea.area_id).where(ExpertArea.expert_id.in_(expert_ids))
    found: dict[int, list[int]] = defaultdict(list)
    for expert_id, area_id in db.session().execute(query.order_by(ExpertArea.main.desc(), ExpertArea.id)):
        found[expert_id].append(area_id)
    return {expert_id: tuple(values) for expert_id, values in found.items()}


def with_training(kind: str) -> Any:
    """Experts who completed a training of the kind, for `trained` and `yes_or_no`."""
    wanted = (ExpertTraining.kind == kind, ExpertTraining.state == "completed")
    return select(ExpertTraining.expert_id).where(*wanted)


def trained(kind: str) -> Callable[[Collection[int]], dict[int, bool]]:
    """Whether they completed a training of the kind."""

    def load(expert_ids: Collection[int]) -> dict[int, bool]:
        query = with_training(kind).where(ExpertTraining.expert_id.in_(expert_ids))
        found = set(db.session().scalars(query))
        return {expert_id: expert_id in found for expert_id in expert_ids}

    return load


def trained_criterion(kind: str) -> Callable[[str, Any], ColumnElement[bool]]:
    """Narrows a list to those who did, or did not."""
    return lambda op, value: _yes(Expert.id.in_(with_training(kind)), op, value)


def to_check(day: date) -> ColumnElement[bool]:
    """Those who have not said within a year that their details are right, and still take part."""
    old = or_(Expert.checked_on.is_(None), Expert.checked_on <= day - CHECK_EVERY)
    return and_(old, Expert.status != "ended")


def stale(expert_ids: Collection[int]) -> dict[int, bool]:
    """Whose details wait to be checked."""
    found = set(db.session().scalars(select(Expert.id).where(Expert.id.in_(expert_ids), to_check(today()))))
    return {expert_id: expert_id in found for expert_id in expert_ids}


def stale_criterion(op: str, value: Any) -> ColumnElement[bool]:
    """Narrows a list to them, or to the others."""
    return _yes(to_check(today()), op, value)


def _yes(holds: ColumnElement[bool], op: str, value: Any) -> ColumnElement[bool]:
    if op in ("empty", "filled"):
        return false() if op == "empty" else true()
    return holds if bool(value) == (op == "is") else not_(holds)
