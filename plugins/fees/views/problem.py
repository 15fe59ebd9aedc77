"""A claim that payroll cannot pay as it is: out of its batch with a reason, and back into the next one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.api import access, current_gate, db
from plugins.fees.forms import ProblemForm
from plugins.fees.kernel.transition import transition
from plugins.fees.models import Claim, ClaimText, Sheet
from plugins.fees.reading import shelve
from plugins.fees.states import IN_BATCH, PAYROLL_PROBLEM, SENT
from plugins.fees.views.blueprint import Page, a_claim, node, shown_version
from plugins.fees.views.shown import Row, row

MOST_SHOWN = 100


@dataclass(frozen=True)
class Problem:
    """A claim payroll is sorting out, and what is wrong with it."""

    row: Row
    text: str


def problems(session: Session, payer_id: int) -> list[Problem]:
    """The payer's claims that are being sorted out, oldest first; one query where there are none."""
    said = and_(ClaimText.claim_id == Claim.id, ClaimText.seq == Claim.version)
    wanted = (
        select(Claim, ClaimText.text)
        .join(Sheet, Sheet.id == Claim.sheet_id)
        .outerjoin(ClaimText, said)
        .where(Sheet.organisation_id == payer_id, Claim.state == PAYROLL_PROBLEM)
        .order_by(Claim.since, Claim.id)
        .limit(MOST_SHOWN)
    )
    found = session.execute(wanted).all()
    if not found:
        return []
    shelf = shelve(session, [claim for claim, _text in found])
    return [Problem(row(shelf, claim, staff=True), text or "") for claim, text in found]


@node.get("/payroll/claims/<int:claim_id>/problem")
@access("node", "fees.payroll", here=True)
def ask_problem(claim_id: int) -> Page:
    """Ask what is wrong."""
    return _ask(_in_payment(claim_id), ProblemForm())


@node.post("/payroll/claims/<int:claim_id>/problem")
@access("node", "fees.payroll", here=True)
def problem(claim_id: int) -> Page:
    """Take the claim out of its batch; the batch's file stays as it is."""
    found, form = a_claim(claim_id), ProblemForm(request.form)
    if not form.validate():
        return _ask(found, form), 422
    transition(claim_id, shown_version(), "payroll_problem", g.person.person_id, text=form.text.data)
    flash(_("The form is out of its batch. It waits here until it is put into the next one."))
    return redirect(url_for("fees_org.payroll"))


@node.post("/payroll/claims/<int:claim_id>/requeue")
@access("node", "fees.payroll", here=True)
def requeue(claim_id: int) -> Response:
    """What was wrong is in order: into the next batch."""
    transition(claim_id, shown_version(), "requeue", g.person.person_id)
    flash(_("The form waits for the next batch."))
    return redirect(url_for("fees_org.payroll"))


def _in_payment(claim_id: int) -> Claim:
    """A claim of the payer in a batch that is not paid; 404 otherwise."""
    found = a_claim(claim_id)
    payer = current_gate().tree.by_id[found.organisation_id].controller_id
    if found.state not in (IN_BATCH, SENT) or payer != g.node.id:
        abort(404)
    return found


def _ask(found: Claim, form: ProblemForm) -> str:
    shown = row(shelve(db.session(), [found]), found, staff=True)
    earlier = shown_version()
    return render_template(
        "fees/reason.html",
        row=shown,
        form=form,
        title=_("Payroll cannot pay this form"),
        lead=_("The batch's file stays as it is: take the form out of what you pay by it as well."),
        version=earlier if earlier >= 0 else found.version,
        back=url_for("fees_org.payroll"),
        trail=[(_("Payroll batches"), url_for("fees_org.payroll"))],
    )
