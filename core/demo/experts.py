"""The forty experts of the demonstration region. Nothing about anybody's health is among what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.demo.organisations import CENTRE
from core.demo.region import Region
from core.demo.staff import key_of, phone
from core.experts.models import Expert
from core.experts.services import create_expert
from core.users.services import create_account, set_language

ASSOCIATION = "kokemustalo"
# By home municipality: trained ones, unless their title is given below.
HOMES = {
    "Jyväskylä": (
        "Aino Aamutähti", "Veikko Vihreäkivi", "Tuula Tuulikello", "Pekka Pilvenlaita", "Elli Elohopea",
        "Onni Ohrapelto", "Hannele Harmaalumi", "Siiri Saniaispuro", "Eino Etelätuuli", "Helmi Hallayö",
        "Martti Mäntykäpy", "Saima Satakieli", "Bengt Blåbärsstig", "Linnéa Ljungbacke",
    ),
    "Laukaa": (
        "Kaisu Kastehelmi", "Iida Ilmapuntari", "Ville Vesiportti", "Jalmari Jäälyhty", "Reino Revontuli",
        "Vieno Villahattu",
    ),
    "Äänekoski": ("Mika Marjapolku", "Noora Niittykello", "Oiva Orvokkila", "Meeri Mustikkapiha"),
    "Muurame": ("Sari Sinilanka", "Urho Usvalahti", "Antero Aurinkokaivo"),
    "Jämsä": ("Rauha Rantakaisla", "Lyyli Lumikello", "Kauko Kaukometsä"),
    "Saarijärvi": ("Lempi Lehtikulta", "Ester Erämaalampi"),
    "Viitasaari": ("Toivo Tähtipolku", "Paavo Pakkaspelto"),
    "Keuruu": ("Hilkka Hiirenvirna", "Taisto Tuomenkukka"),
    "Hankasalmi": ("Impi Iltarusko",),
    "Joutsa": ("Unto Untuvainen",),
    "Pihtipudas": ("Selma Sorsanpolku",),
    "Petäjävesi": ("Jorma Juurikannel",),
}  # fmt: skip
TITLES = {
    "Hannele Harmaalumi": "actor",
    "Jalmari Jäälyhty": "actor",
    "Lempi Lehtikulta": "actor",
    "Toivo Tähtipolku": "peer",
    "Mika Marjapolku": "expert",
    "Rauha Rantakaisla": "expert",
}
WITHOUT_EMAIL = frozenset({"Impi Iltarusko", "Unto Untuvainen", "Jorma Juurikannel"})
IN_SWEDISH = frozenset({"Bengt Blåbärsstig", "Linnéa Ljungbacke"})


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


def experts() -> Iterator[Newcomer]:
    """All forty, municipality by municipality."""
    for municipality, names in HOMES.items():
        for name in names:
            yield Newcomer(name, municipality, TITLES.get(name, "trained"))


def load_experts(session: Session, region: Region, coordinator: str = "kerttu.kuusikello") -> None:
    """Put the experts into the register as the coordinator would; accounts for those with an address."""
    actor_id = region.people[coordinator]
    for number, expert in enumerate(experts(), 1):
        values = {
            "name": expert.name,
            "municipality": expert.municipality,
            "title": expert.title,
            "email": expert.email,
            "phone": phone(number),
            "status": "active",
        }
        expert_id = create_expert(values, region.organisations[expert.owner], actor_id)
        person_id = session.get_one(Expert, expert_id).person_id
        region.experts[key_of(expert.name)] = expert_id
        region.people[key_of(expert.name)] = person_id
        if expert.name in IN_SWEDISH:
            set_language(person_id, "sv")
        if expert.email:
            create_account(person_id, expert.email, actor_id=None)
