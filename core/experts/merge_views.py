"""Possible doubles, and merging two records after seeing both side by side."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.admin.looking import about, looked, turned_away
from core.admin.rights import may_at, reaches
from core.experts.merging import doubles, merge_experts
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.extensions import db
from core.records import listing, rights
from core.records.description import endpoint
from core.records.display import cells
from core.records.errors import Invalid

blueprint = Blueprint("expert_doubles", __name__)
MERGE = "core.experts.merge"


@blueprint.get("/o/<org>/experts/doubles")
@access("node", MERGE)
def overview() -> str:
    """Those who are called the same."""
    groups = doubles(db.session())
    looked(EXPERTS, [expert for group in groups for expert in group], "list")
    return render_template(
        "experts/doubles.html", groups=groups, trail=[(str(EXPERTS.plural), url_for(endpoint(EXPERTS.key)))]
    )


@blueprint.route("/o/<org>/experts/merge", methods=("GET", "POST"))
@access("node", MERGE)
@about(EXPERTS)
def merge() -> ResponseReturnValue:
    """Both records side by side; merged when one says so. Without two numbers: those to choose from."""
    if not request.values.get("keep"):
        return overview()
    keep, gone = _one("keep"), _one("gone")
    if keep is gone or keep.organisation_id != gone.organisation_id:
        abort(404)
    looked(EXPERTS, [keep, gone], "page")
    refusals: list[str] = []
    if request.method == "POST":
        try:
            merge_experts(keep.id, gone.id, g.person.person_id)
        except Invalid as error:
            refusals = [str(message) for message in error.errors.values()]
        else:
            flash(_("The records are one now."))
            return redirect(url_for(endpoint(EXPERTS.key, "detail"), row_id=keep.id), 303)
    fields = rights.detailed(EXPERTS, may_at(keep.organisation_id))
    lines = list(zip(*cells(fields, [keep, gone], keep.organisation_id), strict=True))
    shown = render_template(
        "experts/merge.html", keep=keep, gone=gone, lines=lines, refusals=refusals,
        trail=[(_("Possible doubles"), url_for("expert_doubles.overview"))],
    )  # fmt: skip
    return shown, 422 if refusals else 200


def _one(name: str) -> Expert:
    """A record one sees and may merge."""
    try:
        number = listing.row_number(request.values.get(name, ""))
    except listing.MalformedPage:
        abort(404)
    expert = listing.find(db.session(), EXPERTS, number)
    if not isinstance(expert, Expert) or not reaches(MERGE, None, expert.organisation_id):
        turned_away(EXPERTS, number, g.node.id, g.person.person_id)
        abort(404)
    return expert
