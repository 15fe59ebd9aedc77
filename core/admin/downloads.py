"""A list as a file, with the rows, columns and order of the page it is asked for from.

The file is made whole before the answer begins: a fault then gives an error page, and never half a file that
looks like all of it. Blocks keep the memory small; beyond some megabytes it waits in a file of the system's
that is gone with the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from flask import Response, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.admin.asking import Question, ask
from core.admin.looking import looked_at
from core.admin.place import Place
from core.admin.rights import may
from core.database.types import today
from core.extensions import db
from core.records import listing
from core.records.description import Field, Record
from core.records.display import texts_of, values_of
from core.records.exporting import as_csv, as_json, as_xlsx
from core.records.exporting.values import Block, Line, Sheet, Value

BLOCK = 500
IN_MEMORY = 4 * 1024 * 1024
PIECE = 64 * 1024
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, tuple[str, str, Callable[[Sheet, BinaryIO], None]]] = {
    "csv": ("CSV", "text/csv", as_csv.write),
    "xlsx": ("Excel", SHEETS, as_xlsx.write),
    "json": ("JSON", "application/json", as_json.write),
}


def permission_of(record: Record) -> str:
    """What one needs to take rows away in a file."""
    return record.export or record.read


def files(place: Place, question: Question) -> list[tuple[str, str]]:
    """The files a list is offered as: name and address."""
    if not may(permission_of(place.record)) or not taken(question):
        return []
    return [
        (label, place.url("export", **question.args(), format=key))
        for key, (label, _kind, _write) in FORMATS.items()
    ]


def taken(question: Question) -> list[Field]:
    """The columns shown that may also stand in a file."""
    return [field for field in question.wanted.columns if field in question.allowed.exportable]


def export(place: Place) -> ResponseReturnValue:
    """The file; where there is none to give, the list's page, which says why."""
    if (found := FORMATS.get(request.args.get("format", "csv"))) is None:
        abort(400)
    question = ask(place)
    back = place.url("index", **question.args())
    if not question.wanted.good:
        return redirect(back, 303)
    if not (fields := taken(question)):
        flash(_("You may not download any of these columns."), "error")
        return redirect(back, 303)
    kind, write = found[1:]
    out: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed when it was read
    subjects: set[int] = set()
    try:
        write(_sheet(place, question, fields, subjects), out)
        looked_at(place.record, subjects, "export")
    except as_xlsx.TooManyRows:
        out.close()
        flash(_("A spreadsheet cannot hold so many rows. Narrow the list, or take it as CSV."), "error")
        return redirect(back, 303)
    except Exception:
        out.close()
        raise
    name = f"{place.record.name}-{today().isoformat()}.{request.args.get('format', 'csv')}"
    answer = Response(_read(out), mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _read(out: BinaryIO) -> Iterator[bytes]:
    """All of a file from its beginning; it is gone afterwards."""
    with out:
        out.seek(0)
        while data := out.read(PIECE):
            yield data


def _sheet(place: Place, question: Question, fields: Sequence[Field], subjects: set[int]) -> Sheet:
    return Sheet(
        place.record.key, str(place.record.plural), fields, _blocks(place, question, fields, subjects)
    )


def _blocks(place: Place, question: Question, fields: Sequence[Field], subjects: set[int]) -> Iterator[Block]:
    """One query a block, and one for each column of related names; notes whom the rows are about."""
    after, wanted, record = None, question.wanted, place.record
    while True:
        page = listing.read_page(
            db.session(), record, fields, wanted.order, after=after,
            parent_id=place.parent_id, condition=wanted.condition, size=BLOCK,
        )  # fmt: skip
        if record.subject:
            subjects.update(getattr(row, record.subject) for row in page.rows)
        columns = [_column(field, page.rows) for field in fields]
        lines = zip(*columns, strict=True)
        yield [Line(row.id, line) for row, line in zip(page.rows, lines, strict=True)]
        if (after := page.place) is None:
            return


def _column(field: Field, rows: Sequence[Any]) -> list[Value]:
    """A column's values in these rows, and how they are read."""
    raw = values_of(field, rows)
    return [Value(*pair) for pair in zip(raw, texts_of(field, raw, g.node.id), strict=True)]
