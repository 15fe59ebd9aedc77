"""The page of the access log for administrators and auditors. Reading it is itself written down."""

from __future__ import annotations

from flask import abort, g, render_template, request
from flask_babel import gettext as _

from core.access import access
from core.extensions import db
from core.log.access import seen
from core.modules.gating.gate import current_gate
from core.records.listing import MalformedPage
from core.scope import NodeScope, scope_in_force
from core.trust.blueprint import blueprint
from core.trust.log_reading import Wanted, entries, wanted
from core.users.reach import holds_itself

VIEW = "core.access.view"
RECORD = "core.access_log"


@blueprint.get("/o/<org>/access-log")
@access("node", VIEW)
def access_log() -> str:
    """Who has looked at whose data here and below, by a role of the controller's own."""
    try:
        asked = wanted(request.args)
    except MalformedPage:
        abort(400)
    rows, subjects, more = entries(db.session(), _own_organisations(), asked)
    seen(subjects, record=RECORD, how="list")
    kept = _kept(asked)
    return render_template(
        "trust/access_log.html", rows=rows, more=more, kept=kept, asked=asked, title=_("Access log")
    )


def _own_organisations() -> set[int]:
    """What the page's permission reaches, without what was only delegated: a log is its controller's."""
    scope = scope_in_force(db.session())
    if not isinstance(scope, NodeScope):
        return set()
    return {
        each for each in current_gate().tree.reached(scope.ancestors) if holds_itself(g.roles, VIEW, each)
    }


def _kept(asked: Wanted) -> dict[str, str]:
    """The filters as an address has them."""
    found = {"subject": asked.subject, "reader": asked.reader, "from": asked.first, "to": asked.last}
    return {key: str(value) for key, value in found.items() if value is not None}
