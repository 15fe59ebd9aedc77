"""Fields and choices that several records share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from core.api import Field, Record, today

UNTIL_FURTHER = _l("Leave empty when it holds until further notice.")


def one_of(words: Mapping[Any, Any]) -> Any:
    """The same choices in every organisation."""

    def choices(_organisation_id: int) -> Iterable[tuple[Any, Any]]:
        return list(words.items())

    return choices


def asked(record: Record) -> tuple[Field, ...]:
    """What a row of the record says by itself: the fields of its form."""
    return record.asked(new=True)


def organisation() -> Field:
    """Whose the row is."""
    return Field(key="organisation_id", label=_l("Organisation"), type="organisation", in_form=False)


def days(*, last_required: bool = False, first_help: Any = "", last_help: Any = "") -> tuple[Field, Field]:
    """First and last day, both included."""
    first = Field(key="valid_from", label=_l("First day"), type="date", required=True, sortable=True,
                  help=first_help, default=today)  # fmt: skip
    last = Field(key="valid_to", label=_l("Last day"), type="date", required=last_required, help=last_help)
    return first, last
