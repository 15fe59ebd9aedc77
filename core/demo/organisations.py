"""The tree of the demonstration region. Written as (Finnish name, Swedish name), kinds and payer codes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from core.database.types import Texts
from core.organisations.loading import read_region
from core.organisations.services import create_organisation


@dataclass(frozen=True)
class Place:
    """One organisation of the tree and what stands below it."""

    slug: str
    fi: str
    sv: str
    kind: str
    code: str | None = None
    cost_centre: str | None = None
    controller: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    below: tuple[Place, ...] = field(default=())


def _municipality(slug: str, fi: str, sv: str, code: str, official: str, *below: Place) -> Place:
    more = {"municipality_code": official}
    return Place(slug, fi, sv, "municipality", code, controller=True, below=below, more=more)


def _unit(slug: str, fi: str, sv: str, cost_centre: str, kind: str = "unit") -> Place:
    return Place(slug, fi, sv, kind, cost_centre=cost_centre)


CENTRE = "kokemustoimintakeskus"

COUNTY = Place(
    "hyvaks",
    "Keski-Suomen hyvinvointialue",
    "Mellersta Finlands välfärdsområde",
    "county",
    "HYV",
    controller=True,
    more={"started": date(2023, 1, 1)},
    below=(
        Place(
            "mielenterveys-ja-paihdepalvelut",
            "Mielenterveys- ja päihdepalvelut",
            "Mentalvårds- och missbrukartjänster",
            "service_area",
            below=tuple(
                _unit(
                    f"demo-osasto-{letter.lower()}",
                    f"Demo-osasto {letter}",
                    f"Demoavdelning {letter}",
                    f"710{number}",
                )
                for number, letter in enumerate("ABCD", 1)
            ),
        ),
        Place(
            "perhe-ja-sosiaalipalvelut",
            "Perhe- ja sosiaalipalvelut",
            "Familje- och socialtjänster",
            "service_area",
            below=(
                _unit("demo-perhekeskus", "Demo-perhekeskus", "Demofamiljecenter", "7201", "family_centre"),
            ),
        ),
        Place(
            "vastaanottopalvelut",
            "Vastaanottopalvelut",
            "Mottagningstjänster",
            "service_area",
            below=(
                _unit(
                    "viitasaaren-demovastaanotto",
                    "Viitasaaren demovastaanotto",
                    "Viitasaari demomottagning",
                    "7301",
                ),
                _unit("digivastaanotto", "Digivastaanotto", "Digimottagning", "7302"),
            ),
        ),
    ),
)
LAUKAA = _municipality(
    "laukaa",
    "Laukaan kunta",
    "Laukas kommun",
    "LAU",
    "410",
    Place(
        "laukaan-sivistyspalvelut",
        "Sivistyspalvelut",
        "Bildningstjänster",
        "sector",
        below=(
            _unit("sydan-laukaan-koulu", "Sydän-Laukaan koulu", "Sydän-Laukaan koulu", "4310", "school"),
            _unit("demo-koulu-kirkonkyla", "Demo-koulu Kirkonkylä", "Demoskolan Kyrkbyn", "4311", "school"),
        ),
    ),
    Place(
        CENTRE,
        "Kokemustoimintakeskus",
        "Centret för erfarenhetsverksamhet",
        "unit",
        "KTK",
        controller=True,
    ),
)
JYVASKYLA = _municipality(
    "jyvaskyla",
    "Jyväskylän kaupunki",
    "Jyväskylä stad",
    "JKL",
    "179",
    _unit("perusopetus", "Perusopetus", "Grundläggande utbildning", "5101", "service_area"),
    _unit("nuorisopalvelut", "Nuorisopalvelut", "Ungdomstjänster", "5201", "service_area"),
    _unit("kirjasto", "Kirjasto", "Bibliotek", "5301", "library"),
)
TOLD_ABOVE = frozenset({"keski-suomi", "hyvaks", "laukaa", "jyvaskyla"})


def _other_municipalities() -> tuple[Place, ...]:
    """Those without units, from the file that comes along for any instance."""
    tables = read_region("keski-suomi")["organisation"]
    return tuple(
        _municipality(t["slug"], t["name"]["fi"], t["name"]["sv"], t["code"], t["municipality_code"])
        for t in tables
        if t["slug"] not in TOLD_ABOVE
    )


OTHER_MUNICIPALITIES = _other_municipalities()
PREDECESSOR = Place(
    "ksshp",
    "Keski-Suomen sairaanhoitopiirin kuntayhtymä",
    "Mellersta Finlands sjukvårdsdistrikts samkommun",
    "joint_authority",
    controller=True,
    more={"ended": date(2022, 12, 31)},
)
PARTNERS = (
    Place("kokemustalo", "Kokemustalo ry", "Kokemustalo ry", "association", "KOK", controller=True),
    Place("sovatek", "Sovatek", "Sovatek", "provider", "SOV", controller=True),
    Place("jyu", "Jyväskylän yliopisto", "Jyväskylä universitet", "university", "JYU", controller=True),
    Place(
        "jamk",
        "Jyväskylän ammattikorkeakoulu",
        "Jyväskylä yrkeshögskola",
        "university",
        "JAM",
        controller=True,
    ),
)
REGION = Place(
    "keski-suomi",
    "Keski-Suomi",
    "Mellersta Finland",
    "region",
    below=(COUNTY, LAUKAA, JYVASKYLA, *OTHER_MUNICIPALITIES, *PARTNERS),
)


def load_organisations() -> dict[str, int]:
    """Create the region, and under the county the joint authority that it took over; ids by address name."""
    found = _load(REGION, None)
    successor = {"successor_id": found["hyvaks"], "succeeded_on": date(2023, 1, 1)}
    old = replace(PREDECESSOR, more={**PREDECESSOR.more, **successor})
    return found | _load(old, found["hyvaks"])


def _load(place: Place, parent_id: int | None) -> dict[str, int]:
    """Create the place and everything below it."""
    own = create_organisation(
        Texts(fi=place.fi, sv=place.sv),
        place.kind,
        place.slug,
        parent_id=parent_id,
        is_controller=place.controller,
        code=place.code,
        cost_centre=place.cost_centre,
        **place.more,
    )
    found = {place.slug: own}
    for child in place.below:
        found |= _load(child, own)
    return found
