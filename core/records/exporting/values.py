"""One value on its way into a file: as it is stored, and as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from core.records.description import Field


class Value(NamedTuple):
    """A cell of a file: the stored value, and its text in the reader's language."""

    raw: Any
    text: str


class Line(NamedTuple):
    """A row of a file, with the row's id."""

    row_id: int
    values: Sequence[Value]


Block = Sequence[Line]


class Sheet(NamedTuple):
    """What a file is made of: its columns, and its rows in blocks that are read as they are written."""

    record: str
    title: str
    fields: Sequence[Field]
    blocks: Iterable[Block]

    @property
    def headings(self) -> list[str]:
        """The columns' names in the reader's language."""
        return [str(field.label) for field in self.fields]
