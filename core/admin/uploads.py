"""The pages of an import: choose a file, look through what it would do, confirm."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.admin.looking import looked_at
from core.admin.place import Place
from core.admin.rights import may_at, may_change
from core.extensions import db
from core.files.receiving import MOST_BYTES, safe_name
from core.modules.gating.gate import current_gate
from core.records import rights
from core.records.choices import organisations
from core.records.exporting.faults import write_faults
from core.records.importing.bounds import BadTable
from core.records.importing.models import ImportRun
from core.records.importing.plan import Fault, Plan, plan
from core.records.importing.services import ImportRefused, carry_out, forget_file, keep_file, kept_file
from core.records.importing.table import Table, read_table

SHOWN = 100


def choose(place: Place) -> ResponseReturnValue:
    """Ask for the file, and for whom it is; one that is a table is kept and looked through next."""
    nodes = place.homes() or abort(404)
    error = ""
    if request.method == "POST":
        home = _home(place)
        try:
            name, content = _sent()
            read_table(content)
        except BadTable as bad:
            error = str(bad)
        else:
            keep_file(place.record.key, home, g.person.person_id, name, content)
            return redirect(place.url("import_look"), 303)
    page = render_template(
        "import_choose.html",
        title=_("Bring rows from a file"),
        trail=place.trail(),
        nodes=organisations(nodes, current_gate().tree),
        here=g.node.id,
        error=error,
        headings=_headings(place, nodes[0].id),
        cancel=place.parent_url(),
    )
    return page, 422 if error else 200


def look(place: Place) -> ResponseReturnValue:
    """What the file would do, or what is wrong with it; the button does it."""
    if (run := _run(place)) is None:
        return redirect(place.url("import_rows"), 303)
    place = place.extended(run.organisation_id)
    if request.method == "POST":
        return _confirmed(place, run)
    found = _planned(place, run)
    _tell_met(place, found)
    return _page(place, run, found)


def faults(place: Place) -> ResponseReturnValue:
    """Every fault as a CSV file."""
    if (run := _run(place)) is None:
        return redirect(place.url("import_rows"), 303)
    found = _planned(place.extended(run.organisation_id), run)
    _tell_met(place, found)
    out = BytesIO()
    write_faults(((f.row, f.column, f.reason) for f in found.faults), out)
    disposition = 'attachment; filename="virheet.csv"'
    return Response(out.getvalue(), mimetype="text/csv", headers={"Content-Disposition": disposition})


def cancel(place: Place) -> ResponseReturnValue:
    """Forget the file."""
    if run := _run(place):
        forget_file(run.id)
    return redirect(place.url("index"), 303)


def _tell_met(place: Place, found: Plan) -> None:
    """Whoever learns from a file that somebody is here, and what of it differs, has looked at them."""
    if place.record.sensitive and found.met:
        subject: Any = getattr(place.record.model, place.record.subject)
        met = select(subject).where(place.record.model.id.in_(found.met))
        looked_at(place.record, set(db.session().scalars(met)), "search")


def _home(place: Place) -> int:
    """The organisation the rows come to belong to, one of those offered."""
    ids = [node.id for node in place.homes()]
    chosen = request.form.get("organisation", ids[0], type=int)
    return chosen if chosen in ids else abort(400)


def _sent() -> tuple[str, bytes]:
    """The file's name and content; raises `BadTable` where none was chosen."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise BadTable(_("Choose a file first."))
    content = upload.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadTable(_("The file is too large (over 10 MB)."))
    return safe_name(upload.filename, ".xlsx" if content.startswith(b"PK") else ".csv"), content


def _run(place: Place) -> ImportRun | None:
    """One's own file that waits, for an organisation whose rows one may still write."""
    run = kept_file(db.session(), place.record.key, g.person.person_id)
    return run if run and run.organisation_id in {node.id for node in place.homes()} else None


def _fields(place: Place, organisation_id: int) -> list[Any]:
    return list(rights.importable(place.record, may_at(organisation_id)))


def _headings(place: Place, organisation_id: int) -> list[tuple[Any, bool]]:
    """The columns a file may have, and whether a new row needs them."""
    fields = _fields(place.extended(organisation_id), organisation_id)
    return [(field.label, field.required and field.default is None) for field in fields]


def _planned(place: Place, run: ImportRun, table: Table | None = None) -> Plan:
    @cache
    def at(organisation_id: int) -> frozenset[str]:
        if not may_change(place.record, place.module, organisation_id):
            return frozenset()
        return frozenset(field.key for field in _fields(place, organisation_id))

    def writable(row: Any) -> frozenset[str]:
        return at(place.organisation_of(row))

    fields = _fields(place, run.organisation_id)
    try:
        found = table or read_table(run.content)
        return plan(db.session(), place.record, fields, found, run.organisation_id, writable)
    except BadTable as bad:
        return Plan(faults=[Fault(0, "", str(bad))])


def _confirmed(place: Place, run: ImportRun) -> ResponseReturnValue:
    """Do it all; where a rule refuses, nothing is changed and the page says why."""
    seen = request.form.get("new", -1, type=int), request.form.get("changed", -1, type=int)
    run_id, home, table = run.id, run.organisation_id, read_table(run.content)
    try:
        done = carry_out(
            run_id, place.record, home, g.person.person_id, lambda: _planned(place, run, table), seen
        )
    except ImportRefused as refused:
        _tell_met(place, _planned(place, run, table))  # the refusals name rows, so the reader learns of them
        return _page(place, run, Plan(faults=refused.faults))
    except IntegrityError:
        text = _("Somebody saved the same just now. Look at it again.")
        return _page(place, run, Plan(faults=[Fault(0, "", text)]))
    flash(ngettext("Brought in: %(num)s row.", "Brought in: %(num)s rows.", len(done.steps)))
    return redirect(place.url("index"), 303)


def _page(place: Place, run: ImportRun, found: Plan) -> ResponseReturnValue:
    page = render_template(
        "import_look.html",
        title=_("Look through the file"),
        trail=place.trail(),
        run=run,
        home=current_gate().tree.by_id[run.organisation_id].name,
        plan=found,
        shown=found.faults[:SHOWN],
        guessed=read_table(run.content).guessed if not found.faults else False,
        errors=place.url("import_faults"),
        cancel=place.url("import_cancel"),
        again=place.url("import_rows"),
    )
    return page, 422 if found.faults else 200
