"""The forty experts of the demonstration: every fact that is told of them, counted in the database."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core.experts.details.models import ExperienceArea, ExpertArea, ExpertLanguage, ExpertTraining
from core.experts.models import Expert
from core.experts.own.models import OwnLimit
from core.extensions import db
from core.organisations.municipalities import municipality_name
from core.users.models import Person
from tests.demo.test_demo import loaded


def counted(*columns: Any, where: Any = True) -> dict[Any, int]:
    query = select(*columns, func.count()).where(where).group_by(*columns)
    return {row[0] if len(columns) == 1 else tuple(row[:-1]): row[-1] for row in db.session.execute(query)}


def test_the_forty_are_as_told(app: Flask) -> None:
    with loaded(app):
        main = ExpertArea.main.is_(True)
        themes = db.session.execute(
            select(ExperienceArea.code, func.count())
            .join(ExpertArea, ExpertArea.area_id == ExperienceArea.id)
            .group_by(ExperienceArea.code)
        )
        assert {row[0]: row[1] for row in themes} == {
            "depression": 9, "substances": 6, "illness": 6, "parenting": 4, "psychosis": 3, "disability": 3,
            "neurodiversity": 3, "eating": 2, "grief": 2, "housing": 1, "migration": 1, "school": 6,
        }  # fmt: skip
        assert counted(ExpertArea.viewpoint, where=main) == {"own": 29, "kin": 6, "both": 5}
        assert counted(ExpertArea.consent_id, where=ExpertArea.consent_id.is_(None)) == {}
        homes = Counter(
            str(municipality_name(code)) for code in db.session.scalars(select(Expert.municipality))
        )
        assert homes == {
            "Jyväskylä": 14, "Laukaa": 6, "Äänekoski": 4, "Muurame": 3, "Jämsä": 3, "Saarijärvi": 2,
            "Viitasaari": 2, "Keuruu": 2, "Hankasalmi": 1, "Joutsa": 1, "Pihtipudas": 1, "Petäjävesi": 1,
        }  # fmt: skip
        assert counted(ExpertTraining.kind, ExpertTraining.state) == {
            ("basic", "completed"): 34,
            ("basic", "ended"): 2,
            ("further", "completed"): 9,
            ("mentor", "completed"): 4,
        }
        spring = ExpertTraining.course == "Kevään kurssi"
        assert counted(ExpertTraining.state, where=spring) == {"completed": 6, "ended": 2}
        assert counted(Expert.title) == {"trained": 34, "actor": 3, "expert": 2, "peer": 1}
        assert counted(ExpertLanguage.code) == {"fi": 40, "sv": 4, "en": 6, "sign": 1}
        without = Person.email.is_(None) & Person.id.in_(select(Expert.person_id))
        assert db.session.scalar(select(func.count()).select_from(Person).where(without)) == 3
        assert counted(OwnLimit.wants_no_fee) == {False: 5, True: 2}
