"""Deciding about a module for oneself and those below: the page that asks first, and the button."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from core.access import access
from core.extensions import db
from core.modules.pages.blueprint import blueprint
from core.modules.pages.shown import MANAGE, card_of, explain, open_places
from core.modules.switching.from_above import DECISIONS, Decision, decide_below, open_below
from core.modules.switching.states import ModuleError

# Title, what follows, the button, and what is said afterwards.
WORDS: dict[Decision, tuple[Any, Any, Any, Any]] = {
    "require": (
        _l("Require %(module)s below"),
        _l("The module comes into use here and in every organisation below, and they cannot switch it off."),
        _l("Require below"),
        _l("%(module)s is now in use here and below."),
    ),
    "unrequire": (
        _l("Stop requiring %(module)s"),
        _l(
            "Each organisation below decides for itself again. Where the requirement alone kept the module"
            " in use, it goes off, or to closing while work is open."
        ),
        _l("Stop requiring"),
        _l("%(module)s is no longer required below."),
    ),
    "block": (
        _l("Block %(module)s below"),
        _l("The module goes off here and in every organisation below, and they cannot switch it on."
           " The data stays."),
        _l("Block below"),
        _l("%(module)s is now blocked here and below."),
    ),
    "unblock": (
        _l("Stop blocking %(module)s"),
        _l("The module goes back to what was decided here and below before it was blocked."),
        _l("Stop blocking"),
        _l("%(module)s is no longer blocked."),
    ),
}  # fmt: skip


@blueprint.get("/o/<org>/modules/<module>/below/<decision>")
@access("node", MANAGE, here=True)
def ask_below(module: str, decision: str) -> str:
    """What follows for those below, what is open there, and the button."""
    return _page(module, _known(decision))


@blueprint.post("/o/<org>/modules/<module>/below/<decision>")
@access("node", MANAGE, here=True)
def turn_below(module: str, decision: str) -> ResponseReturnValue:
    """Decide; where work is open that would be lost, say where."""
    card, known = card_of(db.session(), module, g.node), _known(decision)
    try:
        decide_below(module, g.node.id, known, g.person.person_id, seen=request.form.get("seen"))
    except ModuleError as error:
        if error.code == "open":
            return _page(module, known), 409
        flash(explain(db.session(), module, error), "error")
    else:
        flash(str(WORDS[known][3]) % {"module": card.plugin.label})
    return redirect(url_for("module_pages.overview"), 303)


def _known(decision: str) -> Decision:
    for known in DECISIONS:
        if known == decision:
            return known
    abort(404)


def _page(module: str, decision: Decision) -> str:
    card = card_of(db.session(), module, g.node)
    title, text, button, _done = WORDS[decision]
    found = open_below(module, g.node.id, decision) if decision in ("block", "unrequire") else []
    return render_template(
        "modules/below.html",
        card=card,
        title=str(title) % {"module": card.plugin.label},
        text=text,
        button=button,
        open_at=open_places(found, g.node),
        refused=bool(found) and decision == "block",
    )
