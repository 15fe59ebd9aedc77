"""One's own record on a phone: one thing per page, and a button that says that all is right."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.access import access
from core.experts import choices
from core.experts.details.models import ExpertArea
from core.experts.details.services import add_area, remove_area
from core.experts.models import Expert
from core.experts.own import services
from core.experts.own.checking import confirm, is_due, own_record
from core.experts.own.forms import LimitForm, area_form, unit_form
from core.experts.records import EXPERTS
from core.experts.services import update_expert
from core.extensions import db
from core.formats import language
from core.modules.gating.gate import current_gate
from core.records import listing
from core.records.errors import Invalid
from core.records.forms import RecordForm, record_form
from core.trust.consents import give, live
from core.trust.own_scope import standing_as
from core.trust.wordings import AREAS

blueprint = Blueprint("profile", __name__)
WRONG = 422
BOTH = ("GET", "POST")
# Parts of the record a person keeps up to date, by page: its title and the fields of the description.
PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "contact": (_l("Contact details"), ("email", "phone")),
    "work": (_l("My languages and municipalities"), ("languages", "municipalities", "car", "remote")),
    "when": (_l("When I can come"), ("weekly", "not_before", "not_after", "availability")),
}


def _own() -> Expert:
    return own_record(db.session(), g.person.person_id) or abort(404)


def _posted() -> Any:
    return request.form if request.method == "POST" else None


@blueprint.get("/me/profile")
@access("me")
def overview() -> str:
    """The parts, and the yearly question when it is due."""
    expert = _own()
    return render_template(
        "experts/profile.html", expert=expert, due=is_due(db.session(), expert.person_id), parts=PARTS
    )


@blueprint.post("/me/profile/right")
@access("me")
def right() -> ResponseReturnValue:
    """Everything is right."""
    _own()
    confirm(g.person.person_id)
    flash(_("Thank you. We ask again in a year."))
    return redirect(url_for("pages.desk"), 303)


@blueprint.route("/me/profile/contact", methods=BOTH)
@access("me")
def contact() -> ResponseReturnValue:
    """E-mail and phone."""
    return _part("contact")


@blueprint.route("/me/profile/work", methods=BOTH)
@access("me")
def work() -> ResponseReturnValue:
    """Languages, municipalities, car, remote tasks."""
    return _part("work")


@blueprint.route("/me/profile/when", methods=BOTH)
@access("me")
def when() -> ResponseReturnValue:
    """When one can come."""
    return _part("when")


def _part(name: str) -> ResponseReturnValue:
    """The form of a few described fields; what was typed stays when something is refused."""
    expert, (title, keys) = _own(), PARTS[name]
    fields = [field for field in EXPERTS.fields if field.key in keys]
    form = record_form(EXPERTS, expert.organisation_id, _posted(), row=expert, fields=fields)
    if request.method == "POST" and form.validate() and _updated(form, expert.id, expert.person_id):
        flash(_("Saved."))
        return redirect(url_for("profile.overview"), 303)
    page = render_template(
        "form.html", title=title, form=form, fields=form.shown, button=_("Save"),
        cancel=url_for("profile.overview"), trail=_trail(),
    )  # fmt: skip
    return page, WRONG if form.errors or form.general_errors else 200


def _updated(form: RecordForm, expert_id: int, person_id: int) -> bool:
    """Written as whose record it is: of two that were merged the one that stays."""
    try:
        actor_id = g.person.person_id
        with standing_as(person_id):
            update_expert(expert_id, form.values(), actor_id)
    except Invalid as error:
        form.refuse(error.errors)
        return False
    return True


def _trail() -> list[tuple[str, str]]:
    return [(_("My details"), url_for("profile.overview"))]


@blueprint.route("/me/profile/areas", methods=BOTH)
@access("me")
def areas() -> ResponseReturnValue:
    """One's experience areas: add one, take one away."""
    expert = _own()
    form = area_form(_posted() if request.form.get("do") == "add" else None)
    if request.form.get("do") == "remove":
        number, actor_id = _number(), g.person.person_id
        with standing_as(expert.person_id):
            remove_area(number, actor_id)
        return _changed("profile.areas")
    if request.method == "POST" and form.validate():
        try:
            _add_area(expert, form.data, g.person.person_id)
        except Invalid as error:
            form.refuse(error.errors)
        else:
            return _changed("profile.areas")
    rows = db.session().scalars(select(ExpertArea).where(ExpertArea.expert_id == expert.id)).all()
    names = choices.area_names({row.area_id for row in rows})
    lines = [(row.id, f"{names[row.area_id]}. {choices.VIEWPOINTS[row.viewpoint]}") for row in rows]
    return _list_page(form, lines, _("My experience"), _about_areas(expert.person_id))


def _add_area(expert: Expert, values: dict[str, Any], actor_id: int) -> None:
    """Who adds an area agrees that it is kept; written as whose record it is."""
    expert_id, person_id, organisation_id = expert.id, expert.person_id, expert.organisation_id
    with standing_as(person_id):
        give(person_id, AREAS.key, actor_id=actor_id, language=language())
        add_area({**values, "expert_id": expert_id}, organisation_id, actor_id)


def _about_areas(person_id: int) -> str:
    """Who sees them; before the first one, what one consents to by adding it."""
    if live(db.session(), person_id, AREAS.key) is not None:
        return _("Only coordinators see these. They look for a task that suits you.")
    wording = AREAS.text(AREAS.version, language())
    return _("When you add an area, you consent to this: %(wording)s", wording=wording)


@blueprint.route("/me/profile/units", methods=BOTH)
@access("me")
def units() -> ResponseReturnValue:
    """Units one takes no tasks from; nobody else sees them."""
    person_id = _own().person_id
    form = unit_form(_posted() if request.form.get("do") == "add" else None)
    if request.form.get("do") == "remove":
        services.take_from_unit(person_id, _number())
        return _changed("profile.units")
    if request.method == "POST" and form.validate():
        try:
            services.refuse_unit(person_id, form["unit"].data)
        except Invalid as error:
            form.refuse(error.errors)
        else:
            return _changed("profile.units")
    tree = current_gate().tree
    rows = services.refused(db.session(), person_id)
    lines = [(r.id, str(tree.by_id[r.organisation_id].name)) for r in rows if r.organisation_id in tree.by_id]
    return _list_page(
        form, lines, _("Units I take no tasks from"),
        _("You need not tell why. Only you see this list: not the unit, not the coordinators."),
    )  # fmt: skip


@blueprint.route("/me/profile/limits", methods=BOTH)
@access("me")
def limits() -> ResponseReturnValue:
    """How much one wants at most; nobody else sees it."""
    person_id = _own().person_id
    form = LimitForm(_posted(), obj=services.limits(db.session(), person_id))
    if request.method == "POST" and form.validate():
        services.set_limits(person_id, **form.data)
        return _changed("profile.overview")
    page = render_template(
        "form.html", title=_("My own limit"), form=form, fields=list(form), button=_("Save"),
        intro=_("Only you see this. Leave empty what has no limit."),
        cancel=url_for("profile.overview"), trail=_trail(),
    )  # fmt: skip
    return page, WRONG if form.errors else 200


def _list_page(form: Any, lines: list[tuple[int, str]], title: str, intro: str) -> ResponseReturnValue:
    page = render_template(
        "experts/own_list.html", title=title, intro=intro, form=form, lines=lines, trail=_trail(),
        back=url_for("profile.overview"),
    )  # fmt: skip
    return page, WRONG if form.errors else 200


def _changed(endpoint: str) -> ResponseReturnValue:
    flash(_("Saved."))
    return redirect(url_for(endpoint), 303)


def _number() -> int:
    try:
        return listing.row_number(request.form.get("id", ""))
    except listing.MalformedPage:
        abort(400)
