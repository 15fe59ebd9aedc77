"""Two records of the same person become one. The other stays as a row, hidden, for what refers to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.experts.details.models import ExpertArea, ExpertEngagement, ExpertTraining
from core.experts.models import Expert
from core.experts.own.services import carry_over
from core.experts.services import RECORD, update_expert
from core.log.services import record_change
from core.records.conditions import nothing
from core.records.display import values_of
from core.records.errors import Invalid
from core.trust.consents import end_grants, live
from core.trust.wordings import AREAS
from core.users.models import Person

MOST = 500


def doubles(session: Session) -> list[list[Expert]]:
    """Experts whom one sees and who are called the same, by name; at most `MOST` rows are looked at."""
    names = select(Expert.sort_key, Expert.id).where(Expert.merged_into_id.is_(None))
    found: dict[str, list[int]] = defaultdict(list)
    for key, expert_id in session.execute(names.order_by(Expert.sort_key, Expert.id)):
        found[key].append(expert_id)
    ids = [number for group in found.values() if len(group) > 1 for number in group][:MOST]
    rows = {row.id: row for row in session.scalars(select(Expert).where(Expert.id.in_(ids)))}
    groups = ([rows[number] for number in group if number in rows] for group in found.values())
    return [group for group in groups if len(group) > 1]


def filled(keep: Expert, gone: Expert) -> dict[str, Any]:
    """What the record that stays takes over: described values it has not."""
    from core.experts.records import EXPERTS

    taken = {}
    for field in EXPERTS.fields:
        if field.in_form and field.key not in ("another", "name"):
            stands, other = values_of(field, [keep, gone])
            if nothing(stands) and not nothing(other):
                taken[field.key] = other
    return taken


def merge_experts(keep_id: int, gone_id: int, actor_id: int) -> None:
    """Put `gone` into `keep`: values it has not, areas, trainings and engagements. Raises `Invalid`.

    Both persons stay, so that claims and sign-ins of either go on; lists show `keep` alone. Areas are kept
    by the consent of the person who stays, else they are erased; nobody sees `keep` by a grant of `gone`.
    """
    with writing() as session:
        keep, gone = session.get(Expert, keep_id), session.get(Expert, gone_id)
        if keep is None or gone is None or keep is gone or keep.merged_into_id or gone.merged_into_id:
            raise Invalid({"": _("These two cannot be merged any more.")})
        if keep.organisation_id != gone.organisation_id:
            raise Invalid({"": _("The records belong to two organisations. Each keeps its own.")})
        _check_free_to_use(session, keep, gone)
        update_expert(keep_id, filled(keep, gone), actor_id)
        _move(session, keep, gone)
        carry_over(session, keep.person_id, gone.person_id)
        end_grants(session, gone, actor_id=actor_id)
        for earlier in session.scalars(select(Expert).where(Expert.merged_into_id == gone.id)).all():
            earlier.merged_into_id = keep.id
        gone.merged_into_id = keep.id
        for expert in (keep, gone):
            record_change(
                session, record=RECORD, row_id=expert.id, action="merge", fields=["merged_into_id"],
                actor_id=actor_id, organisation_id=expert.organisation_id, person_id=expert.person_id,
            )  # fmt: skip


def _check_free_to_use(session: Session, *experts: Expert) -> None:
    """Merging is use: not of data that is restricted (GDPR art. 18), withdrawn or erased."""
    erased = select(Person.id).where(Person.id.in_([e.person_id for e in experts]))
    if session.scalar(erased.where(Person.blanked_at.is_not(None)).limit(1)) is not None:
        raise Invalid({"": _("The data of one of them has been erased. These two cannot be merged.")})
    if any(expert.withdrawn_at for expert in experts):
        raise Invalid({"": _("One of them is no longer in the register. These two cannot be merged.")})
    if any(expert.restricted_at for expert in experts):
        raise Invalid({"": _("The use of the data of one of them is restricted. End the restriction first.")})


def _move(session: Session, keep: Expert, gone: Expert) -> None:
    _move_areas(session, keep, gone)
    for model in (ExpertTraining, ExpertEngagement):
        for row in _rows(session, model, gone):
            row.expert_id, row.person_id = keep.id, keep.person_id


def _move_areas(session: Session, keep: Expert, gone: Expert) -> None:
    """Without the consent of the person who stays none is kept."""
    agreed = live(session, keep.person_id, AREAS.key) is not None
    held = set(session.scalars(select(ExpertArea.area_id).where(ExpertArea.expert_id == keep.id)))
    for row in _rows(session, ExpertArea, gone):
        if not agreed or row.area_id in held:
            session.delete(row)
        else:
            row.expert_id, row.person_id, row.main = keep.id, keep.person_id, row.main and not held


def _rows(session: Session, model: Any, expert: Expert) -> Sequence[Any]:
    return session.scalars(select(model).where(model.expert_id == expert.id)).all()
