"""The forty experts of the demonstration region, put into the register as the coordinator would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import today
from core.demo import expert_facts as facts
from core.demo.expert_facts import ASSOCIATION, HOMES, TITLES, WITHOUT_EMAIL
from core.demo.organisations import CENTRE
from core.demo.region import Region
from core.demo.staff import key_of, phone
from core.experts.details.models import ExperienceArea
from core.experts.details.services import add_area, add_training
from core.experts.models import Expert
from core.experts.own.services import set_limits
from core.experts.services import create_expert
from core.organisations.municipalities import municipalities
from core.trust.consents import give
from core.users.services import create_account, set_language

LONG_AGO = timedelta(days=400)


@dataclass(frozen=True)
class Newcomer:
    """One expert as the register asks for them."""

    name: str
    municipality: str
    title: str

    @property
    def owner(self) -> str:
        """Who is responsible for the record: the association that trained them, or the centre."""
        return ASSOCIATION if self.title == "actor" else CENTRE

    @property
    def email(self) -> str | None:
        """Their address, if they use one."""
        return None if self.name in WITHOUT_EMAIL else f"{key_of(self.name)}@{self.owner}.example"

    def values(self, number: int) -> dict[str, Any]:
        """What the register's form would be filled in with."""
        home = next(code for code, name in municipalities().items() if name.fi == self.municipality)
        return {
            "name": self.name,
            "municipality": home,
            "title": self.title,
            "email": self.email,
            "phone": phone(number),
            "status": "active",
            "languages": ("fi", *(code for code, names in facts.SPEAKING.items() if self.name in names)),
            "municipalities": (home,),
            "car": self.name in facts.WITH_CAR,
            "remote": number % 3 == 0,
            "weekly": ("tue_morning", "thu_afternoon") if number % 2 else ("wed_evening",),
        }

    @property
    def theme(self) -> str:
        """The code of the main experience area."""
        return next(code for code, names in facts.THEMES.items() if self.name in names)

    @property
    def viewpoint(self) -> str:
        """Own experience, as next of kin, or both."""
        return next((key for key, names in facts.VIEWPOINTS.items() if self.name in names), "own")

    @property
    def themes(self) -> tuple[str, ...]:
        """The main experience area and the second, if there is one."""
        return (self.theme, facts.SECOND_THEME) if self.name in facts.WITH_SECOND_THEME else (self.theme,)

    def trainings(self) -> Iterator[dict[str, Any]]:
        """The courses they took."""
        year, spring = today().year, self.name in facts.SPRING | facts.SPRING_ENDED
        if self.title == "trained" or spring:
            state = "ended" if self.name in facts.SPRING_ENDED else "completed"
            name = "Kevään kurssi" if spring else "Peruskoulutus"
            yield _training("basic", name, year if spring else year - 3, 60, state)
        if self.name in facts.FURTHER:
            yield _training("further", "Täydennyskoulutus", year - 1, 20)
        if self.name in facts.MENTORS:
            yield _training("mentor", "Mentorointikoulutus", year - 1, 30)


def _training(kind: str, course: str, year: int, hours: int, state: str = "completed") -> dict[str, Any]:
    organiser = "Kokemustoimintakeskus"
    return {
        "kind": kind, "state": state, "course": course, "organiser": organiser, "year": year,
        "hours": hours, "seen": state == "completed",
    }  # fmt: skip


def experts() -> Iterator[Newcomer]:
    """All forty, municipality by municipality."""
    for municipality, names in HOMES.items():
        for name in names:
            yield Newcomer(name, municipality, TITLES.get(name, "trained"))


def load_experts(session: Session, region: Region, coordinator: str = "kerttu.kuusikello") -> None:
    """Put the experts into the register as the coordinator would; accounts for those with an address."""
    actor_id = region.people[coordinator]
    found = session.execute(select(ExperienceArea.code, ExperienceArea.id))
    codes = {row.code: row.id for row in found}
    for number, expert in enumerate(experts(), 1):
        owner_id = region.organisations[expert.owner]
        expert_id = create_expert(expert.values(number), owner_id, actor_id)
        row = session.get_one(Expert, expert_id)
        region.experts[key_of(expert.name)] = expert_id
        region.people[key_of(expert.name)] = row.person_id
        if expert.name in facts.IN_SWEDISH:
            set_language(row.person_id, "sv")
        if expert.email:
            create_account(row.person_id, expert.email, actor_id=None)
        _tell_more(expert, row, codes, actor_id)


def _tell_more(expert: Newcomer, row: Expert, codes: dict[str, int], actor_id: int) -> None:
    """Areas under consent, trainings, own limits, and when the details were last checked."""
    give(row.person_id, "register", actor_id=actor_id, channel="paper")
    give(row.person_id, "areas", actor_id=actor_id, channel="paper")
    for theme in expert.themes:
        values = {"expert_id": row.id, "area_id": codes[theme], "viewpoint": expert.viewpoint}
        add_area({**values, "main": theme == expert.theme}, row.organisation_id, actor_id)
    for training in expert.trainings():
        add_training({**training, "expert_id": row.id}, row.organisation_id, actor_id)
    if expert.name in facts.LIMITS:
        month, year = facts.LIMITS[expert.name]
        set_limits(row.person_id, month_cents=month, year_cents=year)
    if expert.name in facts.WITHOUT_FEES:
        set_limits(row.person_id, wants_no_fee=True)
    if expert.name in facts.STALE:
        row.checked_on = today() - LONG_AGO
