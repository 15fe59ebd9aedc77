"""Moving a claim that nobody at its step may decide: for the administrator's desk, and for who may move."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.api import access, current_gate, db, today, tops
from plugins.fees import words
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.forms import MoveForm
from plugins.fees.kernel.people import DeskPeople
from plugins.fees.kernel.transition import transition
from plugins.fees.reading import desks_under, names_of
from plugins.fees.states import ADMINISTRATOR, BEING_DECIDED
from plugins.fees.views.blueprint import Page, a_claim, mine, node, shown_version
from plugins.fees.views.shown import unit_name
from plugins.fees.views.story import Story, story


@node.get("/claims/<int:claim_id>/move")
@access("node", "fees.claims.move")
def move(claim_id: int) -> Page:
    """Ask to which handler."""
    return _ask(claim_id)


@node.post("/claims/<int:claim_id>/move")
@access("node", "fees.claims.move")
def do_move(claim_id: int) -> Page:
    """Move it: the power to decide stays with the handler's appointed people."""
    return _move(claim_id)


@mine.get("/claims/<int:claim_id>/move", endpoint="move")
@access("me")
def ask_at_desk(claim_id: int) -> Page:
    """Ask somebody at the administrator's desk to which handler."""
    return _ask(claim_id)


@mine.post("/claims/<int:claim_id>/move", endpoint="do_move")
@access("me")
def move_at_desk(claim_id: int) -> Page:
    """Move it, as a member of the administrator's desk."""
    return _move(claim_id)


def waits_to_be_moved(told: Story) -> bool:
    """Whether the claim stands at the administrator's desk, or where nobody is left who may decide."""
    if told.row.state not in BEING_DECIDED or told.desk is None:
        return False
    if told.desk.kind == ADMINISTRATOR:
        return True
    return not told.desk.counted_on(told.own_people | told.shut, told.own_people)


def moves_at_desk(told: Story, person_id: int) -> bool:
    """Whether the person may move it at the administrator's desk: it waits there, and is not their own."""
    if not waits_to_be_moved(told) or told.desk is None or person_id in told.own_people:
        return False
    return told.desk.kind == ADMINISTRATOR and told.desk.standing(person_id) is not None


def moves_by_permission(told: Story) -> bool:
    """Whether a reader of an organisation's pages may move it; a hint for the button alone."""
    tree = current_gate().tree
    found = tops(tree, g.roles, "fees.claims.move", today())
    return waits_to_be_moved(told) and any(tree.reaches(top, told.payer_id) for top in found)


def _ask(claim_id: int) -> Page:
    told = story(db.session(), a_claim(claim_id), staff=True)
    if not _may_move(told):
        abort(404)
    return _page(told, _form(MoveForm(), told))


def _move(claim_id: int) -> Page:
    found = a_claim(claim_id)
    told = story(db.session(), found, staff=True)
    if not _may_move(told):
        if found.version == shown_version():
            abort(404)
        return _to(claim_id)  # somebody was first: the rules say who
    form = _form(MoveForm(request.form), told)
    if not form.validate():
        return _page(told, form), 422
    try:
        return _to(claim_id, int(form.desk.data))
    except NotAllowed:
        raise
    except FeeError as error:
        form.desk.errors = [words.refusal(error)]
        return _page(told, form), 422


def _to(claim_id: int, desk_id: int | None = None) -> Response:
    transition(claim_id, shown_version(), "move", g.person.person_id, desk_id=desk_id)
    flash(_("The form has been moved."))
    return redirect(_claim_page(claim_id))


def _may_move(told: Story) -> bool:
    if g.get("node"):
        return waits_to_be_moved(told)
    return moves_at_desk(told, g.person.person_id)


def _form(form: MoveForm, told: Story) -> MoveForm:
    """The form with the handlers where somebody present may decide."""
    shut, own = told.own_people | told.shut, told.own_people
    desks = [d for d in desks_under(db.session(), told.payer_id) if d.counted_on(shut, own)]
    names = names_of(db.session(), {s.person_id for d in desks for s in d.people})
    form.offer([(d.id, _desk_name(d, names)) for d in desks])
    return form


def _desk_name(desk: DeskPeople, names: dict[int, str]) -> str:
    people = ", ".join(names[s.person_id] for s in desk.people if not s.away)
    return f"{str(words.DESK_KIND[desk.kind]).capitalize()}, {unit_name(desk.organisation_id)}: {people}"


def _page(told: Story, form: MoveForm) -> str:
    trail = [(_("Fees"), url_for("fees_org.claims"))] if g.get("node") else []
    return render_template(
        "fees/move.html", row=told.row, form=form, back=_claim_page(told.row.id), trail=trail
    )


def _claim_page(claim_id: int) -> str:
    return url_for("fees_org.claim" if g.get("node") else "fees.claim", claim_id=claim_id)
