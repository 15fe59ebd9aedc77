"""What is done to chosen rows of a list: a page asks first, then all of it happens or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from core.admin.looking import looked, turned_away
from core.admin.place import Place
from core.admin.rights import may, reaches
from core.extensions import db
from core.records import listing
from core.records.acting import Action, perform


def offered(place: Place) -> list[Action]:
    """The actions whose buttons a list shows."""
    return [action for action in place.record.actions if may(action.permission) and place.open()]


def act(place: Place) -> ResponseReturnValue:
    """Ask, or do it where one has said yes."""
    action = next((a for a in place.record.actions if a.key == request.form.get("action")), None)
    if action is None:
        abort(400)
    if not may(action.permission):
        abort(403)
    ids = _chosen()
    back = place.url("index", **request.args.to_dict(flat=False))
    if not ids:
        flash(_("Choose at least one row first."), "error")
        return redirect(back, 303)
    names = _names(place, ids)
    refusals = _done(place, action, ids) if "sure" in request.form else {}
    if "sure" in request.form and not refusals:
        flash(ngettext("Done: %(num)s row.", "Done: %(num)s rows.", len(ids)))
        return redirect(back, 303)
    return _page(place, action, names, refusals, back), 422 if refusals else 200


def _chosen() -> list[int]:
    try:
        ids = [listing.row_number(text) for text in dict.fromkeys(request.form.getlist("id"))]
    except listing.MalformedPage:
        abort(400)
    return ids if len(ids) <= listing.PAGE else abort(400)


def _names(place: Place, ids: Sequence[int]) -> dict[int, str]:
    """What the rows are called; 404 when one of them is not there, and that stands in the log."""
    rows = listing.find_many(db.session(), place.record, ids, place.parent_id)
    if missing := set(ids) - {row.id for row in rows}:
        for row_id in sorted(missing):
            turned_away(place.record, row_id, g.node.id, g.person.person_id)
        abort(404)
    looked(place.record, rows, "list")
    return dict(zip(ids, place.titles_of(rows), strict=True))


def _done(place: Place, action: Action, ids: Sequence[int]) -> Mapping[int, str]:
    """Do it; what one may not do to a row is refused before anything happens."""
    rows = listing.find_many(db.session(), place.record, ids, place.parent_id)
    refusals = {row.id: _("You may not change this.") for row in rows if not _may(place, action, row)}
    if refusals:
        return refusals
    try:
        return perform(action, ids, g.person.person_id)
    except IntegrityError:
        return {ids[0]: _("Somebody saved the same just now. Check and try again.")}


def _may(place: Place, action: Action, row: Any) -> bool:
    return place.open(row) and reaches(action.permission, place.module, place.organisation_of(row))


def _page(
    place: Place, action: Action, names: Mapping[int, str], refusals: Mapping[int, str], back: str
) -> str:
    return render_template(
        "confirm_many.html",
        title=action.label,
        text=action.text,
        count=ngettext("%(num)s row:", "%(num)s rows:", len(names)),
        names=names,
        refusals=[f"{names[row_id]}: {text}" for row_id, text in refusals.items()],
        button=action.label,
        action=action.key,
        cancel=back,
        trail=place.trail(),
    )
