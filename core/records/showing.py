"""When a field is to be filled in: in people's words, and as the browser's script reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _

from core.records.checking import CHOSEN, WRITTEN
from core.records.choices import choices_of, names_of
from core.records.conditions import All, AnyOf, Condition, Where
from core.records.fields import Field

# What a browser can judge from what is typed or chosen: 07 and 7 are one number to the server alone.
WORDS_AND_CHOICES = frozenset({"text", "email", "phone", "choice", "yesno", *CHOSEN})


def in_words(condition: Condition, asked: Sequence[Field], organisation_id: int) -> str:
    """A sentence for the help of the field, for those who see it without the script."""
    return _("Fill in only if %(condition)s.", condition=_words(condition, asked, organisation_id))


def _words(condition: Condition, asked: Sequence[Field], organisation_id: int) -> str:
    if isinstance(condition, Where):
        return _where(condition, asked, organisation_id)
    joint = _(" and ") if isinstance(condition, All) else _(" or ")
    return joint.join(filter(None, (_words(part, asked, organisation_id) for part in condition.parts)))


def _where(where: Where, asked: Sequence[Field], organisation_id: int) -> str:
    """Nothing is told of a field the reader is not asked."""
    field = next((field for field in asked if field.key == where.field), None)
    if field is None:
        return ""
    if field.type == "yesno" and isinstance(where.value, bool):
        ticked = where.value is (where.op == "is")
        sentence = _("“%(field)s” is ticked") if ticked else _("“%(field)s” is not ticked")
        return sentence % {"field": field.label}
    value = _written(field, where.value, organisation_id)
    return _SENTENCES[where.op]() % {"field": field.label, "value": value}


def _written(field: Field, value: Any, organisation_id: int) -> str:
    values = value if isinstance(value, tuple) else (value,)
    labels = dict(choices_of(field, organisation_id)) if field.choices else names_of(field, values)
    write = WRITTEN.get(field.type, str)
    return _("” or “").join(str(labels[each]) if each in labels else write(each) for each in values)


_SENTENCES: dict[str, Callable[[], str]] = {
    "is": lambda: _("“%(field)s” is “%(value)s”"),
    "is_not": lambda: _("“%(field)s” is not “%(value)s”"),
    "one_of": lambda: _("“%(field)s” is “%(value)s”"),
    "contains": lambda: _("“%(field)s” contains “%(value)s”"),
    "at_least": lambda: _("“%(field)s” is at least %(value)s"),
    "at_most": lambda: _("“%(field)s” is at most %(value)s"),
    "empty": lambda: _("“%(field)s” is empty"),
    "filled": lambda: _("“%(field)s” is filled in"),
}


def for_browser(condition: Condition, asked: Sequence[Field]) -> str:
    """The condition as JSON for the script; null where it cannot judge, and so leaves the field shown."""
    return json.dumps(_plain(condition, {field.key: field for field in asked}))


def _plain(condition: Condition, asked: dict[str, Field]) -> Any:
    if isinstance(condition, All | AnyOf):
        name = "all" if isinstance(condition, All) else "any"
        return {name: [_plain(part, asked) for part in condition.parts]}
    field = asked.get(condition.field)
    if field is None or not _by_eye(field, condition):
        return None
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return {"field": field.key, "op": condition.op, "values": [_as_posted(each) for each in values]}


def _by_eye(field: Field, where: Where) -> bool:
    if where.op in ("empty", "filled"):
        return field.type not in ("texts", "yesno")
    if field.type == "several":
        return where.op == "contains"
    return field.type in WORDS_AND_CHOICES and where.op in ("is", "is_not", "one_of")


def _as_posted(value: Any) -> str:
    """A value as the input posts it: a ticked box posts y, one that is not posts nothing."""
    if isinstance(value, bool):
        return "y" if value else ""
    return "" if value is None else str(value)
