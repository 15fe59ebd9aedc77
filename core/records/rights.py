"""Which fields of a record somebody may see, write, search, sort by, export and import.

Every page, list, filter, export, import and history asks here. A field one may not read is absent everywhere:
neither its name nor a masked value is shown, and nothing can be found or sorted by it.
"""

from __future__ import annotations

from collections.abc import Callable

from core.records.description import Field, Record

# Whether the reader holds a permission, wherever the caller asks about.
May = Callable[[str], bool]


def may_read(record: Record, field: Field, may: May) -> bool:
    """Whether the field is there at all for the reader."""
    return may(field.read or record.read)


def may_write(record: Record, field: Field, may: May) -> bool:
    """What one may write one may also read: a form shows what stands now."""
    permission = field.write or record.write
    return permission is not None and may(permission) and may_read(record, field, may)


def may_search(record: Record, field: Field, may: May) -> bool:
    """Whether rows may be found by the field, in the search and by a filter."""
    return may_read(record, field, may) and (field.search is None or may(field.search))


def readable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields the reader may see."""
    return tuple(f for f in record.fields if may_read(record, f, may))


def listed(record: Record, may: May) -> tuple[Field, ...]:
    """The columns of a list as the reader sees it."""
    return tuple(f for f in record.listed if may_read(record, f, may))


def detailed(record: Record, may: May) -> tuple[Field, ...]:
    """The lines of a row's page as the reader sees it."""
    return tuple(f for f in record.detailed if may_read(record, f, may))


def writable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields the reader may write; which of them a form asks is the record's to say."""
    return tuple(f for f in record.fields if may_write(record, f, may))


def searchable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields whose words the search finds."""
    return tuple(f for f in record.fields if f.searchable and may_search(record, f, may))


def filterable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields a list may be narrowed by; they follow the permission to search."""
    return tuple(f for f in record.fields if f.filterable and may_search(record, f, may))


def sortable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields a list may be sorted by."""
    return tuple(
        f
        for f in record.fields
        if f.sortable and may_read(record, f, may) and (f.sort is None or may(f.sort))
    )


def exportable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields that may leave in a file."""
    return tuple(
        f
        for f in record.fields
        if f.in_export and may_read(record, f, may) and (f.export is None or may(f.export))
    )


def importable(record: Record, may: May) -> tuple[Field, ...]:
    """The fields that may be written from a file."""
    return tuple(f for f in record.fields if f.imported and may_write(record, f, may))
