"""The tree of the demonstration region. Written as (Finnish name, Swedish name), kinds and payer codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from core.database.types import Texts
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
    ended: date | None = None
    below: tuple[Place, ...] = field(default=())


def _municipality(slug: str, fi: str, sv: str, code: str, *below: Place) -> Place:
    return Place(slug, fi, sv, "municipality", code, controller=True, below=below)


def _unit(slug: str, fi: str, sv: str, cost_centre: str) -> Place:
    return Place(slug, fi, sv, "unit", cost_centre=cost_centre)


CENTRE = "kokemustoimintakeskus"

COUNTY = Place(
    "hyvaks",
    "Keski-Suomen hyvinvointialue",
    "Mellersta Finlands välfärdsområde",
    "county",
    "HYV",
    controller=True,
    below=(
        Place(
            "mielenterveys-ja-paihdepalvelut",
            "Mielenterveys- ja päihdepalvelut",
            "Mentalvårds- och missbrukartjänster",
            "sector",
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
            "sector",
            below=(_unit("demo-perhekeskus", "Demo-perhekeskus", "Demofamiljecenter", "7201"),),
        ),
        Place(
            "vastaanottopalvelut",
            "Vastaanottopalvelut",
            "Mottagningstjänster",
            "sector",
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
    Place(
        "laukaan-sivistyspalvelut",
        "Sivistyspalvelut",
        "Bildningstjänster",
        "sector",
        below=(
            _unit("sydan-laukaan-koulu", "Sydän-Laukaan koulu", "Sydän-Laukaan koulu", "4310"),
            _unit("demo-koulu-kirkonkyla", "Demo-koulu Kirkonkylä", "Demoskolan Kyrkbyn", "4311"),
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
    _unit("perusopetus", "Perusopetus", "Grundläggande utbildning", "5101"),
    _unit("nuorisopalvelut", "Nuorisopalvelut", "Ungdomstjänster", "5201"),
    _unit("kirjasto", "Kirjasto", "Bibliotek", "5301"),
)
OTHER_MUNICIPALITIES = tuple(
    _municipality(*words)
    for words in (
        ("muurame", "Muuramen kunta", "Muurame kommun", "MUU"),
        ("aanekoski", "Äänekosken kaupunki", "Äänekoski stad", "AAN"),
        ("hankasalmi", "Hankasalmen kunta", "Hankasalmi kommun", "HAN"),
        ("joutsa", "Joutsan kunta", "Joutsa kommun", "JOU"),
        ("jamsa", "Jämsän kaupunki", "Jämsä stad", "JAM"),
        ("kannonkoski", "Kannonkosken kunta", "Kannonkoski kommun", "KAN"),
        ("karstula", "Karstulan kunta", "Karstula kommun", "KAR"),
        ("keuruu", "Keuruun kaupunki", "Keuruu stad", "KEU"),
        ("kinnula", "Kinnulan kunta", "Kinnula kommun", "KIN"),
        ("kivijarvi", "Kivijärven kunta", "Kivijärvi kommun", "KIV"),
        ("konnevesi", "Konneveden kunta", "Konnevesi kommun", "KON"),
        ("kyyjarvi", "Kyyjärven kunta", "Kyyjärvi kommun", "KYY"),
        ("luhanka", "Luhangan kunta", "Luhanka kommun", "LUH"),
        ("multia", "Multian kunta", "Multia kommun", "MUL"),
        ("petajavesi", "Petäjäveden kunta", "Petäjävesi kommun", "PET"),
        ("pihtipudas", "Pihtiputaan kunta", "Pihtipudas kommun", "PIH"),
        ("saarijarvi", "Saarijärven kaupunki", "Saarijärvi stad", "SAA"),
        ("toivakka", "Toivakan kunta", "Toivakka kommun", "TOI"),
        ("uurainen", "Uuraisten kunta", "Uurainen kommun", "UUR"),
        ("viitasaari", "Viitasaaren kaupunki", "Viitasaari stad", "VII"),
    )
)
PREDECESSOR = Place(
    "ksshp",
    "Keski-Suomen sairaanhoitopiirin kuntayhtymä",
    "Mellersta Finlands sjukvårdsdistrikts samkommun",
    "joint_authority",
    controller=True,
    ended=date(2022, 12, 31),
)
PARTNERS = (
    Place("kokemustalo", "Kokemustalo ry", "Kokemustalo ry", "association", "KOK", controller=True),
    Place("sovatek", "Sovatek", "Sovatek", "association", "SOV", controller=True),
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
    below=(COUNTY, LAUKAA, JYVASKYLA, *OTHER_MUNICIPALITIES, *PARTNERS, PREDECESSOR),
)


def load_organisations(place: Place = REGION, parent_id: int | None = None) -> dict[str, int]:
    """Create the place and everything below it; ids by address name."""
    own = create_organisation(
        Texts(fi=place.fi, sv=place.sv),
        place.kind,
        place.slug,
        parent_id=parent_id,
        is_controller=place.controller,
        code=place.code,
        cost_centre=place.cost_centre,
        ended=place.ended,
    )
    found = {place.slug: own}
    for child in place.below:
        found |= load_organisations(child, own)
    return found
