"""Pages under `/me` about one's own data: who sees me, what I agreed to, who has looked, and my copy."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access import access
from core.experts.same_person import persons_of
from core.extensions import db
from core.formats import language
from core.records.errors import Invalid
from core.records.listing import MalformedPage, number_rule, row_number
from core.trust import consents, reading
from core.trust.blueprint import blueprint
from core.trust.copying import copy_of
from core.trust.files import as_file

GRANT = f"/me/consents/grants/{number_rule('grant_id')}/end"


@blueprint.get("/me/consents")
@access("me")
def own() -> str:
    """Who sees me and for what, each purpose with its button, and the ways to the log and the copy."""
    session = db.session()
    person_id, *_merged = persons_of(session, g.person.person_id)
    expert = reading.expert_of(session, person_id)
    seen_by = reading.viewers(session, expert) if expert else []
    return render_template(
        "trust/own.html",
        expert=expert,
        viewers=seen_by,
        addable=reading.addable(expert, seen_by) if expert else [],
        asked=reading.asked(session, person_id, language()) if expert else [],
    )


@blueprint.post("/me/consents/<purpose>/give")
@access("me")
def give(purpose: str) -> Response:
    """Agree to a purpose, for the organisations that are chosen."""
    try:
        chosen = reading.chosen(request.form.getlist("organisation"))
        consents.give(
            _expert(), purpose, actor_id=g.person.person_id, language=language(), organisation_ids=chosen
        )
    except Invalid:
        abort(400)
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.own"), 303)


@blueprint.post("/me/consents/<purpose>/withdraw")
@access("me")
def withdraw(purpose: str) -> Response:
    """Take a consent back."""
    try:
        consents.withdraw(_expert(), purpose, actor_id=g.person.person_id)
    except Invalid:
        abort(400)
    flash(_("Your consent is withdrawn. It counts at once."))
    return redirect(url_for("trust.own"), 303)


@blueprint.post(GRANT)
@access("me")
def end_grant(grant_id: int) -> Response:
    """Hide oneself from one organisation."""
    try:
        consents.end_grant(_expert(), grant_id, actor_id=g.person.person_id)
    except Invalid:
        abort(404)
    flash(_("That organisation does not see you any more."))
    return redirect(url_for("trust.own"), 303)


@blueprint.get("/me/seen")
@access("me")
def seen() -> ResponseReturnValue:
    """Who has looked at my data."""
    after = request.args.get("after", "")
    try:
        before = row_number(after) if after else None
    except MalformedPage:
        abort(400)
    shown, more = reading.looks(db.session(), g.person.person_id, before)
    return render_template("trust/seen.html", looks=shown, more=more, first=bool(after))


@blueprint.get("/me/export")
@access("me")
def export() -> str:
    """All that is kept about me, to read."""
    return render_template(
        "trust/copy.html", copy=copy_of(g.person.person_id), file=url_for("trust.export_file")
    )


@blueprint.get("/me/export.json")
@access("me")
def export_file() -> Response:
    """The same as a file that other services can read."""
    return as_file(copy_of(g.person.person_id))


def _expert() -> int:
    """The signed-in person's id, of two that were merged the one that stays; 404 outside the register."""
    person_id, *_merged = persons_of(db.session(), g.person.person_id)
    if reading.expert_of(db.session(), person_id) is None:
        abort(404)
    return person_id
