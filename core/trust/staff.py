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
from core.scope import unscoped


class Subject(NamedTuple):
    """The expert behind a page of trust."""

    expert_id: int
    person_id: int
    name: str
    organisation_id: int
    restricted: bool
    withdrawn: bool


def subject_of(row_id: int) -> Subject:
    """The expert, if the reader may change records of the organisation that keeps them; else 404.

    Reading is written down either way, as on every page about somebody.
    """
    with unscoped("an expert's own consents hide the record from lists, not from whoever must honour them"):
        row = db.session().get(Expert, row_id)
    if row is None or not may_change(EXPERTS, None, row.organisation_id):
        turned_away(EXPERTS, row_id, g.node.id, g.person.person_id)
        abort(404)
    found = Subject(
        row.id, row.person_id, row.name, row.organisation_id,
        row.restricted_at is not None, row.withdrawn_at is not None,
    )  # fmt: skip
    access.seen([found.person_id], record=EXPERTS.key, how="page", why="core.experts.manage")
    return found
