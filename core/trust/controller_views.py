"""Pages of a controller: whose data is hidden or restricted, what people are told, and the art. 30 record."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from core.access import access
from core.admin.rights import may
from core.database.session import writing
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.extensions import db
from core.log.access import seen
from core.log.services import record_change
from core.scope import NodeScope, scope_in_force, unscoped
from core.trust import processing, reading
from core.trust.blueprint import blueprint
from core.trust.models import ControllerChoice
from core.users.models import Person
from core.users.reach import holds_itself

EXPERTS_OF, MANAGE = "core.experts.manage", "core.organisations.manage"


@blueprint.get("/o/<org>/privacy")
@access("node", EXPERTS_OF)
def overview() -> str:
    """Experts whom lists do not show or whose use is restricted, and what the controller decided."""
    rows = _set_apart()
    shown = [(row.name, row.id, row.withdrawn_at, row.restricted_at) for row in rows]
    seen([row.person_id for row in rows], record=EXPERTS.key, how="list")
    decides = g.node.is_controller and holds_itself(g.roles, MANAGE, g.node.id)
    told = reading.names_told(db.session(), g.node.id) if decides else None
    return render_template("trust/overview.html", experts=shown, told=told, manages=may(MANAGE))


@blueprint.post("/o/<org>/privacy/names")
@access("node", MANAGE, here=True)
def names() -> Response:
    """Decide whether people are told the names of staff who looked at their data; the controller's own do."""
    if not g.node.is_controller:
        abort(404)
    if not holds_itself(g.roles, MANAGE, g.node.id):
        abort(403)
    told, controller_id = request.form.get("told") == "yes", g.node.id
    with writing() as session:
        session.merge(ControllerChoice(organisation_id=controller_id, names_told=told))
        record_change(
            session, record="core.controller_choice", row_id=controller_id, action="update",
            fields=["names_told"], actor_id=g.person.person_id, organisation_id=controller_id,
        )  # fmt: skip
    flash(_("Saved. It counts at once."))
    return redirect(url_for("trust.overview"), 303)


@blueprint.get("/o/<org>/processing")
@access("node", MANAGE)
def processing_page() -> str:
    """The record of processing, to read."""
    lines = processing.as_rows(processing.processing())
    return render_template("trust/processing.html", columns=processing.COLUMNS, lines=lines)


@blueprint.get("/o/<org>/processing.json")
@access("node", MANAGE)
def processing_json() -> Response:
    """The same for other systems."""
    text = json.dumps(processing.as_rows(processing.processing()), ensure_ascii=False, indent=2)
    return _file(text.encode("utf-8"), "application/json", "processing.json")


@blueprint.get("/o/<org>/processing.csv")
@access("node", MANAGE)
def processing_csv() -> Response:
    """The same for spreadsheets."""
    out = io.BytesIO()
    processing.write_csv(processing.processing(), out)
    return _file(out.getvalue(), "text/csv", "processing.csv")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _set_apart() -> Sequence[Any]:
    """Experts of the organisations here whose consent is withdrawn or whose use is restricted."""
    scope = scope_in_force(db.session())
    if not isinstance(scope, NodeScope):
        return []
    query = (
        select(Expert)
        .join(Person, Person.id == Expert.person_id)
        .where(
            Expert.owned_within(scope),
            Person.blanked_at.is_(None),
            or_(Expert.withdrawn_at.is_not(None), Expert.restricted_at.is_not(None)),
        )
        .order_by(Expert.sort_key, Expert.id)
        .limit(200)
    )
    with unscoped("experts whom lists leave out, for those who keep their records"):
        return db.session().scalars(query).all()
