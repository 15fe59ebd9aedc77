"""The module page: what is on here, who decided it, and the buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access import access
from core.extensions import db
from core.modules.gate import Effective, current_gate
from core.modules.manager import host
from core.modules.models import ModuleState
from core.modules.plugin import Plugin
from core.modules.services import ModuleError, open_work, switch_off, switch_on
from core.users.models import Person

blueprint = Blueprint("module_pages", __name__)


@dataclass(frozen=True)
class ModuleCard:
    """One module as its card shows it."""

    plugin: Plugin
    effective: Effective
    decided_by: Any
    inherited: bool
    changed_at: Any
    changed_by: str | None
    needs: list[Any]


@blueprint.get("/o/<org>/modules")
@access("node", "core.modules.manage", here=True)
def overview() -> str:
    """Every module and its state here."""
    return render_template("modules/overview.html", cards=_cards(), broken=host().broken)


@blueprint.get("/o/<org>/modules/<module>/on")
@access("node", "core.modules.manage", here=True)
def ask_on(module: str) -> str:
    """What follows from switching on, and the button."""
    return render_template("modules/on.html", card=_card(module))


@blueprint.post("/o/<org>/modules/<module>/on")
@access("node", "core.modules.manage", here=True)
def turn_on(module: str) -> Response:
    """Switch on."""
    card = _card(module)
    try:
        switch_on(module, g.node.id, g.person.person_id)
        flash(_("%(module)s is now in use.", module=str(card.plugin.label)))
    except ModuleError as error:
        flash(_explain(error), "error")
    return redirect(url_for("module_pages.overview"))


@blueprint.get("/o/<org>/modules/<module>/off")
@access("node", "core.modules.manage", here=True)
def ask_off(module: str) -> str:
    """What is open, what follows from switching off, and the button."""
    return render_template("modules/off.html", card=_card(module), work=open_work(module, g.node.id))


@blueprint.post("/o/<org>/modules/<module>/off")
@access("node", "core.modules.manage", here=True)
def turn_off(module: str) -> Response:
    """Switch off, or start closing while work is open."""
    card = _card(module)
    try:
        state = switch_off(module, g.node.id, g.person.person_id)
    except ModuleError as error:
        flash(_explain(error), "error")
        return redirect(url_for("module_pages.overview"))
    label = str(card.plugin.label)
    flash(
        _("%(module)s is closing.", module=label)
        if state == "closing"
        else _("%(module)s is no longer in use.", module=label)
    )
    return redirect(url_for("module_pages.overview"))


def _explain(error: ModuleError) -> str:
    """Why the switch did not turn, and what to do."""
    names = ", ".join(str(host().healthy[n].plugin.label) for n in error.names if n in host().healthy)
    if error.code == "needs":
        return _("This module needs %(modules)s. Switch that on first.", modules=names)
    if error.code == "needed":
        return _("%(modules)s needs this module. Switch that off first.", modules=names)
    if error.code == "blocked":
        return _("An organisation above has blocked this module.")
    return _("The module has a fault and cannot be used now. The rest of the service works.")


def _card(module: str) -> ModuleCard:
    for card in _cards():
        if card.plugin.name == module:
            return card
    abort(404)


def _cards() -> list[ModuleCard]:
    gate, node = current_gate(), g.node
    rows = {row.module: row for row in _own_rows(node.id)}
    names = {r.changed_by: r for r in rows.values() if r.changed_by}
    people = dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(names))).all())
    cards = []
    for name, found in host().healthy.items():
        effective, row = gate.effective(name, node.id), rows.get(name)
        by = gate.tree.by_id.get(effective.decided_by) if effective.decided_by else None
        needs = [host().healthy[n].plugin.label for n in found.plugin.requires if n in host().healthy]
        cards.append(
            ModuleCard(
                found.plugin,
                effective,
                by,
                by is not None and by.id != node.id,
                row.changed_at if row else None,
                people.get(row.changed_by) if row and row.changed_by else None,
                needs,
            )
        )
    return cards


def _own_rows(node_id: int) -> list[ModuleState]:
    return list(db.session.scalars(select(ModuleState).where(ModuleState.organisation_id == node_id)))
