"""What may be chosen about an expert: titles and areas from their tables, the rest as words of ours."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.database.types import Texts
from core.experts.details.models import ExperienceArea, ExpertTitle
from core.extensions import db
from core.modules.gating.gate import Gate, current_gate

STATUSES = {"active": _l("Active"), "paused": _l("On a break"), "ended": _l("No longer takes part")}
LANGUAGES = {
    "fi": _l("Finnish"),
    "sv": _l("Swedish"),
    "en": _l("English"),
    "sign": _l("Finnish Sign Language"),
    "se": _l("Sámi"),
    "ru": _l("Russian"),
    "et": _l("Estonian"),
    "uk": _l("Ukrainian"),
    "ar": _l("Arabic"),
    "so": _l("Somali"),
}
VIEWPOINTS = {"own": _l("Own experience"), "kin": _l("As next of kin"), "both": _l("Both")}
TRAININGS = {"basic": _l("Training"), "further": _l("Further training"), "mentor": _l("Mentoring training")}
# Nobody "dropped out": the training ended early.
TRAINING_STATES = {
    "completed": _l("Completed"),
    "underway": _l("Under way"),
    "ended": _l("Ended early"),
}
DAYS = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}
PARTS = {
    "morning": _l("in the morning"),
    "afternoon": _l("in the afternoon"),
    "evening": _l("in the evening"),
}


def titles(_organisation_id: int) -> list[tuple[str, Texts]]:
    """What an expert may be called."""
    return _words().titles


def areas(_organisation_id: int) -> list[tuple[int, Texts]]:
    """Experience areas by their number."""
    return _words().areas


def area_names(ids: Collection[int]) -> dict[int, Texts]:
    """Names of some areas."""
    return {number: name for number, name in areas(0) if number in ids}


class _Words(NamedTuple):
    """The instance's own words, read once for each epoch and process."""

    titles: list[tuple[str, Texts]]
    areas: list[tuple[int, Texts]]


_kept: WeakKeyDictionary[Gate, _Words] = WeakKeyDictionary()


def _words() -> _Words:
    gate = current_gate()
    if gate not in _kept:
        session = db.session()
        named = select(ExpertTitle.code, ExpertTitle.name).order_by(ExpertTitle.sort, ExpertTitle.code)
        numbered = select(ExperienceArea.id, ExperienceArea.name)
        numbered = numbered.order_by(ExperienceArea.sort, ExperienceArea.id)
        _kept[gate] = _Words(
            [(row.code, row.name) for row in session.execute(named)],
            [(row.id, row.name) for row in session.execute(numbered)],
        )
    return _kept[gate]


def times(_organisation_id: int) -> list[tuple[str, str]]:
    """The parts of a week."""
    return [
        (f"{day}_{part}", _("%(day)s %(part)s", day=of_week, part=of_day))
        for day, of_week in DAYS.items()
        for part, of_day in PARTS.items()
    ]


def statuses(_organisation_id: int) -> list[tuple[str, Any]]:
    """Whether an expert takes tasks."""
    return list(STATUSES.items())


def languages(_organisation_id: int) -> list[tuple[str, Any]]:
    """Languages one may work in."""
    return list(LANGUAGES.items())


def viewpoints(_organisation_id: int) -> list[tuple[str, Any]]:
    """By whose experience one speaks."""
    return list(VIEWPOINTS.items())


def trainings(_organisation_id: int) -> list[tuple[str, Any]]:
    """Kinds of training."""
    return list(TRAININGS.items())


def training_states(_organisation_id: int) -> list[tuple[str, Any]]:
    """How far a training has come."""
    return list(TRAINING_STATES.items())
