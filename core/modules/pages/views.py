"""The module page: what is on here, who decided it, and the buttons."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.access import access
from core.extensions import db
from core.modules.gating.conditions import not_to_be_used
from core.modules.gating.gate import current_gate
from core.modules.pages import below_views  # noqa: F401  # registers its pages on the same blueprint
from core.modules.pages.blueprint import blueprint as blueprint
from core.modules.pages.shown import MANAGE, by_category, card_of, cards_of, explain, open_places, steps_of
from core.modules.setup import views as setup_views  # noqa: F401  # as above
from core.modules.setup.file import templates
from core.modules.switching.open_work import losses
from core.modules.switching.services import switch_off, switch_on
from core.modules.switching.states import ModuleError


@blueprint.get("/o/<org>/modules")
@access("node", MANAGE, here=True)
def overview() -> str:
    """Every module and its state here."""
    cards = cards_of(db.session(), g.node)
    return render_template(
        "modules/overview.html",
        groups=by_category(cards),
        none_on=bool(cards) and all(card.state == "off" for card in cards),
        templates=templates(),
        broken=not_to_be_used(g.node.id),
        below=bool(current_gate().tree.children.get(g.node.id)),
    )


@blueprint.get("/o/<org>/modules/<module>/on")
@access("node", MANAGE, here=True)
def ask_on(module: str) -> str:
    """What comes to the menu, what is needed before the first use, and the button."""
    card = card_of(db.session(), module, g.node)
    steps = card.steps or steps_of(module, g.node.id)
    return render_template("modules/on.html", card=card, steps=steps)


@blueprint.post("/o/<org>/modules/<module>/on")
@access("node", MANAGE, here=True)
def turn_on(module: str) -> Response:
    """Switch on."""
    card = card_of(db.session(), module, g.node)
    try:
        switch_on(module, g.node.id, g.person.person_id, seen=request.form.get("seen"))
        flash(_("%(module)s is now in use.", module=str(card.plugin.label)))
    except ModuleError as error:
        flash(explain(db.session(), module, error), "error")
    return redirect(url_for("module_pages.overview"), 303)


@blueprint.get("/o/<org>/modules/<module>/off")
@access("node", MANAGE, here=True)
def ask_off(module: str) -> str:
    """What is open, what follows from switching off, and the button."""
    card = card_of(db.session(), module, g.node)
    gate = current_gate()
    found = losses(gate, {module: gate.governed(module, g.node.id)})
    return render_template("modules/off.html", card=card, open_at=open_places(found, g.node))


@blueprint.post("/o/<org>/modules/<module>/off")
@access("node", MANAGE, here=True)
def turn_off(module: str) -> Response:
    """Switch off, or start closing while work is open."""
    label = str(card_of(db.session(), module, g.node).plugin.label)
    try:
        state = switch_off(module, g.node.id, g.person.person_id, seen=request.form.get("seen"))
    except ModuleError as error:
        flash(explain(db.session(), module, error), "error")
    else:
        flash(
            _("%(module)s is closing.", module=label)
            if state == "closing"
            else _("%(module)s is no longer in use.", module=label)
        )
    return redirect(url_for("module_pages.overview"), 303)
