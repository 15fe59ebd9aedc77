"""The rules of added fields, and their only writers. Every change raises the epoch: all processes see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.modules.gating.gate import current_gate, raise_epoch
from core.records.custom.definitions import CHOSEN, TYPES, parsed
from core.records.custom.models import CustomField
from core.records.errors import Invalid
from core.records.writing import store
from core.scope import related

RECORD = "core.custom_field"
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_CHOICES, LONGEST_CHOICE = 100, 60
MOST_FIELDS = 50
NEVER_CHANGED = frozenset({"record", "key", "type"})


def create_field(values: dict[str, Any], organisation_id: int, actor_id: int) -> int:
    """Add a field to a record at an organisation; gives its id. Raises `Invalid`."""
    from core.records.custom.records import CUSTOM_FIELDS  # which names these services

    with writing() as session:
        _check_key(session, values, organisation_id)
        _check(values)
        row = CustomField(organisation_id=organisation_id)
        raise_epoch(session)  # first: what is read from here on is not kept for others, it may be rolled back
        store(session, CUSTOM_FIELDS, row, values, actor_id=actor_id, action="create")
        return row.id


def update_field(field_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change a field; its record, key and type stay, and so do the values it has. Raises `Invalid`."""
    from core.records.custom.records import CUSTOM_FIELDS  # as above

    with writing() as session:
        row = session.get(CustomField, field_id)
        if row is None:
            raise Invalid({"": _("This field is no longer there.")})
        given = {key: value for key, value in values.items() if key not in NEVER_CHANGED}
        _check({**{name: getattr(row, name) for name in _ASKED}, **given})
        raise_epoch(session)  # first, as above
        store(session, CUSTOM_FIELDS, row, given, actor_id=actor_id)


_ASKED = ("type", "choices", "personal", "purpose", "retention", "filterable", "searchable")


def _check_key(session: Session, values: dict[str, Any], organisation_id: int) -> None:
    """A key means one thing above and below; it is free again nowhere, for values may stand under it."""
    if not KEY.fullmatch(values.get("key") or ""):
        raise Invalid({"key": _("Write a key of small letters a to z, digits and _, such as shirt_size.")})
    tree = current_gate().tree
    controller = tree.by_id[organisation_id].controller_id
    same = [node.id for node in tree.by_id.values() if node.controller_id == controller]
    of_record = select(CustomField.key).where(
        CustomField.record == values.get("record"), CustomField.organisation_id.in_(same)
    )
    with related("keys are one within a controller"):
        taken = list(session.scalars(of_record))
    if values["key"] in taken:
        raise Invalid({"key": _("This key is in use already. Choose another.")})
    if len(taken) >= MOST_FIELDS:
        raise Invalid({"": _("There are %(bound)s fields already.", bound=MOST_FIELDS)})


def _check(values: dict[str, Any]) -> None:
    errors: dict[str, Any] = {}
    if values["type"] not in TYPES:
        errors["type"] = _("Choose one from the list.")
    if values["type"] in CHOSEN and (fault := _fault_of(values.get("choices") or "")):
        errors["choices"] = fault
    if values["type"] == "longtext" and values.get("filterable"):
        errors["filterable"] = _("A list cannot be narrowed by a long text.")
    for key in ("purpose", "retention"):
        if values.get("personal") and not values.get(key):
            errors[key] = _("Say this of what tells something about a person.")
    if errors:
        raise Invalid(errors)


def _fault_of(text: str) -> str:
    choices = [value for value, _label in parsed(text)]
    if not choices or not all(choices):
        return _("Write the choices, each on a line of its own.")
    if len(choices) > MOST_CHOICES or any(len(line) > 3 * LONGEST_CHOICE for line in text.splitlines()):
        return _("At most %(most)s choices, each of at most %(bound)s characters.",
                 most=MOST_CHOICES, bound=LONGEST_CHOICE)  # fmt: skip
    return "" if _all_differ(choices) else _("The same choice stands here twice.")


def _all_differ(choices: Iterable[str]) -> bool:
    found = [choice.casefold() for choice in choices]
    return len(set(found)) == len(found)
