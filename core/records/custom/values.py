"""Values of added fields: read for many rows and all fields at once, found by, and written."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, false, not_, or_, select, true
from sqlalchemy.orm import Session

from core.extensions import db
from core.log.values import plain
from core.records.conditions import BadCondition, nothing
from core.records.custom.definitions import Definition
from core.records.custom.models import LONGEST_WORDS, CustomValue

MEMO = "custom_values"
WORDS = frozenset({"text", "longtext", "choice"})
MILLIONTHS = 10**6
_READ: dict[str, Any] = {"date": date.fromisoformat, "number": Decimal, "several": tuple}


def read(definition: Definition, raw: Any) -> Any:
    """The value of what is stored."""
    return _READ.get(definition.type, lambda value: value)(raw)


def loaded(definitions: Collection[Definition], row_ids: Collection[int]) -> dict[int, dict[int, Any]]:
    """The values of all these fields in these rows, by field and row; one query for all of them.

    Each field of a page asks for its own with the same rows, so the last answer is kept while its
    transaction lasts.
    """
    session = db.session()
    key = (tuple(each.id for each in definitions), tuple(row_ids))
    held = session.info.get(MEMO)
    if held is not None and held[0] is session.get_transaction() and held[1] == key:
        return dict(held[2])
    found: dict[int, dict[int, Any]] = {each.id: {} for each in definitions}
    by_id = {each.id: each for each in definitions}
    query = select(CustomValue.field_id, CustomValue.row_id, CustomValue.value).where(
        CustomValue.field_id.in_(key[0]), CustomValue.row_id.in_(key[1])
    )
    for field_id, row_id, raw in session.execute(query):
        found[field_id][row_id] = read(by_id[field_id], raw)
    session.info[MEMO] = (session.get_transaction(), key, found)
    return found


def put(
    session: Session,
    definition: Definition,
    row_id: int,
    value: Any,
    *,
    organisation_id: int,
    person_id: int | None,
) -> None:
    """Keep a row's value, inside `writing()`; nothing is kept as no row at all."""
    session.info.pop(MEMO, None)
    of_row = (CustomValue.field_id == definition.id, CustomValue.row_id == row_id)
    row = session.scalars(select(CustomValue).where(*of_row)).one_or_none()
    if nothing(value):
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = CustomValue(field_id=definition.id, row_id=row_id, organisation_id=organisation_id)
        session.add(row)
    row.value, row.person_id = plain(value), person_id
    for column, held in columns(definition, value).items():
        setattr(row, column, held)


def forget(session: Session, definitions: Collection[Definition], row_id: int) -> None:
    """Remove what is kept for a row, inside `writing()`."""
    session.info.pop(MEMO, None)
    ids = [each.id for each in definitions]
    session.execute(delete(CustomValue).where(CustomValue.field_id.in_(ids), CustomValue.row_id == row_id))


def columns(definition: Definition, value: Any) -> dict[str, Any]:
    """The typed columns of a value; the others are empty."""
    found: dict[str, Any] = {"value_text": None, "value_number": None, "value_date": None}
    if definition.type in WORDS:
        found["value_text"] = str(value).casefold()[:LONGEST_WORDS]
    elif definition.type == "date":
        found["value_date"] = value
    elif definition.type == "number":
        found["value_number"] = int(value * MILLIONTHS)
    elif definition.type != "several":
        found["value_number"] = int(value)
    return found


def criterion(definition: Definition, model: Any, op: str, value: Any) -> ColumnElement[bool]:
    """The rows of the model whose value of the field fulfils the comparison; as `conditions` tells."""
    held = select(CustomValue.row_id).where(CustomValue.field_id == definition.id)
    among: Any = model.id.in_(held.where(_fits(definition, op, value)))
    return not_(among) if op in ("is_not", "empty") else and_(true(), among)


def _fits(definition: Definition, op: str, value: Any) -> ColumnElement[bool]:
    """The comparison itself; of what is negated, the opposite."""
    if op in ("empty", "filled"):
        return true()
    if op == "contains" and definition.type == "several":
        return cast(CustomValue.value, String).contains(json.dumps(value), autoescape=True)
    if op == "contains" and definition.type in WORDS:
        words: Any = CustomValue.value_text
        return and_(true(), words.contains(str(value).casefold(), autoescape=True))
    if op == "one_of":
        return or_(false(), *(_fits(definition, "is", each) for each in value))
    return _compared(definition, op, value)


def _compared(definition: Definition, op: str, value: Any) -> ColumnElement[bool]:
    typed: Mapping[str, Any] = columns(definition, value)
    for name, wanted in typed.items():
        column: Any = getattr(CustomValue, name)
        if wanted is None:
            continue
        if op in ("is", "is_not"):
            return and_(true(), column == wanted)
        if op in ("at_least", "at_most"):
            return and_(true(), column >= wanted if op == "at_least" else column <= wanted)
    raise BadCondition(f"{definition.record}.{definition.key}: {op} cannot be asked of it")
