"""The core's own pages: front door, one's own desk, an organisation's front page; and what layouts show."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from werkzeug.wrappers import Response

from core.access import access
from core.cards import desk_cards, node_cards
from core.database.types import today
from core.experts.own.checking import is_due
from core.experts.own.menu import for_experts, for_others
from core.extensions import db
from core.modules.calling.guarding import guarded_call
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.spec.refusals import Failed, HookFault
from core.modules.spec.values import MenuItem
from core.organisations.contacts.services import contacts_today
from core.organisations.tree import OrganisationNode
from core.outbox.notices import mark_read, recent
from core.request import desk_open, signed_in
from core.users.reach import below, roles_of, tops

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@access("public")
def front() -> Response:
    """The front door leads to one's own desk, which asks to sign in."""
    return redirect(url_for("pages.desk"))


@blueprint.get("/healthz")
@access("public")
def health() -> tuple[dict[str, str], int]:
    """Whether the database answers; no details to strangers."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}, 200


@blueprint.get("/me")
@access("me")
def desk() -> str:
    """One desk for a person across all organisations: what waits for me, where my claims are."""
    person_id = g.person.person_id
    modules = [name for name in host().healthy if desk_open(name, person_id)]
    return render_template(
        "desk.html",
        cards=desk_cards(person_id, modules),
        notices=recent(db.session(), person_id),
        check_due=is_due(db.session(), person_id),
        organisations=_my_organisations(),
    )


@blueprint.post("/me/notices/read")
@access("me")
def notices_read() -> Response:
    """Mark one's notices as read."""
    mark_read(g.person.person_id)
    return redirect(url_for("pages.desk"))


@blueprint.get("/o/<org>/")
@access("node", "core.organisations.view")
def organisation() -> str:
    """An organisation's front page: what is below it and what modules are on."""
    tree = current_gate().tree
    children = tree.children.get(g.node.id, [])
    closed = [child for child in children if not child.active]
    predecessors = [n for n in tree.by_id.values() if n.successor_id == g.node.id and n not in closed]
    return render_template(
        "organisation.html",
        children=[child for child in children if child.active],
        closed=[*closed, *predecessors],
        cards=node_cards(),
        above=tree.by_id.get(g.node.parent_id),
        contacts=contacts_today(db.session(), g.node.id),
        successor=tree.by_id.get(g.node.successor_id),
        may_see=_may_see,
    )


def _may_see(node: OrganisationNode) -> bool:
    """Whether a link to the organisation's front page would lead the reader anywhere."""
    tree = current_gate().tree
    return bool(below(tree, node.id, tops(tree, g.roles, "core.organisations.view", today())))


def _my_organisations() -> list[Any]:
    """The organisations one has a role in, and those that delegated something to them."""
    tree = current_gate().tree
    roles = roles_of(db.session(), g.person.person_id, today())
    found = tops(tree, roles, "core.organisations.view", today())
    return sorted((tree.by_id[i] for i in found if i in tree.by_id), key=lambda n: n.sort_key)


def layout_context() -> dict[str, Any]:
    """What every page's layout needs: who, where, the menu."""
    person = signed_in()
    menu = _menu() if person else []
    return {
        "signed_in": person,
        "node": g.get("node"),
        "menu": menu,
        "path": _path(),
        "demo": current_app.config["KOKEMUSSILTA"].demo,
    }


def _path() -> list[Any]:
    """The organisations above the node and itself, root first."""
    return list(current_gate().tree.upwards(g.node.id))[::-1] if g.get("node") else []


def _menu() -> list[dict[str, Any]]:
    """Entries of the place one stands in; a module that is off has none. Built anew for each page."""
    place = "node" if g.get("node") else "me"
    person = signed_in()
    core_items = (*CORE_MENU, OPERATORS_ENTRY) if person and person.is_operator else CORE_MENU
    items = [(None, item) for item in core_items] + [
        (name, item) for name, found in host().healthy.items() for item in found.menu
    ]
    shown = [(module, item) for module, item in items if item.where == place and _shown(module, item)]
    entries = (_entry(module, item) for module, item in sorted(shown, key=lambda pair: pair[1].order))
    return [entry for entry in entries if entry is not None]


CORE_MENU = (
    MenuItem("pages.desk", _l("Home"), where="me", order=0),
    MenuItem("pages.desk", _l("My own page"), where="node", order=-1),
    MenuItem(
        "pages.organisation", _l("Front page"), where="node", permission="core.organisations.view", order=0
    ),
    MenuItem("search.page", _l("Search"), where="node", permission="core.experts.view", order=5),
    MenuItem(
        "records_core_expert.index", _l("Experts"), where="node", permission="core.experts.view", order=10
    ),
    MenuItem(
        "records.index", _l("Registers"), where="node", permission="core.organisations.manage", order=70
    ),
    MenuItem(
        "records_core_custom_field.index",
        _l("Custom fields"),
        where="node",
        permission="core.fields.manage",
        order=75,
    ),
    MenuItem(
        "module_pages.overview", _l("Modules"), where="node", permission="core.modules.manage", order=90
    ),
    MenuItem(
        "organisations.tree",
        _l("Organisations"),
        where="node",
        permission="core.organisations.manage",
        order=75,
    ),
    MenuItem(
        "trust.overview", _l("Data protection"), where="node", permission="core.experts.manage", order=85
    ),
    MenuItem("trust.access_log", _l("Access log"), where="node", permission="core.access.view", order=86),
    MenuItem("users.people", _l("People"), where="node", permission="core.people.manage", order=80),
    MenuItem("trust.own", _l("My data"), where="me", order=85, count=for_others),
    MenuItem(
        "records_core_expert.index",
        _l("Checking of details"),
        where="node",
        permission="core.experts.manage",
        order=11,
        values={"f.stale": "True"},
    ),
    MenuItem(
        "expert_doubles.overview",
        _l("Possible doubles"),
        where="node",
        permission="core.experts.merge",
        order=12,
    ),
    MenuItem("profile.overview", _l("My details"), where="me", order=90, count=for_experts),
    MenuItem("users.account", _l("My details"), where="me", order=90, count=for_others),
)


OPERATORS_ENTRY = MenuItem("operations.overview", _l("Running the service"), where="me", order=95)


def _shown(module: str | None, item: MenuItem) -> bool:
    if module is not None and not _module_shown(module):
        return False
    if item.permission is None or not g.get("node"):
        return True
    tree = current_gate().tree
    return bool(below(tree, g.node.id, tops(tree, g.roles, item.permission, today())))


def _module_shown(module: str) -> bool:
    if g.get("node"):
        return current_gate().reachable(module, g.node.id)
    return g.get("person") is not None and desk_open(module, g.person.person_id)


def _entry(module: str | None, item: MenuItem) -> dict[str, Any] | None:
    """An entry as the layout shows it; None when it does not concern the person, or its module fails."""
    if module is None:
        number = _number(item) if g.get("person") else 0
        return None if number is None else {**_drawn(item), "count": number}
    try:
        entry: dict[str, Any] = guarded_call(_key(module, "register_menu", item), partial(_drawn, item))
        count = _counted(module, item)
    except Failed:
        return None
    return None if count is None else {**entry, "count": count}


def _counted(module: str, item: MenuItem) -> int | None:
    """The number beside an entry; None leaves it out for that person, 0 also says it cannot be told."""
    if item.count is None or not g.get("person"):
        return 0
    try:
        return cast("int | None", guarded_call(_key(module, "menu_count", item), partial(_number, item)))
    except Failed:
        return 0


def _key(module: str, what: str, item: MenuItem) -> tuple[str, str]:
    """Failures are counted for each entry, so that one entry does not take the others away."""
    return module, f"{what} {item.endpoint}"[:80]


def _number(item: MenuItem) -> int | None:
    found = item.count(g.person.person_id) if item.count else 0
    if found is not None and type(found) is not int:
        raise HookFault(f"the count of a menu entry gave {type(found).__name__}")
    return found


def _drawn(item: MenuItem) -> dict[str, Any]:
    """The label as a text of now: one that raises when it is translated raises here, not in the layout."""
    url = url_for(item.endpoint, **item.values)
    return {"label": str(item.label), "url": url, "current": request.path == url, "count": 0}
