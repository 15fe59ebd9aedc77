"""Whose data a coordinator stands before: the expert of an address, also one that lists no longer show."""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, g

from core.admin.looking import turned_away
from core.admin.rights import may_change
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.extensions import db
from core.log import access
from core.modules.gating.gate import current_gate
from core.scope import unscoped
from core.users.models import Person
from core.users.permissions import holds

MANAGE, COPY, ERASE = "core.experts.manage", "core.subjects.copy", "core.subjects.erase"


class Subject(NamedTuple):
    """The expert behind a page of trust."""

    expert_id: int
    person_id: int
    name: str
    organisation_id: int
    restricted: bool
    withdrawn: bool
    language: str

    def lets(self, permission: str) -> bool:
        """Whether the reader may act for the person by this permission: what buttons stand on the page."""
        return holds_here(permission, self.organisation_id)


def holds_here(permission: str, organisation_id: int) -> bool:
    """Whether the reader holds it by a role of the controller that keeps the record, never by delegation.

    To say yes for somebody, to copy or erase what is kept about them: that a controller answers for itself.
    """
    tree = current_gate().tree
    own = (r.organisation_id for r in g.roles if holds(r.role, permission))
    return any(tree.reaches(each, organisation_id) for each in own)


def subject_of(row_id: int, acting: str | None = None, how: access.How = "page") -> Subject:
    """The expert, if the reader may change records of the organisation that keeps them; else 404.

    `acting` is the permission by which something is done for the person: it must be the reader's own, see
    `holds_here`. Reading is written down either way, as on every page about somebody.
    """
    with unscoped("an expert's own consents hide the record from lists, not from whoever must honour them"):
        row = db.session().get(Expert, row_id)
    if row is None or not _may(acting, row.organisation_id):
        turned_away(EXPERTS, row_id, g.node.id, g.person.person_id)
        abort(404)
    found = Subject(
        row.id, row.person_id, row.name, row.organisation_id,
        row.restricted_at is not None, row.withdrawn_at is not None,
        db.session().get_one(Person, row.person_id).language,
    )  # fmt: skip
    access.seen([found.person_id], record=EXPERTS.key, how=how, why=acting or MANAGE)
    return found


def _may(acting: str | None, organisation_id: int) -> bool:
    if acting is not None:
        return holds_here(acting, organisation_id)
    return may_change(EXPERTS, None, organisation_id)
