"""An organisation's claims: list and story to read; administrators move what nobody may decide."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from core.api import access, current_gate, db
from plugins.fees import words
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.forms import MoveForm
from plugins.fees.kernel.people import DeskPeople
from plugins.fees.kernel.transition import transition
from plugins.fees.models import Claim
from plugins.fees.reading import PAGE, claim_of, claims_here, desks_under, names_of
from plugins.fees.states import ADMINISTRATOR, BEING_DECIDED, STATES
from plugins.fees.views.blueprint import Page, node, shown_version
from plugins.fees.views.me import LARGEST_ID, Action
from plugins.fees.views.shown import rows, unit_name
from plugins.fees.views.story import Story, story


@node.get("/")
@access("node", "fees.claims.view")
def claims() -> Page:
    """Claims at or below the organisation, newest first."""
    state, before = request.args.get("state", ""), request.args.get("before", None, type=int)
    if state and state not in STATES:
        abort(404)
    found = claims_here(db.session(), [state] if state else [], before)
    shown = rows(db.session(), found[:PAGE], staff=True)
    return render_template(
        "fees/claims.html",
        rows=shown,
        states=[(s, words.STAFF_STATUS[s]) for s in STATES],
        chosen=state,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@node.get("/claims/<int:claim_id>")
@access("node", "fees.claims.view")
def claim(claim_id: int) -> Page:
    """One claim's story."""
    told = story(db.session(), _claim(claim_id), staff=True)
    return render_template(
        "fees/claim.html",
        story=told,
        staff=True,
        actions=_actions(told),
        trail=[(_("Fees"), url_for("fees_org.claims"))],
    )


def _actions(told: Story) -> list[Action]:
    """Moving, for the payer's administrator, while the claim is at the administrator's desk."""
    if not _waits_to_be_moved(told) or not _may_move(told):
        return []
    payer = current_gate().tree.by_id[told.payer_id]
    link = url_for("fees_org.move", org=payer.slug, claim_id=told.row.id)
    return [Action(_("Move to a handler"), link, primary=True)]


def _waits_to_be_moved(told: Story) -> bool:
    return told.row.state in BEING_DECIDED and told.desk is not None and told.desk.kind == ADMINISTRATOR


def _may_move(told: Story) -> bool:
    """A hint for the button alone: the move page asks for the permission itself."""
    tree = current_gate().tree
    return any(r.role == "administrator" and tree.reaches(r.organisation_id, told.payer_id) for r in g.roles)


@node.get("/claims/<int:claim_id>/move")
@access("node", "fees.claims.move")
def move(claim_id: int) -> Page:
    """Ask to which handler."""
    told = _to_move(claim_id)
    return _move_page(told, _offer(MoveForm(), told))


@node.post("/claims/<int:claim_id>/move")
@access("node", "fees.claims.move")
def do_move(claim_id: int) -> Page:
    """Move it: the power to decide stays with the handler's appointed people."""
    found, form = _claim(claim_id), MoveForm(request.form)
    told = story(db.session(), found, staff=True)
    if not _offer(form, told).validate():
        return _move_page(told, form), 422
    try:
        transition(claim_id, shown_version(), "move", g.person.person_id, desk_id=int(form.desk.data))
    except NotAllowed:
        raise
    except FeeError as error:
        form.desk.errors = [words.refusal(error)]
        return _move_page(told, form), 422
    flash(_("The form has been moved."))
    return redirect(url_for("fees_org.claim", claim_id=claim_id))


def _claim(claim_id: int) -> Claim:
    """A claim of the scope; 404 otherwise."""
    found = claim_of(db.session(), claim_id) if claim_id <= LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _to_move(claim_id: int) -> Story:
    told = story(db.session(), _claim(claim_id), staff=True)
    if not _waits_to_be_moved(told):
        abort(404)
    return told


def _offer(form: MoveForm, told: Story) -> MoveForm:
    desks = [d for d in desks_under(db.session(), told.payer_id) if d.people]
    names = names_of(db.session(), {s.person_id for d in desks for s in d.people})
    form.offer([(d.id, _desk_name(d, names)) for d in desks])
    return form


def _desk_name(desk: DeskPeople, names: dict[int, str]) -> str:
    people = ", ".join(names[s.person_id] for s in desk.people if not s.away)
    return f"{str(words.DESK_KIND[desk.kind]).capitalize()}, {unit_name(desk.organisation_id)}: {people}"


def _move_page(told: Story, form: MoveForm) -> str:
    return render_template(
        "fees/move.html", row=told.row, form=form, trail=[(_("Fees"), url_for("fees_org.claims"))]
    )
