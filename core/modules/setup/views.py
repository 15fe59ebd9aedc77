"""Set-up files in the browser: fetching one, seeing what another would change, reading it in."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.extensions import db
from core.modules.host import host
from core.modules.pages.blueprint import blueprint
from core.modules.pages.shown import MANAGE, explain
from core.modules.setup.exporting import CannotTell, export
from core.modules.setup.file import MOST_BYTES, BadFile, read, templates
from core.modules.setup.importing import NotRead, Preview, Reader


@blueprint.get("/o/<org>/modules/setup-file")
@access("node", MANAGE, here=True)
def setup_file() -> ResponseReturnValue:
    """What the organisation has set up, as a file."""
    try:
        text = export(g.node.id)
    except CannotTell as error:
        label = host().healthy[error.module].plugin.label
        flash(_("%(module)s cannot tell its set-up now.", module=str(label)), "error")
        return redirect(url_for("module_pages.overview"), 303)
    name = f"asetukset-{g.node.slug}.toml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, content_type="application/toml; charset=utf-8", headers=headers)


@blueprint.get("/o/<org>/modules/setup-file/read")
@access("node", MANAGE, here=True)
def choose_setup() -> str:
    """Choose a file, or one of those that come along."""
    return _choose([])


@blueprint.post("/o/<org>/modules/setup-file/read")
@access("node", MANAGE, here=True)
def preview_setup() -> ResponseReturnValue:
    """Everything the file would change, and every fault; nothing is written."""
    try:
        text = _given()
        found = _reader().preview(read(text))
    except BadFile as error:
        return _choose([str(error)]), 422
    return _shown(text, found)


@blueprint.post("/o/<org>/modules/setup-file/read-in")
@access("node", MANAGE, here=True)
def read_setup_in() -> ResponseReturnValue:
    """Write what was shown; when it would be something else by now, show that instead."""
    text, mark = request.form.get("text", ""), request.form.get("mark", "")
    try:
        _reader().read_in(read(text), mark)
    except BadFile as error:
        return _choose([str(error)]), 422
    except NotRead as error:
        if error.preview.mark != mark:
            flash(_("Another administrator changed this just now. The page has been updated."), "error")
        return _shown(text, error.preview), 409
    flash(_("The set-up file was read in."))
    return redirect(url_for("module_pages.overview"), 303)


def _reader() -> Reader:
    return Reader(g.node.id, g.person.person_id, lambda module, error: explain(db.session(), module, error))


def _given() -> str:
    """The text of the template or of the file that was sent; raises `BadFile`."""
    name = request.form.get("template")
    if name is not None:
        return next((t.text for t in templates() if t.name == name), None) or abort(404)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise BadFile(_("Choose a file first."))
    try:
        return sent.stream.read(MOST_BYTES + 1).decode("utf-8")
    except UnicodeDecodeError:
        raise BadFile(_("This is not a set-up file of this service.")) from None


def _choose(faults: list[str]) -> str:
    return render_template("modules/setup_choose.html", faults=faults, templates=templates(), trail=_trail())


def _shown(text: str, found: Preview) -> str:
    return render_template("modules/setup_preview.html", found=found, text=text, trail=_trail())


def _trail() -> list[tuple[Any, str]]:
    return [(_("Modules"), url_for("module_pages.overview"))]
