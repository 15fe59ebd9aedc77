"""Those who order, decide and pay in the demonstration region. Invented, every one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.demo.organisations import CENTRE
from core.demo.region import Region
from core.users.services import add_membership, create_account, create_person

SINCE = date(2026, 1, 5)
HEAD_NURSE_CHANGES = date(2026, 11, 1)
_ASCII = str.maketrans("åäöÅÄÖé", "aaoAAOe")


@dataclass(frozen=True)
class Post:
    """A role somewhere, for some days of the story."""

    where: str
    role: str
    first: date = SINCE
    last: date | None = None


@dataclass(frozen=True)
class Colleague:
    """Somebody at work: whose address they have, and what they do."""

    name: str
    employer: str
    posts: tuple[Post, ...]
    is_operator: bool = False


def _at(name: str, employer: str, *posts: tuple[str, str]) -> Colleague:
    return Colleague(name, employer, tuple(Post(where, role) for where, role in posts))


def _nurse(name: str, first: date, last: date | None) -> Colleague:
    return Colleague(name, "hyvaks", (Post("demo-osasto-b", "verifier", first, last),))


LAUKAA_UNITS = ("sydan-laukaan-koulu", "demo-koulu-kirkonkyla")
BILDNING = "laukaan-sivistyspalvelut"
STAFF = (
    _at("Kerttu Kuusikello", CENTRE, (CENTRE, "coordinator")),
    _at("Kalle Kaislaranta", CENTRE, (CENTRE, "coordinator")),
    _at("Outi Omenapolku", "laukaa", *((unit, "orderer") for unit in LAUKAA_UNITS)),
    _at("Lauri Lumikontio", "laukaa", (BILDNING, "verifier")),
    _at("Saku Salamapuro", "laukaa", (BILDNING, "verifier")),
    _at("Ylva Yökaste", "laukaa", (BILDNING, "approver")),
    _at("Paula Pihlajatähti", "laukaa", ("laukaa", "payroll")),
    _at("Penni Puronvarsi", "laukaa", ("laukaa", "administrator")),
    _at("Pauli Purjeketo", "laukaa", ("laukaa", "administrator")),
    _at("Aatu Aholinna", "hyvaks", ("demo-osasto-a", "orderer")),
    _at("Beata Birkkala", "hyvaks", ("demo-osasto-b", "orderer")),
    _at("Carla Cedervuo", "hyvaks", ("demo-osasto-c", "orderer")),
    _at("Daavid Deltaharju", "hyvaks", ("demo-osasto-d", "orderer")),
    _at("Arvo Apilasaari", "hyvaks", ("demo-osasto-a", "verifier")),
    _nurse("Bertta Borealampi", SINCE, date(2026, 10, 31)),
    _nurse("Bruno Baskerikallio", HEAD_NURSE_CHANGES, None),
    _at("Cilla Cembrapolku", "hyvaks", ("demo-osasto-c", "verifier")),
    _at("Dora Dyynikumpu", "hyvaks", ("demo-osasto-d", "verifier")),
    _at("Ulla Ukonhattu", "hyvaks", ("hyvaks", "approver")),
    _at("Heta Heinäkuru", "hyvaks", ("hyvaks", "verifier")),
    _at("Pirkko Pikkukivi", "hyvaks", ("hyvaks", "payroll")),
    _at("Hilma Hiutalekoski", "hyvaks", ("hyvaks", "administrator")),
    _at("Harri Hattarakallio", "hyvaks", ("hyvaks", "administrator")),
    _at("Taika Tikkumetsä", "jyvaskyla", ("perusopetus", "orderer")),
    _at("Touko Tähkävuo", "jyvaskyla", ("nuorisopalvelut", "orderer")),
    _at("Tilda Tyrskylinna", "jyvaskyla", ("kirjasto", "orderer")),
    _at("Eeva Elohehku", "jyvaskyla", ("perusopetus", "verifier")),
    _at("Nestori Nuolihaukka", "jyvaskyla", ("nuorisopalvelut", "verifier")),
    _at("Kielo Kirjovirta", "jyvaskyla", ("kirjasto", "verifier")),
    _at("Johannes Jalavapiha", "jyvaskyla", ("jyvaskyla", "approver")),
    _at("Pentti Puolukkavaara", "jyvaskyla", ("jyvaskyla", "payroll")),
    _at("Jenni Joutsenlampi", "jyvaskyla", ("jyvaskyla", "administrator")),
    _at("Juho Jänönkorpi", "jyvaskyla", ("jyvaskyla", "administrator")),
    _at("Maija Metsämansikka", "muurame", ("muurame", "orderer")),
    _at("Ässä Äyräslehto", "aanekoski", ("aanekoski", "administrator")),
    Colleague("Oona Onkilampi", "kokemussilta", (), is_operator=True),
)


def key_of(name: str) -> str:
    """The key of a person, which is also the first part of their address: aino.aamutahti."""
    return name.translate(_ASCII).lower().replace(" ", ".")


def phone(number: int) -> str:
    """A phone number nobody can dial."""
    return f"+358 00 000 {number:04d}"


def load_staff(region: Region) -> None:
    """Create the staff with their accounts and roles."""
    for number, colleague in enumerate(STAFF, 41):
        key = key_of(colleague.name)
        email = f"{key}@{colleague.employer}.example"
        person_id = create_person(colleague.name, email=email, phone=phone(number), actor_id=None)
        create_account(person_id, email, is_operator=colleague.is_operator, actor_id=None)
        region.people[key] = person_id
        for post in colleague.posts:
            add_membership(
                person_id,
                region.organisations[post.where],
                post.role,
                valid_from=region.day(post.first),
                valid_to=region.day(post.last) if post.last else None,
                actor_id=None,
            )
