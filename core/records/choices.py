"""What may be chosen where a description does not say: people, organisations, rows of another table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select

from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.tree import OrganisationNode, Tree
from core.records.description import Field, Reference
from core.users.models import Membership, Person

MOST = 1000  # a list longer than this is no list to choose from


def choices_of(field: Field, organisation_id: int) -> list[tuple[Any, Any]]:
    """The field's own choices, or those of its type."""
    if field.choices is not None:
        return list(field.choices(organisation_id))
    if field.type == "person":
        return people(organisation_id)
    if field.type == "organisation":
        return organisations(current_gate().tree.subtree(organisation_id), current_gate().tree)
    return _rows(field.reference) if field.reference else []


def people(organisation_id: int) -> list[tuple[int, str]]:
    """Those with a valid role under the organisation's controller, by name."""
    tree = current_gate().tree
    controller = tree.by_id[organisation_id].controller_id
    under = [node.id for node in tree.by_id.values() if node.controller_id == controller]
    query = (
        select(Person.id, Person.name)
        .where(
            Person.blanked_at.is_(None),
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.organisation_id.in_(under),
                    Membership.valid_from <= today(),
                    or_(Membership.valid_to.is_(None), Membership.valid_to >= today()),
                )
            ),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(MOST)
    )
    return [(row.id, row.name) for row in db.session().execute(query)]


def organisations(nodes: Iterable[OrganisationNode], tree: Tree) -> list[tuple[int, str]]:
    """Organisations as they stand in the tree, each after what it is part of."""
    found = list(nodes)
    top = min((_depth(tree, node.id) for node in found), default=0)
    return [(n.id, "\u2003" * (_depth(tree, n.id) - top) + str(n.name)) for n in found if n.active]


def _depth(tree: Tree, node_id: int) -> int:
    return sum(1 for _node in tree.upwards(node_id))


def _rows(reference: Reference) -> list[tuple[int, Any]]:
    model: Any = reference.model
    label, order = getattr(model, reference.label), getattr(model, reference.order)
    query = select(model.id, label).order_by(order, model.id).limit(MOST)
    return [(row[0], row[1]) for row in db.session().execute(query)]


def names_of(field: Field, values: Collection[Any]) -> Mapping[Any, Any]:
    """What to show for stored values: at most one query, whatever their number."""
    if not values:
        return {}
    if field.names is not None:
        return field.names(values)
    if field.type == "organisation":
        by_id = current_gate().tree.by_id
        return {value: by_id[value].name for value in values if value in by_id}
    if field.type == "person":
        return _labels(Reference(Person), values)
    return _labels(field.reference, values) if field.reference else {}


def _labels(reference: Reference, values: Collection[Any]) -> dict[Any, Any]:
    model: Any = reference.model
    query = select(model.id, getattr(model, reference.label)).where(model.id.in_(values))
    return {row[0]: row[1] for row in db.session().execute(query)}
