"""Facts of an expert, so that each of their pages has a row in every organisation."""

from __future__ import annotations

from collections.abc import Iterator

from core.database.base import Model
from core.database.types import today
from core.experts.details.keeping import of
from core.experts.details.models import ExpertArea, ExpertEngagement, ExpertTraining
from core.experts.models import Expert


def facts_of(expert: Expert) -> Iterator[Model]:
    """An area, a training and an engagement."""
    whose = of(expert)
    yield ExpertArea(area_id=1, viewpoint="own", main=True, **whose)
    yield ExpertTraining(kind="basic", state="completed", **whose)
    yield ExpertEngagement(by_organisation_id=expert.organisation_id, valid_from=today(), **whose)
