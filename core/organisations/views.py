"""The tree in the browser: see it, add below, move, merge and close, within one's own controller.

Each page stands at the organisation it changes. What changes controllers or roots is done by whoever runs the
instance, with `flask organisations`.
"""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.access import access
from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.pages.shown import open_places
from core.organisations import services
from core.organisations.blueprint import blueprint
from core.organisations.forms import CloseForm, target_form
from core.organisations.kinds import kinds
from core.organisations.merging import merge_moves, merge_organisations
from core.organisations.moving import move_organisation
from core.organisations.moving_plan import MoveRefused, Moves
from core.organisations.preview import preview_of
from core.organisations.records import ORGANISATIONS
from core.organisations.tree import OrganisationNode
from core.records.custom.extending import extended
from core.records.description import endpoint
from core.records.errors import Invalid
from core.records.forms import record_form
from core.users.forms import WRONG, posted
from core.users.reach import tops

MANAGE = "core.organisations.manage"
BOTH = ("GET", "POST")


@blueprint.get("/o/<org>/organisations")
@access("node", MANAGE)
def tree() -> str:
    """The organisations below this one, each with what may be done to it."""
    return render_template(
        "organisations/tree.html",
        top=g.node,
        children=current_gate().tree.children,
        mine=_mine(),
        kinds=kinds(db.session()),
        detail=endpoint(ORGANISATIONS.key, "detail"),
    )


@blueprint.route("/o/<org>/organisations/new", methods=BOTH)
@access("node", MANAGE, here=True)
def new() -> ResponseReturnValue:
    """Add an organisation below this one."""
    form = record_form(extended(ORGANISATIONS, g.node.id), g.node.id, posted())
    if request.method == "POST" and form.validate():
        try:
            added = services.add_organisation(form.values(), g.node.id, g.person.person_id)
        except Invalid as error:
            form.refuse(error.errors)
        else:
            flash(_("Saved."))
            return redirect(_page_of(current_gate().tree.by_id[added]), 303)
    return _form(form, form.shown, _("Add below: %(name)s", name=g.node.name), _("Save"))


@blueprint.route("/o/<org>/organisations/close", methods=BOTH)
@access("node", MANAGE, here=True)
def close() -> ResponseReturnValue:
    """Give this organisation a last day, or take the day away."""
    form = CloseForm(posted(), data={"ended": g.node.ended})
    if request.method == "POST" and form.validate():
        try:
            services.close_organisation(g.node.id, form.ended.data, g.person.person_id)
        except Invalid as error:
            form.refuse(error.errors)
        else:
            flash(_("Saved."))
            return redirect(_page_of(g.node), 303)
    return _form(form, list(form), _("Close: %(name)s", name=g.node.name), _("Save"), intro=_(
        "After the last day nothing new starts here. What is open runs to its end, and everything stays to"
        " be seen."
    ))  # fmt: skip


@blueprint.route("/o/<org>/organisations/move", methods=BOTH)
@access("node", MANAGE, here=True)
def move() -> ResponseReturnValue:
    """Choose a new place for this organisation, see what follows, confirm."""
    form = target_form(_("New place: part of"), _targets(), current_gate().tree, request.values)
    return _change(form, _moves, _do_move, _("Move: %(name)s", name=g.node.name), _("Move"))


@blueprint.route("/o/<org>/organisations/merge", methods=BOTH)
@access("node", MANAGE, here=True)
def merge() -> ResponseReturnValue:
    """Choose a successor for this organisation, see what follows, confirm."""
    form = target_form(_("Successor"), _targets(), current_gate().tree, request.values, day=True)
    return _change(form, _merge_moves, _do_merge, _("Merge: %(name)s", name=g.node.name), _("Merge"))


def _moves(target: int) -> Moves:
    return Moves(current_gate().tree, [(g.node.id, target)])


def _merge_moves(target: int) -> Moves:
    return merge_moves(current_gate().tree, g.node.id, target)


def _do_move(form: Any) -> str:
    move_organisation(g.node.id, form.target.data, actor_id=g.person.person_id, within_controller=True)
    return _("%(name)s was moved.", name=g.node.name)


def _do_merge(form: Any) -> str:
    merge_organisations(
        g.node.id, form.target.data, form.first_day.data, actor_id=g.person.person_id, within_controller=True
    )
    return _("%(name)s was merged.", name=g.node.name)


def _change(form: Any, moves_to: Any, do: Any, title: str, button: str) -> ResponseReturnValue:
    """One page for the question, the preview and the deed: the preview is an address, the deed a button."""
    asked = "target" in request.values
    if not asked or not form.validate():
        return _choose(form, title, None), WRONG if asked else 200
    target = current_gate().tree.by_id[form.target.data]
    try:
        shown = preview_of(db.session(), moves_to(target.id), g.node.id)
        if request.method == "POST" and request.form.get("seen") == shown.seen:
            done = do(form)
            flash(done)
            return redirect(url_for("organisations.tree", org=target.slug), 303)
    except (MoveRefused, Invalid) as error:
        form.refuse(error.errors if isinstance(error, Invalid) else {"target": _why(error)})
        return _choose(form, title, None), WRONG
    if request.method == "POST":
        flash(_("Something changed meanwhile. Look at it again."), "error")
    return _choose(form, title, shown, button=button, target=target)


def _choose(form: Any, title: str, shown: Any, **more: Any) -> str:
    places = open_places(list(shown.blocked), g.node) if shown else []
    return render_template(
        "organisations/change.html", form=form, title=title, preview=shown, open_at=places,
        merging=hasattr(form, "first_day"), back=url_for("organisations.tree"), **more,
    )  # fmt: skip


def _why(error: MoveRefused) -> str:
    return {
        "circle": _("An organisation cannot stand below itself."),
        "open": _("Work is open that would be lost. Finish it first."),
        "controller": _("It would get another keeper of its register: only the operator does that."),
        "fields": _("A field that was added here has the same key as one there. Retire one of them first."),
        "merged": _("It was merged into another organisation and stays closed."),
    }[error.code]


def _mine() -> set[int]:
    """What one manages from here."""
    found = current_gate().tree
    return found.reached(tops(found, g.roles, MANAGE, today()))


def _targets() -> list[OrganisationNode]:
    """Where this organisation may go: one's own, of its controller, in use, not itself or below it."""
    found, mine = current_gate().tree, _mine()
    inside = {node.id for node in found.subtree(g.node.id)}
    everything = found.subtree(g.node.controller_id or g.node.id)
    return [
        n
        for n in everything
        if n.id in mine and n.active and n.id not in inside and n.controller_id == g.node.controller_id
    ]


def _page_of(node: OrganisationNode) -> str:
    return url_for(endpoint(ORGANISATIONS.key, "detail"), org=node.slug, row_id=node.id)


def _form(form: Any, fields: Any, title: str, button: str, intro: str = "") -> ResponseReturnValue:
    trail = [(_("Organisations"), url_for("organisations.tree"))]
    page = render_template(
        "form.html", form=form, fields=fields, title=title, button=button, intro=intro, trail=trail,
        cancel=url_for("organisations.tree"),
    )  # fmt: skip
    return page, WRONG if form.errors or form.general_errors else 200
