"""What one decides about a claim. A button carries its page's version; who is late is told who was first."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.api import access, db
from plugins.fees.forms import RejectForm, ReturnForm
from plugins.fees.kernel.transition import Moved, transition
from plugins.fees.models import Claim
from plugins.fees.reading import shelve
from plugins.fees.states import BEING_DECIDED, PAYROLL, RETURNED, STEP_ASIDE
from plugins.fees.views.blueprint import Page, a_claim, mine, shown_version
from plugins.fees.views.me import may_decide
from plugins.fees.views.shown import row
from plugins.fees.views.story import story
from plugins.fees.words import DESK_KIND, approving


@mine.post("/claims/<int:claim_id>/approve")
@access("me")
def approve(claim_id: int) -> Response:
    """Approve, check or confirm as done, whatever the step is called."""
    flash(approved(transition(claim_id, shown_version(), "approve", g.person.person_id)))
    return _back(claim_id)


def approved(moved: Moved) -> str:
    """What an approval's giver is told: that it is given, and what comes next."""
    given = approving(moved.decided, last=moved.waits is None).given
    return str(given) % {"step": DESK_KIND[moved.waits or PAYROLL]}


@mine.post("/claims/<int:claim_id>/undo")
@access("me")
def undo(claim_id: int) -> Response:
    """Take one's approval back, until somebody else acts."""
    transition(claim_id, shown_version(), "undo", g.person.person_id)
    flash(_("Your approval has been taken back."))
    return _back(claim_id)


@mine.get("/claims/<int:claim_id>/return")
@access("me")
def ask_send_back(claim_id: int) -> Page:
    """Ask what has to be corrected."""
    return _ask_reason(a_claim(claim_id), ReturnForm(), _("Return for completion"))


@mine.post("/claims/<int:claim_id>/return")
@access("me")
def send_back(claim_id: int) -> Page:
    """Return the claim to its sender with the words."""
    form = ReturnForm(request.form)
    if not form.validate():
        return _ask_reason(a_claim(claim_id), form, _("Return for completion")), 422
    transition(claim_id, shown_version(), "return", g.person.person_id, text=form.text.data)
    flash(_("The form has been returned for completion."))
    return redirect(url_for("fees.queue"))


@mine.get("/claims/<int:claim_id>/reject")
@access("me")
def ask_reject(claim_id: int) -> Page:
    """Ask why the claim is not paid."""
    return _ask_reason(a_claim(claim_id), RejectForm(), _("Reject"))


@mine.post("/claims/<int:claim_id>/reject")
@access("me")
def reject(claim_id: int) -> Page:
    """End the claim with the words."""
    form = RejectForm(request.form)
    if not form.validate():
        return _ask_reason(a_claim(claim_id), form, _("Reject")), 422
    transition(claim_id, shown_version(), "reject", g.person.person_id, text=form.text.data)
    flash(_("The form has been rejected. The sender sees the reason."))
    return redirect(url_for("fees.queue"))


@mine.get("/claims/<int:claim_id>/aside")
@access("me")
def aside(claim_id: int) -> Page:
    """Ask whether to step aside: it cannot be taken back."""
    found = a_claim(claim_id)
    told = story(db.session(), found, staff=True)
    if not may_decide(found, told, g.person.person_id):
        abort(404)
    return render_template(
        "confirm.html",
        title=_("I have a conflict of interest"),
        button=_("I have a conflict of interest"),
        texts=[
            f"{told.row.number} · {told.row.title} · {told.row.expert}",
            _("You have one for example when the payee is a person close to you."),
            _(
                "After that you cannot decide on this form."
                " Another person at the desk or a deputy handles it."
                " If there is none, an administrator moves the form to another handler."
            ),
        ],
        hidden={"version": found.version},
        cancel=url_for("fees.claim", claim_id=claim_id),
        back=_("Back"),
    )


@mine.post("/claims/<int:claim_id>/aside")
@access("me")
def step_aside(claim_id: int) -> Response:
    """Leave the decision to somebody who is not related to the payee."""
    moved = transition(claim_id, shown_version(), STEP_ASIDE, g.person.person_id)
    if moved.note is None:
        found = a_claim(claim_id)
        shown = row(shelve(db.session(), [found]), found, staff=True)
        flash(_("You stepped aside. Somebody else handles the form: %(names)s.", names=shown.holder))
    else:
        flash(_("You stepped aside. An administrator moves the form to another handler."))
    return redirect(url_for("fees.queue"))


@mine.get("/claims/<int:claim_id>/withdraw")
@access("me")
def ask_withdraw(claim_id: int) -> Page:
    """Ask whether to withdraw."""
    found = a_claim(claim_id)
    if found.submitter_id != g.person.person_id or found.state not in (*BEING_DECIDED, RETURNED):
        abort(404)
    shown = row(shelve(db.session(), [found]), found)
    return render_template(
        "confirm.html",
        title=_("Withdraw the form"),
        button=_("Withdraw the form"),
        danger=True,
        texts=[f"{shown.number} · {shown.title}", _("Nothing is paid for a form that you withdraw.")],
        hidden={"version": found.version},
        cancel=url_for("fees.claim", claim_id=claim_id),
        back=_("Back"),
    )


@mine.post("/claims/<int:claim_id>/withdraw")
@access("me")
def withdraw(claim_id: int) -> Response:
    """Withdraw one's own claim."""
    transition(claim_id, shown_version(), "withdraw", g.person.person_id)
    flash(_("You withdrew the form."))
    return _back(claim_id)


def _ask_reason(found: Claim, form: object, title: str) -> str:
    shelf = shelve(db.session(), [found])
    return render_template(
        "fees/reason.html", row=row(shelf, found, staff=True), form=form, title=title, version=_shown(found)
    )


def _shown(found: Claim) -> int:
    """The version to decide about: after a correction of the words, still the one first shown."""
    earlier = shown_version()
    return earlier if earlier >= 0 else found.version


def _back(claim_id: int) -> Response:
    return redirect(url_for("fees.claim", claim_id=claim_id))
