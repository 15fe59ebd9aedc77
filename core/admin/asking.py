"""What the address of a list asks for, read once for the page, the file and the saved view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, g, request
from werkzeug.datastructures import MultiDict

from core.admin.place import Place
from core.admin.rights import may
from core.extensions import db
from core.records import listing
from core.records.asking.filters import PREFIX
from core.records.asking.wanted import COLUMN, SORT, Allowed, Wanted, allowed, as_args, known, wanted
from core.records.saved.services import View, views_for

VIEW = "view"


@dataclass(frozen=True)
class Question:
    """What is asked of a list, and what the reader may ask.

    `view` is the saved one it comes from, `left_out` whether not all of that may be seen.
    """

    wanted: Wanted
    allowed: Allowed
    views: Sequence[View] = ()
    view: View | None = None
    left_out: bool = False

    def args(self) -> dict[str, Any]:
        """Arguments of an address that asks for the same."""
        return {VIEW: self.view.id} if self.view else self.wanted.args()


def ask(place: Place, args: MultiDict[str, str] | None = None) -> Question:
    """What the address (or a form) asks: 400 for what no link of ours has, 404 for an unknown view."""
    args = request.args if args is None else args
    fields = allowed(place.record, may)
    views = saved_views(place)
    view, left_out = _view(views, args), False
    if view:
        kept, left_out = known(view.asked, fields)
        args = MultiDict(as_args(kept))
    try:
        asked = wanted(place.record, fields, g.node.id, args)
    except listing.MalformedPage:
        abort(400)
    return Question(asked, fields, views, view, left_out)


def saved_views(place: Place) -> list[View]:
    """The saved lists the reader sees here; a list below another row has none."""
    if place.parents:
        return []
    record, person_id = place.record, g.person.person_id
    return views_for(db.session(), record.key, record.read, g.node.id, person_id, g.roles)


def _view(views: Sequence[View], args: MultiDict[str, str]) -> View | None:
    """The view the address names, unless it asks for something else by itself."""
    number = args.get(VIEW)
    if number is None or any(name in (COLUMN, SORT) or name.startswith(PREFIX) for name in args):
        return None
    found = next((view for view in views if str(view.id) == number), None)
    return found or abort(404)
