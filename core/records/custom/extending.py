"""A record with the fields an organisation has added: what pages, files, history and exports read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core.database.session import writing
from core.organisations.models import Organisation
from core.records.custom.definitions import CHOSEN, Definition, definitions_at, kept
from core.records.custom.values import criterion, forget, loaded, put
from core.records.description import Field, Record
from core.records.writing import differences, index, log_values
from core.scope import Scoped

PREFIX = "own_"  # before a key, so that no added field is called as a described one


def extended(record: Record, organisation_id: int) -> Record:
    """The record as it is for rows of an organisation: its own fields stand after the described ones.

    `create`, `update` and `remove` take care of their values, so that services know nothing of them. Where no
    field was added the record itself. One that is extended already is not extended again.
    """
    found = definitions_at(record.key, organisation_id)
    if not found or any(field.key.startswith(PREFIX) for field in record.fields):
        return record
    made = kept().records
    held = made.get((id(record), organisation_id))
    if held is None or held[0] is not record:
        held = made[id(record), organisation_id] = (record, _extended(record, organisation_id, found))
    return held[1] if isinstance(held[1], Record) else record


def fields_of(record: Record, organisation_id: int) -> tuple[Field, ...]:
    """Described and added fields of a record, for rows of an organisation."""
    return extended(record, organisation_id).fields


def _extended(record: Record, organisation_id: int, found: Sequence[Definition]) -> Record:
    own = tuple(_field(record, organisation_id, each, found) for each in found)
    return replace(
        record,
        fields=(*record.fields, *own),
        create=partial(_create, record) if record.create else None,
        update=partial(_update, record, organisation_id) if record.update else None,
        remove=partial(_remove, record, organisation_id) if record.remove else None,
    )


def _field(
    record: Record, organisation_id: int, definition: Definition, found: Sequence[Definition]
) -> Field:
    """A field as if it stood in the description; one that is retired is shown and no more."""
    used = not definition.retired
    choices = [(value, label) for value, label in definition.choices]
    return Field(
        key=f"{PREFIX}{definition.key}",
        label=definition.label,
        type=definition.type,
        help=definition.help or "",
        required=definition.required and used,
        in_list=definition.in_list and used,
        in_form=used,
        filterable=definition.filterable and used,
        searchable=definition.searchable and used,
        personal=definition.personal,
        purpose=definition.purpose,
        retention=definition.retention,
        choices=(lambda _organisation_id: choices) if definition.type in CHOSEN else None,
        loads=lambda row_ids: loaded(found, row_ids)[definition.id],
        stores=lambda session, row, value: _keep(record, organisation_id, session, definition, row, value),
        criterion=lambda op, value: criterion(definition, record.model, op, value),
    )


def _keep(
    record: Record, organisation_id: int, session: Session, definition: Definition, row: Any, value: Any
) -> None:
    home = _home(row, organisation_id)
    person_id = getattr(row, record.subject) if record.subject else None
    put(session, definition, row.id, value, organisation_id=home, person_id=person_id)


def _home(row: Any, otherwise: int) -> int:
    """The organisation a row is of; of a child without its own, the one its record was extended for."""
    return int(row.organisation_id) if isinstance(row, Scoped | Organisation) else otherwise


def _create(record: Record, values: Mapping[str, Any], organisation_id: int, actor_id: int) -> int:
    """The service makes the row; then what was added there is kept, in the same transaction."""
    described, own = _parted(values)
    create: Any = record.create
    with writing() as session:
        row_id = int(create(described, organisation_id, actor_id))
        forget(session, definitions_at(record.key, organisation_id), row_id)  # of an earlier row of this id
        _write(session, record, organisation_id, row_id, own, actor_id)
    return row_id


def _update(
    record: Record, organisation_id: int, row_id: int, values: Mapping[str, Any], actor_id: int
) -> None:
    described, own = _parted(values)
    update: Any = record.update
    with writing() as session:
        update(row_id, described, actor_id)
        _write(session, record, organisation_id, row_id, own, actor_id)


def _remove(record: Record, organisation_id: int, row_id: int, actor_id: int) -> None:
    remove: Any = record.remove
    with writing() as session:
        remove(row_id, actor_id)
        forget(session, definitions_at(record.key, organisation_id), row_id)


def _parted(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    own = {key: value for key, value in values.items() if key.startswith(PREFIX)}
    return {key: value for key, value in values.items() if key not in own}, own


def _write(
    session: Session,
    record: Record,
    organisation_id: int,
    row_id: int,
    values: Mapping[str, Any],
    actor_id: int,
) -> None:
    """Keep the values that differ, and log them; what does not hold for the row's organisation is left."""
    row = session.get(record.model, row_id) if values else None
    if row is None:
        return
    home = _home(row, organisation_id)
    fields = [
        f for f in fields_of(record, home) if f.key in values and f.in_form and f.key.startswith(PREFIX)
    ]
    pairs = differences(row, fields, values, new=False)
    for field in fields:
        if field.stores and field.key in pairs:
            field.stores(session, row, pairs[field.key][1])
    session.flush()
    if pairs:
        index(session, record, row)
        log_values(
            session, record, row, fields, pairs, actor_id=actor_id, action="update", organisation_id=home
        )
