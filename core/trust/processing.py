"""The record of processing (GDPR art. 30), made from the descriptions: what stands there is what is kept.

Purpose and retention of a field are its description's; recipients are the roles whose permission reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.modules.host import host
from core.records.description import Field, Record
from core.records.exporting import as_csv
from core.records.exporting.values import Line, Sheet, Value
from core.records.writing import is_personal
from core.users.permissions import ROLES, all_permissions

COLUMNS = {
    "module": _l("Module"),
    "record": _l("Record"),
    "field": _l("Detail"),
    "purpose": _l("What it is used for"),
    "retention": _l("How long it is kept"),
    "recipients": _l("Who sees it"),
}
WHILE_PERSON = _l("Until the person's data is erased")


@dataclass(frozen=True)
class Processing:
    """One detail about people: where it stands, what for, how long, and who sees it."""

    module: str
    record: str
    field: str
    purpose: str
    retention: str
    recipients: str


def processing() -> list[Processing]:
    """Every personal field of the core and of modules, in the reader's language."""
    lines = list(_undescribed())
    for module, record in current_app.extensions["kokemussilta.records"]:
        lines += _of_record(_label(module), record)
    for found in host().healthy.values():
        if str(found.plugin.personal_data).strip():
            lines.append(_of_module(found.plugin))
    return lines


def as_rows(lines: list[Processing]) -> list[dict[str, str]]:
    """Plain values for a file."""
    return [asdict(line) for line in lines]


def write_csv(lines: list[Processing], out: BinaryIO) -> None:
    """As a table for spreadsheets, guarded against formulas as every file is."""
    fields = tuple(Field(key=key, label=label) for key, label in COLUMNS.items())
    rows = [
        Line(number, [Value(text, text) for text in row.values()])
        for number, row in enumerate(as_rows(lines), 1)
    ]
    as_csv.write(Sheet("core.processing", _("Record of processing"), fields, [rows]), out)


def _label(module: str | None) -> str:
    return str(host().healthy[module].plugin.label) if module else _("Kokemussilta itself")


def _of_record(module: str, record: Record) -> Iterator[Processing]:
    for field in record.fields:
        if is_personal(field):
            yield Processing(
                module, str(record.plural), str(field.label), str(field.purpose), str(field.retention),
                _recipients(field.read or record.read),
            )  # fmt: skip
    for child in record.children:
        yield from _of_record(module, child)


def _recipients(permission: str) -> str:
    found = all_permissions().get(permission)
    return ", ".join(sorted(str(ROLES[role]) for role in found.roles if role in ROLES)) if found else ""


def _of_module(plugin: Any) -> Processing:
    """What a module says of all it keeps, with the law that makes some of it stay."""
    kept = "; ".join(sorted({f"{each.why} ({each.years})" for each in plugin.retained}))
    return Processing(
        str(plugin.label), _("Everything the module keeps"), str(plugin.personal_data),
        str(plugin.description), kept or str(WHILE_PERSON), "",
    )  # fmt: skip


def _undescribed() -> Iterator[Processing]:
    """What stands in no described record: accounts, consents and logs of the core."""
    core, oneself = _label(None), _("The person")
    yield Processing(
        core,
        _("Account"),
        _("E-mail, password as a hash, sessions"),
        _("Signing in"),
        str(WHILE_PERSON),
        oneself,
    )
    yield Processing(
        core, _("Consents"), _("Purpose, wording, when and how given or withdrawn"),
        _("Proof of consent: GDPR 7(1)"), _("Kept without a name after erasure"),
        ", ".join((oneself, _recipients("core.experts.manage"))),
    )  # fmt: skip
    yield Processing(
        core, _("Access log"), _("Who was shown whose data, when and by which right"),
        _("Log of use: information management act (906/2019) 17 §"), _("Kept without a name after erasure"),
        oneself,
    )  # fmt: skip
    yield Processing(
        core, _("Change log"), _("Who changed what, and the values before and after"),
        _("Showing afterwards who stored and changed: Data Protection Act (1050/2018) 6 §"),
        _("Values until the person's data is erased"), oneself,
    )  # fmt: skip
