"""Rates, chains and desks of the demonstration region, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.api import Texts

BEGINNING = date(2026, 1, 1)
WORK = {
    "OPPITUNTI": (Texts(fi="Oppitunti", sv="Lektion", en="Lesson"), "lesson"),
    "TUNTI": (Texts(fi="Tuntityö", sv="Timarbete", en="Work by the hour"), "hour"),
}
# Payer: its administrator, and the work types it uses.
PAYERS = {
    "laukaa": ("penni.puronvarsi", ("OPPITUNTI",)),
    "hyvaks": ("hilma.hiutalekoski", ("TUNTI",)),
    "jyvaskyla": ("jenni.joutsenlampi", ("OPPITUNTI", "TUNTI")),
}


@dataclass(frozen=True)
class PricePeriod:
    """A rate of any work type in one unit of work; amounts in cents, times in minutes."""

    where: str
    unit: str
    unit_cents: int
    first: date = BEGINNING
    last: date | None = None
    step: int = 30
    minimum: int = 0
    preparation: int | None = None
    cap: int | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The price as the set-up services take it; the days are the story's."""
        return {
            "valid_from": self.first,
            "valid_to": self.last,
            "unit_cents": self.unit_cents,
            "step_minutes": self.step,
            "minimum_minutes": self.minimum,
            "preparation_unit_cents": self.preparation,
            "preparation_cap_minutes": self.cap,
        }


PRICES = (
    PricePeriod("laukaa", "lesson", 3500, preparation=2500, cap=60),
    PricePeriod("hyvaks", "hour", 2500, last=date(2026, 12, 31), minimum=60, preparation=2500),
    PricePeriod("hyvaks", "hour", 2700, first=date(2027, 1, 1), minimum=60, preparation=2700),
    PricePeriod("jyvaskyla", "hour", 3000),
    PricePeriod("perusopetus", "lesson", 4000),
    PricePeriod("nuorisopalvelut", "hour", 2500),
)
CHAINS = {
    "laukaa": ("orderer", "line_manager", "unit_head"),
    "hyvaks": ("contact", "head_nurse", "unit_head", "hr"),
    "jyvaskyla": ("orderer", "manager", "area_head"),
}
HEAD_NURSE_CHANGES = date(2026, 11, 1)
# (organisation, kind): who stands there.
DESKS = {
    ("laukaa", "administrator"): ("penni.puronvarsi", "pauli.purjeketo"),
    ("laukaa", "payroll"): ("paula.pihlajatahti",),
    ("laukaan-sivistyspalvelut", "orderer"): ("outi.omenapolku",),
    ("sydan-laukaan-koulu", "orderer"): ("outi.omenapolku",),
    ("demo-koulu-kirkonkyla", "orderer"): ("outi.omenapolku",),
    ("laukaan-sivistyspalvelut", "line_manager"): ("lauri.lumikontio",),
    ("laukaan-sivistyspalvelut", "unit_head"): ("ylva.yokaste",),
    ("hyvaks", "administrator"): ("hilma.hiutalekoski", "harri.hattarakallio"),
    ("hyvaks", "payroll"): ("pirkko.pikkukivi",),
    ("hyvaks", "hr"): ("heta.heinakuru",),
    ("hyvaks", "unit_head"): ("ulla.ukonhattu",),
    # Units without people of their own.
    ("hyvaks", "contact"): ("aatu.aholinna", "carla.cedervuo"),
    ("hyvaks", "head_nurse"): ("arvo.apilasaari", "cilla.cembrapolku"),
    ("demo-osasto-a", "contact"): ("aatu.aholinna",),
    ("demo-osasto-b", "contact"): ("beata.birkkala",),
    ("demo-osasto-c", "contact"): ("carla.cedervuo",),
    ("demo-osasto-d", "contact"): ("daavid.deltaharju",),
    ("demo-osasto-a", "head_nurse"): ("arvo.apilasaari",),
    ("demo-osasto-b", "head_nurse"): ("bertta.borealampi", "bruno.baskerikallio"),
    ("demo-osasto-c", "head_nurse"): ("cilla.cembrapolku",),
    ("demo-osasto-d", "head_nurse"): ("dora.dyynikumpu",),
    ("jyvaskyla", "administrator"): ("jenni.joutsenlampi", "juho.janonkorpi"),
    ("jyvaskyla", "payroll"): ("pentti.puolukkavaara",),
    ("jyvaskyla", "area_head"): ("johannes.jalavapiha",),
    ("perusopetus", "orderer"): ("taika.tikkumetsa",),
    ("nuorisopalvelut", "orderer"): ("touko.tahkavuo",),
    ("kirjasto", "orderer"): ("tilda.tyrskylinna",),
    ("perusopetus", "manager"): ("eeva.elohehku",),
    ("nuorisopalvelut", "manager"): ("nestori.nuolihaukka",),
    ("kirjasto", "manager"): ("kielo.kirjovirta",),
}
# Days at a desk other than from the beginning on: the head nurse of ward B changes.
TERMS: dict[str, tuple[date, date | None]] = {
    "bertta.borealampi": (BEGINNING, date(2026, 10, 31)),
    "bruno.baskerikallio": (HEAD_NURSE_CHANGES, None),
}
# (organisation, kind, who is away, deputy, first day, last day)
DEPUTIES = (
    (
        "laukaan-sivistyspalvelut",
        "line_manager",
        "lauri.lumikontio",
        "saku.salamapuro",
        date(2026, 10, 12),
        date(2026, 10, 23),
    ),
)
YEARLY_CENTS = {"km": 55, "passenger": 4, "full_day": 5400, "part_day": 2500}
OFFICIAL_YEAR = 2026
OFFICIAL = "Verohallinto, verovapaat matkakustannusten korvaukset 2026"
NOT_OFFICIAL = "DEMO-arvo, ei virallinen"
DELEGATED = ("fees.claims.view", "fees.rates.view", "fees.chains.view", "core.organisations.view")
DELEGATING = ("hyvaks", "laukaa")
CENTRE = "kokemustoimintakeskus"
