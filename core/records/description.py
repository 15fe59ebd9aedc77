"""One description per record type. List, form and detail page all read it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement

from core.scope import Scoped

FieldType = Literal[
    "text", "longtext", "integer", "money", "date", "choice", "yesno", "email", "phone", "texts",
    "organisation", "person", "reference",
]  # fmt: skip
# What may be chosen, for a row of the given organisation: (value, label) in the order shown.
Choices = Callable[[int], Iterable[tuple[Any, Any]]]
# What to show for many stored values at once, so that a list needs one query per column.
Names = Callable[[Collection[Any]], Mapping[Any, Any]]
Create = Callable[[dict[str, Any], int, int], int]
Update = Callable[[int, dict[str, Any], int], object]
Remove = Callable[[int, int], object]
ALWAYS_PERSONAL = frozenset({"email", "phone", "person"})


def always(_row: Any) -> bool:
    """No row is closed to changes."""
    return True


class BadDescription(ValueError):
    """A description that cannot be rendered or misses what the law asks for; stops start-up."""


@dataclass(frozen=True)
class Reference:
    """Rows of another table, chosen by name. A scoped table shows only what the reader's scope shows."""

    model: type[Any]
    label: str = "name"
    order: str = "sort_key"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a record.

    Values: `money` is integer cents, `date` a day, `texts` a `Texts`; `organisation`, `person` and
    `reference` are ids. `min` and `max` bound integers, money (cents) and days; for text `max` is the
    greatest length. `names` gives what is shown for stored values; with `column="id"` a field can show
    anything computed per row. `fixed`: asked when the row is made, never changed. A `sortable` field
    sorts by `sort_column`, or by itself; that column is never empty. `chips`: "ok", "wait", "warn" or
    "plain" for values shown as a chip.
    """

    key: str
    label: Any
    type: FieldType = "text"
    required: bool = False
    help: Any = ""
    in_list: bool = True
    in_form: bool = True
    in_detail: bool = True
    sortable: bool = False
    fixed: bool = False
    personal: bool = False
    purpose: Any = ""
    retention: Any = ""
    min: Any = None
    max: Any = None
    default: Any = None
    choices: Choices | None = None
    reference: Reference | None = None
    names: Names | None = None
    column: str = ""
    sort_column: str = ""
    chips: Mapping[Any, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what could not be shown or kept lawfully."""
        if (self.personal or self.type in ALWAYS_PERSONAL) and not (self.purpose and self.retention):
            raise BadDescription(f"{self.key}: a personal field states its purpose and retention")
        if self.type == "choice" and self.choices is None:
            raise BadDescription(f"{self.key}: a choice needs its choices")
        if self.type == "reference" and not (self.reference or self.choices):
            raise BadDescription(f"{self.key}: a reference names its rows or its choices")

    @property
    def sorts_by(self) -> str:
        """The model's attribute a sortable field sorts by."""
        return self.sort_column or self.source

    @property
    def source(self) -> str:
        """The model's attribute this field reads."""
        return self.column or self.key


@dataclass(frozen=True, kw_only=True)
class Record:
    """One kind of row: what it is called, who may see and change it, and the services that write it.

    `key` is `<module>.<name>` and stands in the address. `order` is a column that is never empty; `id`
    follows it. A model that is not `Scoped` is bounded by `within`, or stands under its parent by the column
    `parent`. `create(values, organisation_id, actor_id)` returns the new row's id; in a child, `values` holds
    the parent's id under `parent`. `update(row_id, values, actor_id)` and `remove(row_id, actor_id)` return
    nothing of interest. All three raise `Invalid` when a rule refuses. `changeable(row)` says whether the
    services change the row at all, or what stands under it; where not, pages offer nothing of the kind.
    `starts`: a new row is new work, so a closing module refuses it.
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

    def _columns(self) -> set[str]:
        shown = {f.source for f in self.fields if f.in_list or f.in_detail}
        return shown | {"id", self.order} | ({self.parent} if self.parent else set())

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
