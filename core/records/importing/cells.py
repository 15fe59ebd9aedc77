"""Texts of a file as values of fields: typed as in a form, chosen by the name people read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from core.database.types import Texts
from core.modules.gating.gate import current_gate
from core.records.checking import CHOSEN, LANGUAGES, checked
from core.records.choices import choices_of
from core.records.description import Field
from core.records.reading import READ, BadValue, strip

SEVERAL = re.compile(r"[;,\n]")


@dataclass
class Reader:
    """Reads the cells of one field for rows of one organisation; what may be chosen is looked up once."""

    field: Field
    organisation_id: int
    among: Mapping[Any, Any] | None = None
    by_name: dict[str, Any] = made(default_factory=dict)

    def __post_init__(self) -> None:
        """Learn the names of what may be chosen."""
        if self.field.type not in CHOSEN and self.field.type != "several":
            return
        choices = choices_of(self.field, self.organisation_id)
        self.among = dict(choices)
        for value, label in choices:
            for name in {*_names(label), str(value)}:
                word = folded(name)
                self.by_name[word] = AMBIGUOUS if self.by_name.get(word, value) != value else value
        if self.field.type == "organisation":
            by_id = current_gate().tree.by_id
            self.by_name.update({by_id[value].slug: value for value, _label in choices})

    def value(self, text: str) -> Any:
        """The value of a cell; an empty one is nothing. Raises `BadValue`."""
        return checked(self.field, self._read(text), self.organisation_id, among=self.among)

    def _read(self, text: str) -> Any:
        found = strip(text)
        if found is None:
            return () if self.field.type == "several" else False if self.field.type == "yesno" else None
        if self.field.type == "several":
            return tuple(self._chosen(part) for part in SEVERAL.split(found) if part.strip())
        if self.among is not None:
            return self._chosen(found)
        read = READ.get(self.field.type)
        return read(found) if read else found

    def _chosen(self, text: str) -> Any:
        value = self.by_name.get(folded(text), NOTHING)
        if value is AMBIGUOUS:
            raise BadValue(_("There are several of this name."))
        if value is NOTHING:
            raise BadValue(_("%(text)s cannot be chosen here.", text=text[:80]))
        return value


NOTHING, AMBIGUOUS = object(), object()


def names_in_all_languages(label: Any) -> set[str]:
    """What a label is in each language of the product, folded."""
    return {folded(name) for name in _names(label)}


def _names(label: Any) -> set[str]:
    if isinstance(label, Texts):
        return {text for language in LANGUAGES if (text := label.get(language))}
    found: set[str] = set()
    for language in LANGUAGES:
        with force_locale(language):
            found.add(str(label))
    return found


def folded(text: str) -> str:
    """A name as it is compared: case and spaces make no difference."""
    return " ".join(text.replace("\u2003", " ").casefold().split())
