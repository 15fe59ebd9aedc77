"""The page of saved views of one list: keep what is shown, rename, share, remove."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.admin.asking import Question, ask
from core.admin.lists import flat
from core.admin.place import Place
from core.records import listing
from core.records.errors import Invalid
from core.records.saved.services import View, change_view, may_share, remove_view, save_view
from core.users.permissions import ROLES


def page(place: Place, errors: dict[str, Any] | None = None) -> ResponseReturnValue:
    """One's views, those of others one may see, and the form that keeps what the address asks for."""
    question = ask(place, request.form if errors else None)
    shares = may_share(g.node.id, g.roles)
    shown = render_template(
        "views.html",
        title=_("Saved views"),
        trail=place.trail(),
        summary=summary(question) if question.wanted.args() and question.view is None else [],
        kept=flat(question.wanted.args()),
        views=[(view, place.url("index", view=view.id), view.own or shares) for view in question.views],
        roles=ROLES if shares else {},
        names=ROLES,
        errors=errors or {},
        posted=request.form,
        back=place.url("index", **question.args()),
    )
    return shown, 422 if errors else 200


def summary(question: Question) -> list[tuple[Any, str]]:
    """What a view would keep, in words: label and value."""
    wanted = question.wanted
    lines: list[tuple[Any, str]] = []
    for label, inputs in wanted.filters.groups:
        texts = [_shown(each) for each in inputs]
        if any(texts):
            lines.append((label, " – ".join(texts) if len(texts) > 1 else texts[0]))
    if wanted.chosen:
        lines.append((_("Columns"), ", ".join(str(field.label) for field in wanted.columns)))
    if wanted.sort:
        field = next(f for f in wanted.record.fields if f.key == wanted.sort.removeprefix("-"))
        lines.append((_("Sorted by"), str(field.label)))
    return lines


def _shown(each: Any) -> str:
    """The chosen line of a choice; else what was typed."""
    for choice in each.iter_choices() if hasattr(each, "iter_choices") else ():
        if choice.selected and choice.value:
            return str(choice.label).strip()
    return str((each.raw_data or [""])[0]) if not hasattr(each, "iter_choices") else ""


def post(place: Place) -> ResponseReturnValue:
    """Save, change or remove a view; what is refused stands on the page."""
    deeds = {"save": _save, "change": _change, "remove": _remove}
    deed = deeds.get(request.form.get("do", "")) or abort(400)
    try:
        return deed(place)
    except Invalid as error:
        return page(place, error.errors)


def _save(place: Place) -> ResponseReturnValue:
    question = ask(place, request.form)
    if not question.wanted.good:
        abort(400)
    name, role = request.form.get("name", ""), request.form.get("role") or None
    asked, actor_id = question.wanted.asked, g.person.person_id
    view_id = save_view(place.record.key, g.node.id, name, asked, role, actor_id)
    flash(_("Saved."))
    return redirect(place.url("index", view=view_id), 303)


def _change(place: Place) -> ResponseReturnValue:
    name, role = request.form.get("name", ""), request.form.get("role") or None
    change_view(_number(), name, role, g.person.person_id)
    flash(_("Saved."))
    return redirect(place.url("views"), 303)


def _remove(place: Place) -> ResponseReturnValue:
    """Asks first."""
    view = _seen(ask(place), _number())
    if "sure" in request.form:
        remove_view(view.id, g.person.person_id)
        flash(_("Removed."))
        return redirect(place.url("views"), 303)
    return render_template(
        "confirm.html",
        title=_("Remove the view %(name)s", name=view.name),
        text=_("Only the view is removed. The rows it shows stay."),
        hidden={"do": "remove", "view": view.id, "sure": "1"},
        button=_("Remove"),
        danger=True,
        cancel=place.url("views"),
        trail=place.trail(),
    )


def _seen(question: Question, view_id: int) -> View:
    found = next((view for view in question.views if view.id == view_id), None)
    return found or abort(404)


def _number() -> int:
    try:
        return listing.row_number(request.form.get("view", ""))
    except listing.MalformedPage:
        abort(400)
