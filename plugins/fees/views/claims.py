"""An organisation's claims: list and story to read."""

from __future__ import annotations

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from core.api import access, current_gate, db, today, tops
from plugins.fees import words
from plugins.fees.deserted import MOVE, count_deserted
from plugins.fees.reading import PAGE, claims_here
from plugins.fees.states import STATES
from plugins.fees.views.blueprint import Action, Page, a_claim, node, shown_before
from plugins.fees.views.move import moves_at_desk, moves_by_permission
from plugins.fees.views.shown import rows
from plugins.fees.views.story import Story, story


@node.get("/")
@access("node", "fees.claims.view")
def claims() -> Page:
    """Claims at or below the organisation, newest first."""
    state = request.args.get("state", "")
    if state and state not in STATES:
        abort(404)
    found = claims_here(db.session(), [state] if state else [], shown_before())
    shown = rows(db.session(), found[:PAGE], staff=True)
    return render_template(
        "fees/claims.html",
        rows=shown,
        states=[(s, words.STAFF_STATUS[s]) for s in STATES],
        chosen=state,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        without_handler=count_deserted(db.session()) if _moves_somewhere() else 0,
    )


def _moves_somewhere() -> bool:
    return bool(tops(current_gate().tree, g.roles, MOVE, today()))


@node.get("/claims/<int:claim_id>")
@access("node", "fees.claims.view")
def claim(claim_id: int) -> Page:
    """One claim's story."""
    told = story(db.session(), a_claim(claim_id), staff=True)
    return render_template(
        "fees/claim.html",
        story=told,
        staff=True,
        actions=_actions(told),
        trail=[(_("Fees"), url_for("fees_org.claims"))],
    )


def _actions(told: Story) -> list[Action]:
    """Moving, while the claim is at the administrator's desk, for who may."""
    if moves_by_permission(told):
        payer = current_gate().tree.by_id[told.payer_id]
        link = url_for("fees_org.move", org=payer.slug, claim_id=told.row.id)
    elif moves_at_desk(told, g.person.person_id):
        link = url_for("fees.move", claim_id=told.row.id)
    else:
        return []
    return [Action(_("Move to a handler"), link, primary=True)]
