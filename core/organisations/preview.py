"""What changes with a move or a merger, to be shown before anybody confirms it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.database.types import today
from core.modules.gating.gate import Gate, current_gate
from core.modules.host import host
from core.modules.switching.open_work import Loss
from core.organisations.added_fields import above, fields_gained, fields_lost
from core.organisations.moving import open_work_of
from core.organisations.moving_plan import Moves
from core.organisations.tree import OrganisationNode
from core.scope import Scoped
from core.users.models import Membership, Person
from core.users.permissions import ROLES

MOST_PEOPLE = 20


@dataclass(frozen=True)
class Holder:
    """Somebody whose role begins or ceases to reach what is moved."""

    name: str
    role: str
    organisation: str


@dataclass(frozen=True)
class ModuleChange:
    """A module that is on or off in some of the organisations and will be the other way round."""

    module: str
    goes_on: bool
    places: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """Everything that a person should know of some moves before they are made."""

    organisations: tuple[OrganisationNode, ...]
    rows: tuple[tuple[str, int], ...]
    roles: int
    gaining: tuple[Holder, ...]
    losing: tuple[Holder, ...]
    modules: tuple[ModuleChange, ...]
    fields_gained: tuple[str, ...]
    fields_lost: tuple[str, ...]
    blocked: tuple[Loss, ...]

    @property
    def seen(self) -> str:
        """A mark of what was shown, so that a button is only obeyed for that. Rows come and go meanwhile."""
        shown = (self.organisations, self.roles, self.gaining, self.losing, self.modules)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:20]


def preview_of(session: Session, moves: Moves, top: int) -> Preview:
    """What the moves would change, as far as the session's scope shows it; nothing is written.

    `top` is the organisation they are made for: it and all below are told also where it stays in its place.
    """
    gate, day = current_gate(), today()
    concerned = list(moves.before.subtree(top))
    ids = [node.id for node in concerned]
    above_before, above_after = above(moves.before, moves), above(moves.after, moves)
    return Preview(
        organisations=tuple(concerned),
        rows=tuple(_rows(session, ids)),
        roles=_count_roles(session, ids, day),
        gaining=tuple(_holders(session, above_after - above_before, day)),
        losing=tuple(_holders(session, above_before - above_after, day)),
        modules=tuple(_module_changes(gate, moves)),
        fields_gained=tuple(str(each.label) for each in fields_gained(moves) if not each.retired),
        fields_lost=tuple(str(each.label) for each in fields_lost(moves) if not each.retired),
        blocked=tuple(open_work_of(gate, moves)),
    )


def _rows(session: Session, ids: Collection[int]) -> list[tuple[str, int]]:
    """How many rows go along, by what people call them."""
    found: Counter[str] = Counter()
    words = _words()
    there = (None, *current_gate().modules)  # a module that is not well may lack its tables
    for model in (model for model in Scoped.registry_of_scoped if model.module in there):
        found[_label(model, words)] += _count(session, model, ids)
    return sorted((label, count) for label, count in found.items() if count)


def _count(session: Session, model: Any, ids: Collection[int]) -> int:
    query = select(func.count()).select_from(model).where(model.organisation_id.in_(ids))
    return session.scalar(query) or 0


def _words() -> dict[type[Any], str]:
    """The records' names by model."""
    records: list[Any] = [record for _module, record in current_app.extensions["kokemussilta.records"]]
    inside = [*records, *(child for record in records for child in record.children)]
    return {record.model: str(record.plural) for record in inside}


def _label(model: type[Scoped], words: dict[type[Any], str]) -> str:
    """A module's rows go under its name; the core's under the record's."""
    if model.module is None:
        return words.get(model, _("Other details"))
    found = host().healthy.get(model.module)
    return str(found.plugin.label) if found else model.module


def _current(day: date) -> Any:
    return or_(Membership.valid_to.is_(None), Membership.valid_to >= day)


def _count_roles(session: Session, ids: Collection[int], day: date) -> int:
    query = select(func.count(Membership.id)).where(Membership.organisation_id.in_(ids), _current(day))
    return session.scalar(query) or 0


def _holders(session: Session, ids: Collection[int], day: date) -> list[Holder]:
    """People with a role in some organisations, by name."""
    query = (
        select(Person.name, Membership.role, Membership.organisation_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id.in_(ids), _current(day))
        .order_by(Person.sort_key, Membership.id)
        .limit(MOST_PEOPLE)
    )
    tree = current_gate().tree
    return [
        Holder(name, str(ROLES.get(role, role)), str(tree.by_id[where].name))
        for name, role, where in session.execute(query)
    ]


def _module_changes(gate: Gate, moves: Moves) -> list[ModuleChange]:
    """Modules that go on or off in some of the organisations, by the word of what stands above them."""
    after = gate.changed(tree=moves.after)
    found = []
    for name in sorted(gate.modules):
        for goes_on in (True, False):
            changed = [i for i in moves.ids if gate.on(name, i) != goes_on and after.on(name, i) == goes_on]
            if changed:
                places = tuple(str(moves.before.by_id[i].name) for i in changed)
                found.append(ModuleChange(str(host().healthy[name].plugin.label), goes_on, places))
    return found
