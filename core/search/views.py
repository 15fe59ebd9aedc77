"""The search: one box over all one may see at an organisation.

Words are sent in a form and never stand in an address: a name in a log or a history is one too many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, g, render_template, request, url_for
from sqlalchemy import select

from core.access import access
from core.admin.looking import looked
from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.records import rights
from core.records.description import Record, endpoint
from core.records.display import Cell, cells
from core.records.rights import May
from core.scope import NodeScope, Scoped, related
from core.search.finding import holding
from core.users.reach import scope_for, tops

SHOWN = 20
BESIDE = 3  # cells shown after the name
LONGEST = 200
blueprint = Blueprint("search", __name__)


@dataclass(frozen=True)
class Found:
    """Rows of one record: its name, each row's address and cells, and whether there are more."""

    label: Any
    rows: Sequence[tuple[str, list[Cell]]]
    more: bool


@blueprint.get("/o/<org>/search")
@access("node", "core.organisations.view")
def page() -> str:
    """The empty box."""
    return render_template("search.html", text="", found=None)


@blueprint.post("/o/<org>/search")
@access("node", "core.organisations.view")
def results() -> str:
    """What holds the words."""
    text = request.form.get("words", "")[:LONGEST].strip()
    groups = [found for record in _records() if (found := _found(record, text))] if text else None
    return render_template("search.html", text=text, found=groups)


def _records() -> list[Record]:
    """Records with a list of their own, of the core and of modules that are reachable here."""
    gate, shown = current_gate(), current_app.extensions["kokemussilta.records"]
    return [
        record
        for module, record in shown
        if issubclass(record.model, Scoped) and (module is None or gate.reachable(module, g.node.id))
    ]


def _found(record: Record, text: str) -> Found | None:
    scope = scope_for(db.session(), record.read)
    if scope is None:
        return None
    may = _may_within(scope)
    by_id = current_gate().tree.by_id
    lent: Any = getattr(record.model, "owned_within", None)  # where rows are also seen by a grant
    controllers = {by_id[top].controller_id for top in scope.ancestors}
    narrowed = holding(record, text, may, controllers, lent(scope) if lent else None)
    if narrowed is None:
        return None
    rows = _rows(record, scope, narrowed)
    if not rows:
        return None
    shown = rows[:SHOWN]
    listed = rights.listed(record, may)[: BESIDE + 1]
    lines = cells(listed, shown, g.node.id)
    links = [url_for(endpoint(record.key, "detail"), row_id=row.id) for row in shown]
    looked(record, shown, "search")
    return Found(record.plural, list(zip(links, lines, strict=True)), len(rows) > SHOWN)


def _rows(record: Record, scope: NodeScope, narrowed: Any) -> Sequence[Any]:
    """The first rows within the reader's reach by the record's own permission."""
    model: Any = record.model
    order = getattr(model, record.order)
    bound = [record.within()] if record.within else []
    query = select(model).where(model.criterion(scope), narrowed, *bound)
    with related("rows the reader finds by words, within the record's own permission"):
        return db.session().scalars(query.order_by(order, model.id).limit(SHOWN + 1)).all()


def _may_within(scope: NodeScope) -> May:
    """Whether the reader holds a permission all over what they look through."""
    tree = current_gate().tree

    def may(permission: str) -> bool:
        held = tops(tree, g.roles, permission, today())
        return all(any(tree.reaches(top, each) for top in held) for each in scope.ancestors)

    return may
