"""The page of a row's history."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.admin.place import Place
from core.admin.rights import may_at, reaches
from core.extensions import db
from core.records import rights
from core.records.history import history_of
from core.records.listing import MalformedPage, row_number

LOG = "core.log.view"
ACTIONS: dict[str, Any] = {
    "create": _l("Added"),
    "remove": _l("Removed"),
    "delete": _l("Removed"),
    "move": _l("Moved"),
    "merge": _l("Merged"),
}


def may_look_back(place: Place, organisation_id: int) -> bool:
    """Whether the reader sees how rows of the organisation came to be; of what they may read, that is."""
    return reaches(LOG, place.module, organisation_id)


def history(place: Place, row_id: int) -> ResponseReturnValue:
    """The changes of a row, newest first; of fields the reader may see now."""
    row = place.row(row_id)
    home = place.organisation_of(row)
    if not may_look_back(place, home):
        abort(404)
    record, title = place.extended(home).record, place.title_of(row)
    fields = rights.readable(record, may_at(home))
    found = history_of(db.session(), record, row_id, fields, home, _before())
    return render_template(
        "history.html",
        title=_("History: %(name)s", name=title),
        events=found.events,
        actions=ACTIONS,
        next=place.url("history", row_id=row_id, before=found.next) if found.next else None,
        first=place.url("history", row_id=row_id) if "before" in request.args else None,
        trail=[*place.trail(), (title, place.url("detail", row_id=row_id))] if fields else [],
    )


def _before() -> int | None:
    asked = request.args.get("before", "")
    try:
        return row_number(asked) if asked else None
    except MalformedPage:
        abort(400)
