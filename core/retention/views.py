"""A controller's page about time: what goes next, for how long it keeps what it decides, and past runs."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.extensions import db
from core.formats import language
from core.records.errors import Invalid
from core.retention.reports import Choice, chosen, decide_years, reports
from core.retention.runs import choice_of, due, next_night
from core.users.reach import holds_itself

blueprint = Blueprint("retention", __name__)
MANAGE = "core.organisations.manage"


@blueprint.route("/o/<org>/retention", methods=("GET", "POST"))
@access("node", MANAGE, here=True)
def overview() -> ResponseReturnValue:
    """What goes in the next run, the years, and reports; the controller's own administrators alone."""
    if not g.node.is_controller:
        abort(404)
    if not holds_itself(g.roles, MANAGE, g.node.id):
        abort(403)
    held = choice_of(g.node.id)
    typed, errors = Choice(str(held.expert_years or ""), str(held.log_years)), {}
    if request.method == "POST":
        typed = Choice(request.form.get("expert_years", ""), request.form.get("log_years", ""))
        try:
            decide_years(g.node.id, *chosen(typed), actor_id=g.person.person_id)
        except Invalid as error:
            errors = error.errors
        else:
            flash(_("Saved. It counts from the next run on."))
            return redirect(url_for("retention.overview"), 303)
    words = language()
    page = render_template(
        "trust/retention.html",
        due=[(line.what[words], line.count) for line in due(g.node.id, next_night())],
        runs=reports(db.session(), g.node.id, words),
        typed=typed,
        errors=errors,
    )
    return page, 422 if errors else 200
