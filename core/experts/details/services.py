"""The only writers of an expert's areas, trainings and engagements."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import HELSINKI, now
from core.experts.details.keeping import of
from core.experts.details.models import ExpertArea, ExpertEngagement, ExpertTraining
from core.experts.models import Expert
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.records.choices import organisations
from core.records.description import Record
from core.records.errors import Invalid
from core.records.writing import store
from core.trust.consents import live
from core.trust.erased import refuse_erased
from core.trust.wordings import AREAS

AREA, TRAINING, ENGAGEMENT = "core.area", "core.training", "core.engagement"
SEE_AREAS = "core.experts.areas"
Rule = Callable[[Session, Any, dict[str, Any]], None]


def _described(key: str) -> Record:
    """The description; it names these services, so it is read when they are called."""
    from core.experts.details import records

    return next(r for r in (records.AREAS, records.TRAININGS, records.ENGAGEMENTS) if r.key == key)


def _add(key: str, values: dict[str, Any], actor_id: int, rule: Rule | None = None) -> int:
    record = _described(key)
    with writing() as session:
        expert = session.get(Expert, values["expert_id"])
        if expert is None:
            raise Invalid({"": _("This record is no longer there.")})
        refuse_erased(session, expert.person_id)
        row = record.model(**of(expert))
        if rule:
            rule(session, row, values)
        store(session, record, row, _by(values, actor_id), actor_id=actor_id, action="create")
        return int(row.id)


def _change(key: str, row_id: int, values: dict[str, Any], actor_id: int, rule: Rule | None = None) -> None:
    record = _described(key)
    with writing() as session:
        row = session.get(record.model, row_id)
        if row is None:
            raise Invalid({"": _("This record is no longer there.")})
        if rule:
            rule(session, row, values)
        store(session, record, row, _by(values, actor_id), actor_id=actor_id)


def _remove(key: str, row_id: int, actor_id: int) -> None:
    record = _described(key)
    with writing() as session:
        row = session.get(record.model, row_id)
        if row is not None:
            store(session, record, row, {}, actor_id=actor_id, action="remove")
            session.delete(row)


def _by(values: dict[str, Any], actor_id: int) -> dict[str, Any]:
    """Who says to have seen a certificate is whoever saves the form."""
    return {**values, "seen": actor_id if values["seen"] else None} if "seen" in values else values


# --- areas ------------------------------------------------------------------------------------------------


def add_area(values: dict[str, Any], _organisation_id: int, actor_id: int) -> int:
    """Add an area to an expert, under the consent to keep areas (GDPR 9(2)(a)); gives its id."""
    return _add(AREA, values, actor_id, _area_rule)


def change_area(row_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change an area."""
    _change(AREA, row_id, values, actor_id, _area_rule)


def remove_area(row_id: int, actor_id: int) -> None:
    """Take an area away."""
    _remove(AREA, row_id, actor_id)


def _area_rule(session: Session, row: ExpertArea, values: dict[str, Any]) -> None:
    """Each area once, and one main one; it is told under the consent that holds now."""
    others = session.scalars(
        select(ExpertArea).where(ExpertArea.expert_id == row.expert_id, ExpertArea.id != (row.id or 0))
    ).all()
    if values.get("area_id") in {other.area_id for other in others}:
        raise Invalid({"area_id": _("This area is there already.")})
    for other in others:
        if values.get("main"):
            other.main = False
    if row.id is None:
        consent = live(session, row.person_id, AREAS.key)
        if consent is None:
            raise Invalid({"": _("Experience areas need the person's consent. Record it first.")})
        row.consent_id = consent.id


# --- trainings --------------------------------------------------------------------------------------------


def add_training(values: dict[str, Any], _organisation_id: int, actor_id: int) -> int:
    """Add a training to an expert; gives its id."""
    return _add(TRAINING, values, actor_id)


def change_training(row_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change a training."""
    _change(TRAINING, row_id, values, actor_id)


def remove_training(row_id: int, actor_id: int) -> None:
    """Remove a training that was entered by mistake."""
    _remove(TRAINING, row_id, actor_id)


def seen(training_ids: Collection[int]) -> dict[int, bool]:
    """Whether somebody has seen the certificate."""
    query = select(ExpertTraining.id, ExpertTraining.seen_by).where(ExpertTraining.id.in_(training_ids))
    return {row.id: row.seen_by is not None for row in db.session().execute(query)}


def seen_on(training_ids: Collection[int]) -> dict[int, date]:
    """The day it was seen."""
    query = select(ExpertTraining.id, ExpertTraining.seen_at).where(ExpertTraining.id.in_(training_ids))
    return {row.id: row.seen_at.astimezone(HELSINKI).date() for row in db.session().execute(query) if row[1]}


def keep_seen(_session: Session, row: ExpertTraining, seen_by: int | None) -> None:
    """Keep who saw it and when; who saw it first stays."""
    if seen_by is None or row.seen_by is None:
        row.seen_by, row.seen_at = seen_by, now() if seen_by else None


# --- engagements ------------------------------------------------------------------------------------------


def engagers(_organisation_id: int) -> list[tuple[int, str]]:
    """Organisations that may engage somebody: all of the region."""
    tree = current_gate().tree
    return organisations((node for top in tree.children.get(None, ()) for node in tree.subtree(top.id)), tree)


def add_engagement(values: dict[str, Any], _organisation_id: int, actor_id: int) -> int:
    """Add an engagement; gives its id."""
    return _add(ENGAGEMENT, values, actor_id, _in_order)


def change_engagement(row_id: int, values: dict[str, Any], actor_id: int) -> None:
    """Change an engagement."""
    _change(ENGAGEMENT, row_id, values, actor_id, _in_order)


def remove_engagement(row_id: int, actor_id: int) -> None:
    """Remove an engagement that was entered by mistake."""
    _remove(ENGAGEMENT, row_id, actor_id)


def _in_order(_session: Session, row: ExpertEngagement, values: dict[str, Any]) -> None:
    first = values.get("valid_from", row.valid_from)
    last = values.get("valid_to", row.valid_to)
    if last is not None and last < first:
        raise Invalid({"valid_to": _("The end is before the beginning.")})
