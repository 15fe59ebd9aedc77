"""What happens before each view: who, where, which scope, and the gate."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden, NotFound
from werkzeug.wrappers import Response

from core.access import Access, access_of
from core.admin.looking import note_refusal
from core.database.types import today
from core.extensions import db
from core.modules.calling.calls import ask
from core.modules.gating.gate import Gate, current_gate
from core.modules.host import host, owner_of
from core.modules.pages.unavailable import stored, tell_if_stored
from core.organisations.old_addresses import leads_to
from core.organisations.tree import OrganisationNode, Tree
from core.records.listing import MOST_DIGITS, PAGE
from core.scope import NodeScope, PersonScope, set_scope
from core.users.reach import Role, below, roles_of, tops
from core.users.signed_in import SignedIn

NAMING = ("after", "id", "keep", "gone")  # arguments that carry ids of rows


def install(app: Flask) -> None:
    """Attach the guard and the address handling to an application."""
    app.before_request(_guard)
    app.url_value_preprocessor(_take_organisation)
    app.url_defaults(_add_organisation)


def _take_organisation(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """`/o/<org>/…`: the address carries the organisation; views find it in `g.node`."""
    g.slug = values.pop("org", None) if values else None


def _add_organisation(endpoint: str, values: dict[str, Any]) -> None:
    """Links stay within the organisation of the page unless they name another."""
    if g.get("slug") and "org" not in values and _expects_organisation(endpoint):
        values["org"] = g.slug


def _expects_organisation(endpoint: str) -> bool:
    """Whether the endpoint stands under `/o/<org>`; one that is not there is named by `url_for` itself."""
    try:
        return bool(current_app.url_map.is_endpoint_expecting(endpoint, "org"))
    except KeyError:
        return False


def signed_in() -> SignedIn | None:
    """Who is signed in, or None."""
    user: Any = current_user
    return user._get_current_object() if user.is_authenticated else None


def _guard() -> Response | None:
    """Deny by default: no page without a person, a permission and a module that is on."""
    if request.endpoint is None:
        return _unknown_address(signed_in())
    wanted = access_of(request.endpoint)
    if wanted.kind == "public":
        _gate_public(request.endpoint)
        return None
    person = signed_in()
    if person is None:
        return _ask_to_sign_in()
    if wanted.kind == "operator":
        _enter_operator(person)
    if wanted.kind == "node":
        return _enter_node(person, wanted)
    if wanted.kind == "me":
        _enter_desk(person, wanted)
    return None


def _unknown_address(person: SignedIn | None) -> Response | None:
    """To the anonymous every `/o/` and `/me` address looks alike, existing or not."""
    if person is None and request.path.startswith(("/o/", "/me")):
        return _ask_to_sign_in()
    if person is not None:
        tell_if_stored(person)
    return None


def _gate_public(endpoint: str) -> None:
    """A module's public pages are there while it is on anywhere."""
    module = owner_of(endpoint)
    if module is not None and not current_gate().anywhere(module):
        abort(404)


def _unknown(person: SignedIn) -> NoReturn:
    """What is off is as unknown as what never was; only what is kept meanwhile is told."""
    tell_if_stored(person)
    abort(404)


def _ask_to_sign_in() -> Response:
    """Remember where the person was going, on our side of the cookie's signature, and ask who they are."""
    if request.method == "GET":
        session["next"] = request.full_path.rstrip("?")
    return redirect(url_for("users.sign_in"))


def _enter_node(person: SignedIn, wanted: Access) -> Response | None:
    """Fix the scope of `/o/<org>` or refuse: 403 in one's own organisation, 404 everywhere else."""
    gate = current_gate()
    node = gate.tree.by_slug.get(g.slug)
    if node is None:
        return _renamed(gate.tree, person, wanted)
    roles = roles_of(db.session(), person.person_id, today())
    permission = wanted.permission or ""
    found = tops(gate.tree, roles, permission, today())
    reached = below(gate.tree, node.id, found)
    here = any(gate.tree.reaches(top, node.id) for top in found)
    _gate_address(gate, node, wanted, person)  # first: what is off is unknown also to those who may not
    if not reached or (wanted.here and not here):
        _note_refusal(node, person)
        _refuse(gate, roles, node)
    g.node, g.roles, g.person = node, roles, person
    set_scope(db.session(), NodeScope(node.id, person.person_id, permission, reached))
    return None


def _renamed(tree: Tree, person: SignedIn, wanted: Access) -> Response:
    """An address name of before leads to the same page at its present one, for those who may see that."""
    if request.method != "GET" or g.slug not in tree.old_slugs:
        abort(404)
    found = tops(tree, roles_of(db.session(), person.person_id, today()), wanted.permission or "", today())
    for node in leads_to(tree, g.slug):
        here = any(tree.reaches(top, node.id) for top in found)
        if here or (not wanted.here and below(tree, node.id, found)):
            address = url_for(str(request.endpoint), org=node.slug, **(request.view_args or {}))
            asked = request.query_string.decode("ascii", "ignore")
            return redirect(f"{address}?{asked}" if asked else address)
    abort(404)


def _note_refusal(node: OrganisationNode, person: SignedIn) -> None:
    """Asking for sensitive rows that one may not see stands in the log, wherever the address names them."""
    view = current_app.view_functions[str(request.endpoint)]
    note_refusal(view, _asked_for(), node.id, person.person_id)


def _asked_for() -> list[int]:
    """Ids of rows that the address or the form names; a form of ours has at most a page of them."""
    row_id = (request.view_args or {}).get("row_id")
    texts = [text for name in NAMING for text in request.values.getlist(name)]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS]
    return list(dict.fromkeys([*([] if row_id is None else [row_id]), *numbers]))[:PAGE]


def _refuse(gate: Gate, roles: tuple[Role, ...], node: OrganisationNode) -> NoReturn:
    own = any(gate.tree.reaches(role.organisation_id, node.id) for role in roles)
    raise Forbidden if own else NotFound


def _gate_address(gate: Gate, node: OrganisationNode, wanted: Access, person: SignedIn) -> None:
    """An address of a module that is off here and below is an unknown address."""
    module = owner_of(request.endpoint or "")
    if module is None:
        return
    if not gate.reachable(module, node.id):
        _unknown(person)
    if wanted.start and not any(gate.on(module, n.id, start=True) for n in gate.tree.subtree(node.id)):
        abort(404)


def _enter_operator(person: SignedIn) -> None:
    """No organisation's rows: one's own alone, which the menu counts as it does on `/me`."""
    if not person.is_operator:
        abort(404)
    g.person = person
    set_scope(db.session(), PersonScope(person.person_id))


def _enter_desk(person: SignedIn, wanted: Access) -> None:
    """Fix the scope of `/me`; a module's page opens to those with rows of it, or where it is on."""
    module = owner_of(request.endpoint or "")
    if module is not None and not desk_open(module, person.person_id, start=wanted.start):
        if not wanted.start:
            _tell_if_unknown(module, person)
        _unknown(person)
    g.person = person
    set_scope(db.session(), PersonScope(person.person_id))


def _tell_if_unknown(module: str, person: SignedIn) -> None:
    """Who may have rows, though the module cannot tell now, is not told that there is no such page."""
    if module in current_gate().modules and holds_rows(module, person.person_id) is None:
        raise stored(host().healthy[module].plugin.label)


def desk_open(module: str, person_id: int, *, start: bool = False) -> bool:
    """Whether a module's `/me` pages exist for the person: rows anywhere, or on where work may start."""
    gate = current_gate()
    if module not in gate.modules:
        return False
    if gate.starts(module):
        return True
    return not start and holds_rows(module, person_id) is True


def holds_rows(module: str, person_id: int) -> bool | None:
    """Whether the person has rows of the module; None when it cannot tell now."""
    answers = ask("holds_rows", modules=(module,), person_id=person_id)
    if any(answer.known and answer.value for answer in answers):
        return True
    return False if all(answer.known for answer in answers) else None
