"""The claims the demonstration begins with: some paid, some on their way, each through the real services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from core.api import Region
from plugins.fees.kernel.submit import submit
from plugins.fees.kernel.transition import transition
from plugins.fees.payroll.batches import download, mark_paid, seal
from plugins.fees.sheet import SheetLine

WorkTypes = Mapping[tuple[str, str], int]
Decision = tuple[str, date, int, int]


@dataclass(frozen=True)
class Work:
    """One piece of work on a day of the story."""

    payer: str
    unit: str
    code: str
    day: date
    start: time
    end: time
    lessons: int = 0
    preparation: int = 0
    metres: int = 0

    def line(self, region: Region, work: WorkTypes) -> SheetLine:
        """The work as a line of a sheet."""
        return SheetLine(
            organisation_id=region.organisations[self.unit],
            work_type_id=work[self.payer, self.code],
            day=region.day(self.day),
            start=self.start,
            end=self.end,
            lessons=self.lessons,
            preparation_minutes=self.preparation,
            metres=self.metres,
        )


def _lesson(unit: str, day: date, *, metres: int = 0) -> Work:
    """A double lesson in Laukaa with an hour's preparation."""
    begin, end = time(10, 0), time(11, 40)
    return Work("laukaa", unit, "OPPITUNTI", day, begin, end, lessons=2, preparation=60, metres=metres)


def _ward(letter: str, day: date, end: time) -> Work:
    return Work("hyvaks", f"demo-osasto-{letter}", "TUNTI", day, time(13, 0), end)


US1 = (_lesson("sydan-laukaan-koulu", date(2026, 10, 6), metres=48_000),)
FOUR_WARDS = (
    _ward("a", date(2026, 9, 28), time(14, 30)),
    _ward("b", date(2026, 9, 29), time(14, 30)),
    _ward("c", date(2026, 9, 30), time(14, 10)),
    _ward("d", date(2026, 10, 1), time(13, 45)),
)
THREE_UNITS = (
    Work("jyvaskyla", "perusopetus", "OPPITUNTI", date(2026, 9, 30), time(9, 0), time(9, 45), lessons=1),
    Work("jyvaskyla", "nuorisopalvelut", "TUNTI", date(2026, 9, 30), time(12, 0), time(13, 30)),
    Work("jyvaskyla", "kirjasto", "TUNTI", date(2026, 9, 30), time(15, 0), time(16, 0)),
)
WARD_NURSES = ("arvo.apilasaari", "bertta.borealampi", "cilla.cembrapolku", "dora.dyynikumpu")
WARD_CONTACTS = ("aatu.aholinna", "beata.birkkala", "carla.cedervuo", "daavid.deltaharju")
UNIT_ORDERERS = ("taika.tikkumetsa", "touko.tahkavuo", "tilda.tyrskylinna")
UNIT_MANAGERS = ("eeva.elohehku", "nestori.nuolihaukka", "kielo.kirjovirta")


def load_claims(region: Region, work: WorkTypes) -> None:
    """Sheets in the order they were sent, and what was decided on them."""
    _paid_in_hyvaks(region, work)
    _paid_in_jyvaskyla(region, work)
    us1 = _send(region, work, "aino.aamutahti", US1, date(2026, 10, 7), 14, 32)
    _decide(region, us1[0], [("outi.omenapolku", date(2026, 10, 12), 9, 14)])
    _on_their_way(region, work)


def _paid_in_hyvaks(region: Region, work: WorkTypes) -> None:
    """Four wards in one week, decided in four steps and paid."""
    claims = _send(region, work, "veikko.vihreakivi", FOUR_WARDS, date(2026, 10, 2), 9, 5)
    for claim_id, contact, nurse in zip(claims, WARD_CONTACTS, WARD_NURSES, strict=True):
        decisions = [
            (contact, date(2026, 10, 2), 12, 20),
            (nurse, date(2026, 10, 5), 8, 40),
            ("ulla.ukonhattu", date(2026, 10, 6), 10, 15),
            ("heta.heinakuru", date(2026, 10, 7), 13, 50),
        ]
        _decide(region, claim_id, decisions)
    _pay(region, "hyvaks", "pirkko.pikkukivi")


def _paid_in_jyvaskyla(region: Region, work: WorkTypes) -> None:
    """Three units of one city with three rates, on one day."""
    claims = _send(region, work, "aino.aamutahti", THREE_UNITS, date(2026, 10, 1), 18, 10)
    for claim_id, orderer, manager in zip(claims, UNIT_ORDERERS, UNIT_MANAGERS, strict=True):
        decisions = [
            (orderer, date(2026, 10, 2), 9, 30),
            (manager, date(2026, 10, 5), 14, 0),
            ("johannes.jalavapiha", date(2026, 10, 6), 15, 25),
        ]
        _decide(region, claim_id, decisions)
    _pay(region, "jyvaskyla", "pentti.puolukkavaara")


def _on_their_way(region: Region, work: WorkTypes) -> None:
    """One waits for the orderer, one for a head nurse, one was returned to be completed."""
    lesson = (_lesson("demo-koulu-kirkonkyla", date(2026, 10, 8), metres=22_000),)
    _send(region, work, "eino.etelatuuli", lesson, date(2026, 10, 9), 8, 50)
    late = (_ward("d", date(2026, 10, 5), time(16, 0)),)
    returned = _send(region, work, "helmi.hallayo", late, date(2026, 10, 6), 11, 45)
    transition(
        returned[0],
        1,
        "return",
        region.people["daavid.deltaharju"],
        text="Tarkista päättymisaika: ryhmä päättyi klo 15.",
        at=region.happened(date(2026, 10, 8), 13, 10),
    )
    ward = (_ward("c", date(2026, 10, 7), time(15, 0)),)
    waiting = _send(region, work, "siiri.saniaispuro", ward, date(2026, 10, 8), 16, 5)
    _decide(region, waiting[0], [("carla.cedervuo", date(2026, 10, 9), 9, 0)])


def _send(
    region: Region, work: WorkTypes, person: str, sheet: Sequence[Work], day: date, hour: int, minute: int
) -> tuple[int, ...]:
    lines = [one.line(region, work) for one in sheet]
    key = f"demo-{person}-{day:%m%d}"
    return submit(region.people[person], key, lines, at=region.happened(day, hour, minute)).claim_ids


def _decide(region: Region, claim_id: int, decisions: Sequence[Decision]) -> None:
    """Approvals one after the other; a claim's version counts its events."""
    for version, (person, day, hour, minute) in enumerate(decisions, 1):
        at = region.happened(day, hour, minute)
        transition(claim_id, version, "approve", region.people[person], at=at)


def _pay(region: Region, payer: str, person: str) -> None:
    """Seal what is approved, send the file and mark it paid."""
    actor_id = region.people[person]
    batch = seal(region.organisations[payer], actor_id, at=region.happened(date(2026, 10, 8), 9, 0))
    download(batch.id, actor_id, at=region.happened(date(2026, 10, 8), 9, 2))
    mark_paid(batch.id, actor_id, at=region.happened(date(2026, 10, 9), 15, 0))
