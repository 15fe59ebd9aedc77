"""Where the reader of an `/o/<organisation>` page may change a record: what decides buttons and choices."""

from __future__ import annotations

from flask import g

from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.tree import OrganisationNode
from core.records.description import Record
from core.records.rights import May
from core.scope import NodeScope, scope_in_force
from core.users.reach import below, tops


def _tops(permission: str | None) -> tuple[int, ...]:
    """What the permission reaches at or below the page's organisation."""
    if permission is None:
        return ()
    tree = current_gate().tree
    return below(tree, g.node.id, tops(tree, g.roles, permission, today()))


def may(permission: str) -> bool:
    """Whether the reader holds the permission wherever rows of this page may belong.

    A page may reach two units by one permission and only one of them by another: what needs the other is then
    not there on their common page.
    """
    scope = scope_in_force(db.session())
    if not isinstance(scope, NodeScope):
        return False
    held = tops(tree := current_gate().tree, g.roles, permission, today())
    return all(any(tree.reaches(top, each) for top in held) for each in scope.ancestors)


def may_at(organisation_id: int) -> May:
    """Whether the reader holds a permission for a row of that organisation.

    A row that another organisation lets them see is judged as the page's own: by what they hold all over it.
    """
    return lambda permission: may(permission) or reaches(permission, None, organisation_id)


def reaches(permission: str | None, module: str | None, organisation_id: int) -> bool:
    """Whether the permission reaches that organisation from here, with the module on there."""
    gate = current_gate()
    reached = any(gate.tree.reaches(top, organisation_id) for top in _tops(permission))
    return reached and (module is None or gate.on(module, organisation_id))


def may_write(record: Record) -> bool:
    """Whether the reader may write the record somewhere at or below the page's organisation."""
    return bool(_tops(record.write))


def may_change(record: Record, module: str | None, organisation_id: int) -> bool:
    """Whether the reader may change rows of that organisation from here."""
    return reaches(record.write, module, organisation_id)


def offered(record: Record, module: str | None) -> list[OrganisationNode]:
    """The organisations a new row may belong to: within reach, in use, with the module on; parents first."""
    gate = current_gate()
    reached = gate.tree.reached(_tops(record.write))
    return [
        node
        for node in gate.tree.subtree(g.node.id)
        if node.id in reached
        and node.active
        and (module is None or gate.on(module, node.id, start=record.starts))
    ]
