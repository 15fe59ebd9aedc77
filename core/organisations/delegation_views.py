"""A controller's delegations, given and received: who may do what, for which days, and who granted it."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations import delegating
from core.organisations.blueprint import delegations as blueprint
from core.organisations.forms import delegation_form
from core.records.errors import Invalid
from core.records.listing import number_rule
from core.users.forms import WRONG, posted
from core.users.reach import holds_itself

MANAGE = "core.organisations.manage"
ONE = f"/o/<org>/delegations/{number_rule('delegation_id')}/end"


@blueprint.get("/o/<org>/delegations")
@access("node", MANAGE, here=True)
def overview() -> str:
    """What this controller lets others do, and what others let its people do."""
    _only_controllers()
    session = db.session()
    return render_template(
        "organisations/delegations.html",
        given=delegating.given(session, g.node.id),
        received=delegating.received(session, g.node.id),
        decides=holds_itself(g.roles, MANAGE, g.node.id),
    )


@blueprint.route("/o/<org>/delegations/new", methods=("GET", "POST"))
@access("node", MANAGE, here=True)
def new() -> ResponseReturnValue:
    """Let another organisation's people do what one may do oneself."""
    _only_controllers()
    _only_its_own()
    tree = current_gate().tree
    offered = delegating.delegable(db.session(), g.person.person_id, g.node.id)
    form = delegation_form(delegating.receivers(tree, g.node.id), tree, offered, posted())
    if request.method == "POST" and form.validate():
        try:
            delegating.grant(
                g.node.id, form.to.data, form.permissions.data, form.valid_from.data, form.valid_to.data,
                g.person.person_id,
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error.errors)
        else:
            flash(_("Saved."))
            return redirect(url_for("delegations.overview"), 303)
    page = render_template(
        "form.html",
        form=form,
        fields=list(form),
        title=_("New delegation"),
        intro=_("Their administrators see it too. Everything they do here stands in the log."),
        button=_("Delegate"),
        cancel=url_for("delegations.overview"),
        trail=[(_("Delegations"), url_for("delegations.overview"))],
    )
    return page, WRONG if form.errors or form.general_errors else 200


@blueprint.route(ONE, methods=("GET", "POST"))
@access("node", MANAGE, here=True)
def end(delegation_id: int) -> ResponseReturnValue:
    """Ask, and end a delegation that this controller gave."""
    _only_its_own()
    line = delegating.given_one(db.session(), g.node.id, delegation_id)
    if line is None or line.state == "ended":
        abort(404)
    if request.method == "POST":
        delegating.end_delegation(delegation_id, g.person.person_id)
        flash(_("The delegation has ended."))
        return redirect(url_for("delegations.overview"), 303)
    return render_template(
        "confirm.html",
        title=_("End the delegation: %(name)s", name=line.receiver.name),
        texts=[_("Its people can do this here no more, from now on:"), ", ".join(line.permissions)],
        button=_("End the delegation"),
        danger=True,
        cancel=url_for("delegations.overview"),
        trail=[(_("Delegations"), url_for("delegations.overview"))],
    )


def _only_its_own() -> None:
    """What was delegated to somebody does not let them decide what is delegated."""
    if not holds_itself(g.roles, MANAGE, g.node.id):
        abort(403)


def _only_controllers() -> None:
    if not g.node.is_controller:
        abort(404)
