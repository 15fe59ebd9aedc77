"""What may be chosen where a description does not say: people, organisations, rows of another table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from core.database.types import today
from core.extensions import db
from core.files.reading import names_of_files
from core.modules.gating.gate import current_gate
from core.organisations.municipalities import municipality_choices, municipality_name
from core.organisations.tree import OrganisationNode, Tree
from core.records.fields import Field, Reference
from core.users.models import Membership, Person
from core.users.permissions import TELLING

MOST = 1000  # a list longer than this is no list to choose from
LARGEST_ID = 2**31


def choices_of(field: Field, organisation_id: int) -> list[tuple[Any, Any]]:
    """The field's own choices, or those of its type; of a long table its first rows."""
    if field.choices is not None:
        return list(field.choices(organisation_id))
    if field.type == "organisation":
        return organisations(current_gate().tree.subtree(organisation_id), current_gate().tree)
    if field.type == "municipality":
        return list(municipality_choices(organisation_id))
    query = _rows(field, organisation_id)
    if query is None:
        return []
    return [(row[0], row[1]) for row in db.session().execute(query.limit(MOST))]


def may_choose(field: Field, value: Any, organisation_id: int) -> bool:
    """Whether the value may be chosen; of a long table one row is asked for, not the list."""
    query = None if field.choices is not None else _rows(field, organisation_id)
    if field.type == "file":
        return type(value) is int and bool(names_of_files(db.session(), [value]))
    if query is None:
        offered = choices_of(field, organisation_id)
        return any(type(known) is type(value) and known == value for known, _label in offered)
    if type(value) is not int or not 0 < value < LARGEST_ID:
        return False
    return db.session().execute(query.where(_model(field).id == value).limit(1)).first() is not None


def _rows(field: Field, organisation_id: int) -> Select[Any] | None:
    """Ids and names of the rows of a table that may be chosen, in order; None where no table is meant."""
    reference = _reference(field)
    if reference is None:
        return None
    model: Any = reference.model
    label, order = getattr(model, reference.label), getattr(model, reference.order)
    query = select(model.id, label).order_by(order, model.id)
    return query.where(*_at_work(organisation_id)) if field.type == "person" else query


def _reference(field: Field) -> Reference | None:
    if field.type == "person":
        return Reference(Person)
    if field.type == "expert":
        from core.experts.models import Expert

        return Reference(Expert)
    return field.reference


def _model(field: Field) -> Any:
    reference = _reference(field)
    return reference.model if reference else None


def _at_work(organisation_id: int) -> tuple[ColumnElement[bool], ...]:
    """Those with a valid role under the organisation's controller; being an expert or a mentor is none.

    That somebody is one tells of their health: lists of staff do not offer them.
    """
    tree = current_gate().tree
    controller = tree.by_id[organisation_id].controller_id
    under = [node.id for node in tree.by_id.values() if node.controller_id == controller]
    valid = select(Membership.person_id).where(
        Membership.organisation_id.in_(under),
        Membership.role.not_in(TELLING),
        Membership.valid_from <= today(),
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today()),
    )
    return Person.blanked_at.is_(None), Person.id.in_(valid)


def organisations(nodes: Iterable[OrganisationNode], tree: Tree) -> list[tuple[int, str]]:
    """Organisations as they stand in the tree, each after what it is part of."""
    found = list(nodes)
    top = min((_depth(tree, node.id) for node in found), default=0)
    return [(n.id, "\u2003" * (_depth(tree, n.id) - top) + str(n.name)) for n in found if n.active]


def _depth(tree: Tree, node_id: int) -> int:
    return sum(1 for _node in tree.upwards(node_id))


def names_of(field: Field, values: Collection[Any]) -> Mapping[Any, Any]:
    """What to show for stored values: at most one query, whatever their number."""
    if not values:
        return {}
    if field.names is not None:
        return field.names(values)
    if field.type == "organisation":
        by_id = current_gate().tree.by_id
        return {value: by_id[value].name for value in values if value in by_id}
    if field.type == "municipality":
        return {value: name for value in values if (name := municipality_name(value))}
    if field.type == "file":
        return {key: file.name for key, file in names_of_files(db.session(), values).items()}
    reference = _reference(field)
    return _labels(reference, values) if reference else {}


def _labels(reference: Reference, values: Collection[Any]) -> dict[Any, Any]:
    model: Any = reference.model
    query = select(model.id, getattr(model, reference.label)).where(model.id.in_(values))
    return {row[0]: row[1] for row in db.session().execute(query)}
