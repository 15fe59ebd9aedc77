"""The page of a module's settings at one organisation."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.settings.form import SettingsForm, resumed, settings_form
from core.modules.settings.reading import kept
from core.modules.settings.services import ChangedMeanwhile, save_settings
from core.modules.settings.versions import SettingsUnreadable
from core.modules.spec.plugin import Plugin
from core.records.errors import Invalid

log = logging.getLogger(__name__)
blueprint = Blueprint("module_settings", __name__)


@blueprint.route("/o/<org>/modules/<module>/settings", methods=("GET", "POST"))
@access("node", "core.modules.manage", here=True)
def settings(module: str) -> ResponseReturnValue:
    """Where each value comes from, and what this organisation says itself."""
    plugin = _plugin(module)
    try:
        form = settings_form(kept(), plugin, g.node, request.form if request.method == "POST" else None)
        if request.method == "GET":
            return _page(plugin, form), 200
        return _saved(plugin, form)
    except SettingsUnreadable as error:
        return _unreadable(plugin, error)


@blueprint.app_errorhandler(SettingsUnreadable)
def stopped(error: SettingsUnreadable) -> ResponseReturnValue:
    """A page that needed a setting: it stops instead of guessing, and nothing was changed."""
    db.session.rollback()  # the page of the error asks the database too
    log.error("settings unreadable", extra={"plugin": error.module, "why": str(error)})
    found = host().healthy.get(error.module)
    page = render_template(
        "error.html",
        code=503,
        title=_("%(module)s cannot be used now", module=found.plugin.label if found else error.module),
        text=_("Its settings cannot be read, and nothing is guessed. Nothing was changed."),
        reference=g.get("reference", ""),
    )
    return page, 503


@blueprint.app_template_global()
def has_settings(plugin: Plugin, organisation_id: int) -> bool:
    """Whether the module has a page of settings there: it has any, and is on there or below."""
    return bool(plugin.settings) and current_gate().reachable(plugin.name, organisation_id)


def _plugin(module: str) -> Plugin:
    found = host().healthy.get(module)
    if found is None or not has_settings(found.plugin, g.node.id):
        abort(404)
    return found.plugin


def _saved(plugin: Plugin, form: SettingsForm) -> ResponseReturnValue:
    """Write, or show the form again with what was typed."""
    if not form.checks_out():
        return _refused(plugin, form)
    try:
        save_settings(plugin, g.node.id, form.wanted(), g.person.person_id)
    except Invalid as error:
        form.refuse(error.errors)
        return _refused(plugin, form)
    except ChangedMeanwhile:
        fresh = settings_form(kept(), plugin, g.node)
        resumed(fresh, form)
        told = _("Another administrator changed this just now. The page has been updated.")
        return _page(plugin, fresh, told), 409
    flash(_("Saved."))
    return redirect(url_for("module_settings.settings", module=plugin.name), 303)


def _refused(plugin: Plugin, form: SettingsForm) -> ResponseReturnValue:
    form.ask_again()
    return _page(plugin, form), 422


def _page(plugin: Plugin, form: SettingsForm, conflict: str = "") -> str:
    return render_template(
        "modules/settings.html",
        title=_("Settings: %(module)s", module=plugin.label),
        form=form,
        conflict=conflict,
        trail=_trail(),
    )


def _unreadable(plugin: Plugin, error: SettingsUnreadable) -> ResponseReturnValue:
    """Nothing can be shown that would not be a guess; the operator finds the reason in the log."""
    log.error("settings unreadable", extra={"plugin": plugin.name, "why": str(error)})
    node = current_gate().tree.by_id.get(error.organisation_id or 0)
    page = render_template(
        "message.html",
        title=_("Settings: %(module)s", module=plugin.label),
        texts=[
            _("The settings stored at %(place)s cannot be read now.", place=node.name if node else ""),
            _("They were made with another version of the module, or their key is missing."),
            _("Nothing is changed or guessed. Tell the support of the service."),
        ],
        links=[(_("Modules"), url_for("module_pages.overview"))],
        trail=_trail(),
    )
    return page, 503


def _trail() -> list[tuple[str, str]]:
    return [(_("Modules"), url_for("module_pages.overview"))]
