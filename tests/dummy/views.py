"""Its pages: in an organisation, on one's own desk, in public."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.api import Invalid, access, current_gate, db
from tests.dummy.models import Note
from tests.dummy.notes import finish, note_of, write_note

node = Blueprint("dummy", __name__, url_prefix="/o/<org>/dummy", template_folder="templates")
mine = Blueprint("dummy_mine", __name__, url_prefix="/me/dummy", template_folder="templates")
front = Blueprint("dummy_front", __name__, url_prefix="/dummy")


@node.get("/")
@access("node", "dummy.view")
def notes() -> str:
    return _listed(select(Note))


@node.get("/notes/<int:note_id>")
@access("node", "dummy.view")
def note(note_id: int) -> str:
    return render_template("dummy/note.html", note=_found(note_id))


@node.post("/notes/<int:note_id>/finish")
@access("node", "dummy.write")
def finish_note(note_id: int) -> Response:
    finish(_found(note_id).id)
    return redirect(url_for("dummy.notes"), 303)


@mine.get("/")
@access("me")
def mine_all() -> str:
    return _listed(select(Note))


@mine.get("/notes/<int:note_id>")
@access("me")
def mine_note(note_id: int) -> str:
    return render_template("dummy/note.html", note=_found(note_id))


@mine.post("/new")
@access("me", start=True)
def new() -> Response:
    """A note at the first organisation where new ones may be written."""
    gate, text = current_gate(), request.form.get("text", "").strip()
    places = [node_id for node_id in gate.tree.by_id if gate.on("dummy", node_id, start=True)]
    if not text or len(text) > 200:
        abort(400)
    write_note(text, places[0], g.person.person_id)
    return redirect(url_for("dummy_mine.mine_all"), 303)


@front.get("/")
@access("public")
def window() -> str:
    return "Notes"


def _listed(wanted: object) -> str:
    found = db.session().scalars(wanted.order_by(Note.id)).all()  # type: ignore[attr-defined]  # a select
    return render_template("dummy/notes.html", notes=found)


def _found(note_id: int) -> Note:
    try:
        return note_of(note_id)
    except Invalid:
        abort(404)
