"""Pages under `/o/<org>` about an expert's data: consents by phone or paper, restriction, copy, erasure."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access import access
from core.admin.rights import may_change
from core.experts.records import EXPERTS
from core.extensions import db
from core.formats import language
from core.records.errors import Invalid
from core.records.listing import number_rule
from core.trust import consents, erasing, reading
from core.trust.blueprint import blueprint
from core.trust.copying import copy_of
from core.trust.files import as_file
from core.trust.restricting import restrict
from core.trust.staff import Subject, subject_of
from core.trust.wordings import CHANNELS

MANAGE = "core.experts.manage"
ONE = f"/o/<org>/experts/{number_rule('row_id')}"
BY_STAFF = {key: label for key, label in CHANNELS.items() if key != "self"}


def _trail(subject: Subject) -> list[tuple[str, str]]:
    return [(subject.name, url_for("trust.of_expert", row_id=subject.expert_id))]


@blueprint.get(f"{ONE}/data")
@access("node", MANAGE)
def of_expert(row_id: int) -> str:
    """An expert's consents, who sees them, restriction, and the ways to copy and erasure."""
    subject, session = subject_of(row_id), db.session()
    expert = reading.expert_of(session, subject.person_id)
    viewers = reading.viewers(session, expert) if expert else []
    return render_template(
        "trust/of_expert.html",
        subject=subject,
        viewers=viewers,
        addable=reading.addable(expert, viewers) if expert else [],
        asked=reading.asked(session, subject.person_id, language()),
        channels=BY_STAFF,
    )


@blueprint.post(f"{ONE}/consents/<purpose>")
@access("node", MANAGE)
def record_consent(row_id: int, purpose: str) -> Response:
    """Write down a yes or its withdrawal that came by phone or on paper."""
    subject, channel = subject_of(row_id), request.form.get("channel", "")
    if channel not in BY_STAFF:
        abort(400)
    by = {"actor_id": g.person.person_id, "channel": channel}
    try:
        if request.form.get("do") == "withdraw":
            consents.withdraw(subject.person_id, purpose, **by)
        else:
            seen_by = reading.chosen(request.form.getlist("organisation"))
            consents.give(subject.person_id, purpose, language=language(), organisation_ids=seen_by, **by)
    except Invalid:
        abort(400)
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.of_expert", row_id=row_id), 303)


@blueprint.post(f"{ONE}/restriction")
@access("node", MANAGE)
def restriction(row_id: int) -> Response:
    """Begin or end the restriction of the use of somebody's data."""
    subject = subject_of(row_id)
    restrict(subject.expert_id, request.form.get("restricted") == "yes", actor_id=g.person.person_id)
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.of_expert", row_id=row_id), 303)


@blueprint.get(f"{ONE}/copy")
@access("node", MANAGE)
def copy(row_id: int) -> str:
    """All that is kept about somebody, for whoever cannot take it themselves."""
    subject = subject_of(row_id)
    file = url_for("trust.copy_file", row_id=row_id)
    found = copy_of(subject.person_id)
    return render_template("trust/copy.html", copy=found, file=file, of=subject.name, trail=_trail(subject))


@blueprint.get(f"{ONE}/copy.json")
@access("node", MANAGE)
def copy_file(row_id: int) -> Response:
    """The same as a file."""
    return as_file(copy_of(subject_of(row_id).person_id))


@blueprint.route(f"{ONE}/erase", methods=("GET", "POST"))
@access("node", MANAGE)
def erase(row_id: int) -> ResponseReturnValue:
    """What an erasure takes and what stays; does it when one confirms."""
    subject, errors = subject_of(row_id), []
    if request.method == "POST":
        try:
            erasure_id = erasing.erase(
                subject.person_id, actor_id=g.person.person_id, organisation_id=subject.organisation_id
            )
        except Invalid as error:
            errors = [str(message) for message in error.errors.values()]
        else:
            return redirect(url_for("trust.erased", erasure_id=erasure_id), 303)
    page = render_template(
        "trust/erase.html",
        subject=subject,
        preview=erasing.preview(subject.person_id),
        errors=errors,
        trail=_trail(subject),
    )
    return page, 422 if errors else 200


@blueprint.get(f"/o/<org>/erasures/{number_rule('erasure_id')}")
@access("node", MANAGE)
def erased(erasure_id: int) -> str:
    """The receipt, to be given to the person."""
    found = erasing.receipt(db.session(), erasure_id)
    if found is None or not may_change(EXPERTS, None, found.organisation_id or 0):
        abort(404)
    return render_template("trust/erased.html", erasure=found)
