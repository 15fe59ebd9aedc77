"""What people meet who hold or wait for something in a module that cannot be used now: not "no such page"."""

from __future__ import annotations

import re
from typing import Any

from flask import g, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import Gate, current_gate
from core.modules.host import host
from core.users.reach import below, roles_of, tops
from core.users.signed_in import SignedIn

ADDRESS = re.compile(r"/(?:me|o/(?P<organisation>[^/]+)(?:/records)?)/(?P<module>[a-z][a-z0-9_]*)(?:[/.]|\Z)")
# A number that people know, as a receipt tells it or as it stands in the address; never a random key.
NUMBER = re.compile(r"[A-ZÅÄÖ]{2,10}-\d{4}-\d{1,8}|\d{1,9}")


class Stored(ServiceUnavailable):
    """The address belongs to a module that keeps its rows and cannot be used now."""

    def __init__(self, label: Any, number: str) -> None:
        super().__init__()
        self.label, self.number = label, number


def tell_if_stored(person: SignedIn) -> None:
    """Raise `Stored` where the address's module would be open to the person if it were healthy."""
    found = ADDRESS.match(request.path)
    condition = host().conditions.get(found["module"]) if found else None
    if found is None or condition is None or condition.state == "ok":
        return
    gate = current_gate().mended()
    slug = found["organisation"]
    kept = _in_use_at(gate, condition.name, slug, person) if slug else gate.anywhere(condition.name)
    if kept:
        raise Stored(condition.label or condition.name, _number())


def stored(label: Any) -> Stored:
    """What to raise for an address whose rows are kept by a module that does not answer now."""
    return Stored(label, _number())


def _in_use_at(gate: Gate, module: str, slug: str, person: SignedIn) -> bool:
    """On at the organisation or below it; and the organisation is one that the person sees at all."""
    node = gate.tree.by_slug.get(slug)
    if node is None or not gate.reachable(module, node.id):
        return False
    roles = roles_of(db.session(), person.person_id, today())
    return bool(below(gate.tree, node.id, tops(gate.tree, roles, "core.organisations.view", today())))


def _number() -> str:
    """The last part of the address that is a number."""
    parts = (part for part in reversed(request.path.split("/")) if NUMBER.fullmatch(part))
    return next(parts, "")


def page(error: Stored) -> tuple[str, int]:
    """Stored, temporarily unavailable."""
    text = _("Stored. %(module)s is not available right now.", module=str(error.label))
    if request.method in ("GET", "HEAD"):
        more = _("Nothing you have sent is lost, and you need not send it again. Try again later.")
    else:
        more = _("What you did just now was not received. Go back and try again later.")
    shown = render_template(
        "unavailable.html",
        title=_("Stored, temporarily unavailable"),
        text=text,
        more=more,
        number=error.number,
        reference=g.get("reference", ""),
    )
    return shown, 503
