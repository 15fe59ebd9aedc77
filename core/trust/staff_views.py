"""Pages under `/o/<org>` about an expert's data: consents by phone or paper, restriction, copy, erasure."""

from __future__ import annotations

from collections.abc import Iterable

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access import access
from core.admin.looking import about
from core.experts.records import EXPERTS
from core.extensions import db
from core.records.errors import Invalid
from core.records.listing import number_rule
from core.trust import consents, erasing, reading
from core.trust.blueprint import blueprint
from core.trust.files import as_file
from core.trust.restricting import restrict
from core.trust.staff import COPY, ERASE, MANAGE, Subject, holds_here, subject_of
from core.trust.staff_copy import staff_copy_of
from core.trust.wordings import CHANNELS, PURPOSES
from core.users.forms import LANGUAGE_NAMES

ONE = f"/o/<org>/experts/{number_rule('row_id')}"
BY_STAFF = {key: label for key, label in CHANNELS.items() if key != "self"}


def _trail(subject: Subject) -> list[tuple[str, str]]:
    return [(subject.name, url_for("trust.of_expert", row_id=subject.expert_id))]


@blueprint.get(f"{ONE}/data")
@access("node", MANAGE)
@about(EXPERTS)
def of_expert(row_id: int) -> str:
    """An expert's consents, who sees them, restriction, and the ways to copy and erasure."""
    return _page(subject_of(row_id))


def _page(subject: Subject, errors: Iterable[object] = ()) -> str:
    session = db.session()
    expert = reading.expert_of(session, subject.person_id)
    viewers = reading.viewers(session, expert) if expert else []
    return render_template(
        "trust/of_expert.html",
        subject=subject,
        viewers=viewers,
        addable=reading.addable(expert, viewers) if expert else [],
        asked=reading.asked(session, subject.person_id, subject.language),
        channels=BY_STAFF,
        languages=LANGUAGE_NAMES,
        may={"manage": subject.lets(MANAGE), "copy": subject.lets(COPY), "erase": subject.lets(ERASE)},
        errors=list(errors),
    )


@blueprint.post(f"{ONE}/consents/<purpose>")
@access("node", MANAGE)
@about(EXPERTS)
def record_consent(row_id: int, purpose: str) -> ResponseReturnValue:
    """Write down a yes or its withdrawal that came by phone or on paper."""
    subject, channel = subject_of(row_id, MANAGE), request.form.get("channel", "")
    if channel not in BY_STAFF or purpose not in PURPOSES:
        abort(400)
    try:
        _record(subject, purpose, channel)
    except Invalid as error:
        return _page(subject_of(row_id), error.errors.values()), 422
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.of_expert", row_id=row_id), 303)


def _record(subject: Subject, purpose: str, channel: str) -> None:
    """What the form says; the language is the one in which the wording was read to the person."""
    form, actor_id = request.form, g.person.person_id
    if form.get("do") == "withdraw":
        consents.withdraw(subject.person_id, purpose, actor_id=actor_id, channel=channel)
        return
    consents.give(
        subject.person_id,
        purpose,
        actor_id=actor_id,
        channel=channel,
        language=form.get("language") or subject.language,
        organisation_ids=reading.chosen(form.getlist("organisation")),
    )


@blueprint.post(f"{ONE}/restriction")
@access("node", MANAGE)
@about(EXPERTS)
def restriction(row_id: int) -> ResponseReturnValue:
    """Begin or end the restriction of the use of somebody's data."""
    subject = subject_of(row_id, MANAGE)
    try:
        restrict(subject.expert_id, request.form.get("restricted") == "yes", actor_id=g.person.person_id)
    except Invalid as error:
        return _page(subject, error.errors.values()), 422
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.of_expert", row_id=row_id), 303)


@blueprint.get(f"{ONE}/copy")
@access("node", COPY)
@about(EXPERTS)
def copy(row_id: int) -> str:
    """What this controller keeps about somebody, for whoever cannot take it themselves."""
    subject = subject_of(row_id, COPY, how="export")
    file = url_for("trust.copy_file", row_id=row_id)
    found = staff_copy_of(subject)
    return render_template("trust/copy.html", copy=found, file=file, of=subject.name, trail=_trail(subject))


@blueprint.get(f"{ONE}/copy.json")
@access("node", COPY)
@about(EXPERTS)
def copy_file(row_id: int) -> Response:
    """The same as a file."""
    return as_file(staff_copy_of(subject_of(row_id, COPY, how="export")))


@blueprint.route(f"{ONE}/erase", methods=("GET", "POST"))
@access("node", ERASE)
@about(EXPERTS)
def erase(row_id: int) -> ResponseReturnValue:
    """What an erasure takes and what stays; does it when one confirms."""
    subject, errors = subject_of(row_id, ERASE), []
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
@access("node", ERASE)
def erased(erasure_id: int) -> str:
    """The receipt, to be given to the person."""
    found = erasing.receipt(db.session(), erasure_id)
    if found is None or not holds_here(ERASE, found.organisation_id or 0):
        abort(404)
    return render_template("trust/erased.html", erasure=found)
