"""One description per record type. Everything that shows, reads or keeps rows reads it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from core.records.acting import Action
from core.records.conditions import fields_in
from core.records.fields import BadDescription as BadDescription
from core.records.fields import Choices as Choices
from core.records.fields import Field as Field
from core.records.fields import FieldType as FieldType
from core.records.fields import Names as Names
from core.records.fields import Reference as Reference
from core.scope import Scoped

Create = Callable[[dict[str, Any], int, int], int]
Update = Callable[[int, dict[str, Any], int], object]
Remove = Callable[[int, int], object]


@dataclass(frozen=True)
class Kept:
    """How long a row stays: `years` after the day or instant in the column `since`; while empty it stays."""

    since: str
    years: int


def always(_row: Any) -> bool:
    """No row is closed to changes."""
    return True


@dataclass(frozen=True, kw_only=True)
class Record:
    """One kind of row: what it is called, who may see and change it, and the services that write it.

    `key` is `<module>.<name>` and stands in the address. `order` is a column that is never empty; `id`
    follows it. A model that is not `Scoped` is bounded by `within`, or stands under its parent by the column
    `parent`. `create(values, organisation_id, actor_id)` returns the new row's id; in a child, `values` holds
    the parent's id under `parent`. `update(row_id, values, actor_id)` and `remove(row_id, actor_id)` return
    nothing of interest. All three raise `Invalid` when a rule refuses. `changeable(row)` says whether the
    services change the row at all, or what stands under it; where not, pages offer nothing of the kind.
    `starts`: a new row is new work, so a closing module refuses it. `subject` is the column that holds the
    person a row is about ("": nobody). `sensitive`: who reads a row is written down. `actions` are what a
    list offers for chosen rows. `export` is the permission to take rows away in a file, None: to read them.
    `same` says by which fields together a row of a file is known to be one that is there, the surest first;
    without it no file is taken. `more` are further pages about a row, for those who may change it: words, and
    an endpoint that takes `row_id`. `kept`: when the nightly run removes a row.

    Values given to `create` and `update` are those the form or file may write; a missing key stays as it is.
    """

    key: str
    label: Any
    plural: Any
    model: type[Any]
    fields: tuple[Field, ...]
    read: str
    write: str | None = None
    order: str = "sort_key"
    descending: bool = False
    intro: Any = ""
    create: Create | None = None
    update: Update | None = None
    remove: Remove | None = None
    remove_text: Any = ""
    children: tuple[Record, ...] = ()
    parent: str = ""
    within: Callable[[], ColumnElement[bool]] | None = None
    changeable: Callable[[Any], bool] = always
    starts: bool = False
    subject: str = ""
    sensitive: bool = False
    actions: tuple[Action, ...] = ()
    export: str | None = None
    more: tuple[tuple[Any, str], ...] = ()
    same: tuple[tuple[str, ...], ...] = ()
    kept: Kept | None = None

    def __post_init__(self) -> None:
        """Refuse a description whose rows nothing bounds, or whose columns the model lacks."""
        if self.key.count(".") != 1:
            raise BadDescription(f"{self.key}: a key is <module>.<name>")
        if not (issubclass(self.model, Scoped) or self.within or self.parent):
            raise BadDescription(f"{self.key}: {self.model.__name__} is neither scoped nor bounded")
        if (self.create or self.update or self.remove) and not self.write:
            raise BadDescription(f"{self.key}: writing needs a permission")
        missing = [c for c in self._columns() if not hasattr(self.model, c)]
        if missing:
            raise BadDescription(f"{self.key}: {self.model.__name__} has no {', '.join(missing)}")
        if any(not child.parent for child in self.children):
            raise BadDescription(f"{self.key}: a child names the column of its parent")
        unknown = {key for keys in self.same for key in keys} - {f.key for f in self.fields}
        if unknown:
            raise BadDescription(f"{self.key}: rows are told apart by fields that are not there: {unknown}")
        if self.sensitive and not self.subject:
            raise BadDescription(f"{self.key}: what is sensitive is about somebody: name the subject")
        self._check_conditions()

    def _columns(self) -> set[str]:
        shown = {f.source for f in self.fields if f.in_list or f.in_detail}
        since = self.kept.since if self.kept else ""
        return (shown | {"id", self.order, self.parent, self.subject, since}) - {""}

    def _check_conditions(self) -> None:
        known = {f.key for f in self.fields}
        for field in self.fields:
            asked = fields_in(field.show_if) if field.show_if else set()
            if not asked <= known - {field.key}:
                raise BadDescription(f"{self.key}: {field.key} depends on a field that is not there")

    @property
    def name(self) -> str:
        """The key's last part, which stands in a child's address."""
        return self.key.partition(".")[2]

    @property
    def listed(self) -> tuple[Field, ...]:
        """The columns of the list."""
        return tuple(f for f in self.fields if f.in_list)

    @property
    def detailed(self) -> tuple[Field, ...]:
        """The lines of the detail page."""
        return tuple(f for f in self.fields if f.in_detail)

    def asked(self, *, new: bool) -> tuple[Field, ...]:
        """The fields of the form; `fixed` ones only when the row is made."""
        return tuple(f for f in self.fields if f.in_form and (new or not f.fixed))


def endpoint(key: str, page: str = "index") -> str:
    """The endpoint of a record's page, for menus and links: index, new, detail, edit or remove."""
    return f"records_{key.replace('.', '_')}.{page}"
