"""The accounts people try the demonstration with. Their passwords are new at each start."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import select

from core.demo.region import Region
from core.extensions import db
from core.users.models import Account
from core.users.signing_in import reset_password

# Whose account is printed, and what they do.
SHOWN = {
    "aino.aamutahti": "expert by experience",
    "outi.omenapolku": "orderer, Laukaa",
    "saku.salamapuro": "deputy of the line manager, Laukaa",
    "ylva.yokaste": "unit head, Laukaa",
    "paula.pihlajatahti": "payroll, Laukaa",
    "penni.puronvarsi": "organisation administrator, Laukaa",
    "kerttu.kuusikello": "coordinator, the whole region",
    "veikko.vihreakivi": "expert by experience",
    "aatu.aholinna": "contact person, Hyvaks ward A",
    "arvo.apilasaari": "head nurse, Hyvaks ward A",
    "ulla.ukonhattu": "unit head, Hyvaks",
    "heta.heinakuru": "personnel services, Hyvaks",
    "pirkko.pikkukivi": "payroll, Hyvaks",
    "hilma.hiutalekoski": "organisation administrator, Hyvaks",
    "jenni.joutsenlampi": "organisation administrator, Jyväskylä",
    "assa.ayraslehto": "organisation administrator, Äänekoski",
    "oona.onkilampi": "operator of the service",
}
FIRST = (
    "aamu ahven haapa halla helmi hilla honka kaisla kanerva karpalo katiska kettu kielo kivi kuovi kuusi "
    "lahti lampi lehti lumi marja metso niitty orava paju pihlaja poro puro rusko saari salo sammal siili "
    "sorsa suvi syksy taival talvi tammi tuomi usva vadelma vaahtera virta"
)
SECOND = (
    "airo harju ilta kaari kallio kangas kannel kesto kierto kosti laituri lanka lauta luode maisema myrsky "
    "nuotio opas polku portti rannikko reitti retki sauna silmu soutu suunta tuuli valkama varvikko "
    "vastaranta verkko viima vuono"
)


@dataclass(frozen=True)
class Shown:
    """One line of the table."""

    role: str
    email: str
    password: str


def make_password() -> str:
    """A readable one, such as kuusi-rannikko-4217. It guards a demonstration on one's own machine."""
    number = secrets.randbelow(9000) + 1000
    return f"{secrets.choice(FIRST.split())}-{secrets.choice(SECOND.split())}-{number}"


def is_demo(region: Region) -> bool:
    """Whether everybody whose account is shown is there: else it is some other database."""
    return set(SHOWN) <= set(region.people)


def fresh_passwords(region: Region) -> list[Shown]:
    """Give each shown account a new password; sessions of an earlier start end."""
    lines = []
    for key, role in SHOWN.items():
        person_id, password = region.people[key], make_password()
        reset_password(person_id, password)
        email = db.session.scalar(select(Account.email).where(Account.person_id == person_id))
        lines.append(Shown(role, email or "", password))
    return lines


def table(lines: list[Shown]) -> str:
    """The lines under each other, in columns."""
    cells = [("Role", "E-mail", "Password"), *((line.role, line.email, line.password) for line in lines)]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    rows = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in cells]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join(row.rstrip() for row in (rows[0], rule, *rows[1:]))
