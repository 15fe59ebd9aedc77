"""The main job through the pages: two organisations, each in its own way, from form to sealed file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from core.api import Walk, db, in_language_of, unscoped
from plugins.fees.models import Claim, Receipt
from plugins.fees.models.claims import receipt_text
from plugins.fees.reading import shelve
from plugins.fees.views.shown import holder

NEW = "/me/fees/new"


@dataclass(frozen=True)
class Job:
    """One claim: who works where, what they type, what it must come to, who decides and who pays."""

    payer: str
    expert: str
    unit: str
    day: date
    typed: dict[str, str]
    total: str
    deciders: Sequence[tuple[str, str]]
    payroll: str


LESSON = Job(
    payer="laukaa",
    expert="aino.aamutahti",
    unit="sydan-laukaan-koulu",
    day=date(2026, 10, 8),
    typed={
        "work_type": "OPPITUNTI",
        "start": "10.00",
        "end": "11.40",
        "lessons": "2",
        "preparation_hours": "1",
        "travel": "car",
        "kilometres": "48",
    },
    total="121,40",
    deciders=(
        ("outi.omenapolku", "Outi Omenapolku, the orderer, confirms that it was done"),
        ("saku.salamapuro", "Saku Salamapuro checks it for Lauri Lumikontio, who is away"),
        ("ylva.yokaste", "Ylva Yökaste, the unit head, approves it"),
    ),
    payroll="paula.pihlajatahti",
)
GROUP = Job(
    payer="hyvaks",
    expert="veikko.vihreakivi",
    unit="demo-osasto-a",
    day=date(2026, 10, 9),
    typed={"work_type": "TUNTI", "start": "13.00", "end": "14.40", "travel": "none"},
    total="50,00",
    deciders=(
        ("aatu.aholinna", "Aatu Aholinna, the ward's contact person, confirms that it was done"),
        ("arvo.apilasaari", "Arvo Apilasaari, the head nurse, checks it"),
        ("ulla.ukonhattu", "Ulla Ukonhattu, the unit head, approves it"),
        ("heta.heinakuru", "Heta Heinäkuru, personnel services, checks the payment class"),
    ),
    payroll="pirkko.pikkukivi",
)


def run(walk: Walk) -> None:
    """Walk both jobs; anything that is not as it should be raises."""
    walk.tell("Laukaa: a double lesson with preparation and kilometres, three steps, the line manager away")
    _walk(walk, LESSON)
    walk.tell("Hyvaks: an hour and forty minutes at a ward, four steps")
    _walk(walk, GROUP)


def _walk(walk: Walk, job: Job) -> None:
    number = _send(walk, job)
    claim_id = _claim_id(walk, number)
    _say(walk, claim_id, f"{number} is sent: {job.total} €")
    for person, step in job.deciders:
        browser = walk.client(person)
        browser.send(browser.open(f"/me/fees/claims/{claim_id}"), action="/approve")
        _say(walk, claim_id, step)
    _pay(walk, job, claim_id)


def _send(walk: Walk, job: Job) -> str:
    """Fill in the form and send it; gives the receipt number."""
    browser, day = walk.client(job.expert), walk.region.day(job.day)
    unit = str(walk.region.organisations[job.unit])
    typed = {**job.typed, "unit": unit, "day": f"{day.day}.{day.month}.{day.year}"}
    summary = browser.send(browser.open(NEW), typed, button="continue")
    if f"{job.total} €" not in summary.text.replace("\N{NO-BREAK SPACE}", " "):
        raise RuntimeError(f"the summary does not come to {job.total}: {summary.text}")
    receipt = browser.send(summary, action="/send")
    return receipt.path.rpartition("/")[2]


def _pay(walk: Walk, job: Job, claim_id: int) -> None:
    """Lock the batch, take its file twice, mark it paid."""
    browser, start = walk.client(job.payroll), f"/o/{job.payer}/fees/payroll"
    batch = browser.send(browser.open(f"{start}/lock"))
    _say(walk, claim_id, "Payroll locks the batch")
    sealed = browser.send(batch, action="/file").response.get_data()
    if browser.send(batch, action="/file").response.get_data() != sealed:
        raise RuntimeError("a second download gave another file")
    _say(walk, claim_id, "Payroll downloads the file; a second download gives the same bytes")
    browser.send(browser.open(f"{batch.path}/paid"))
    _say(walk, claim_id, "Payroll marks the batch as paid")
    walk.tell("  The sealed file:")
    for line in sealed.decode("utf-8-sig").splitlines():
        walk.tell(f"    {line}")


def _claim_id(walk: Walk, number: str) -> int:
    """The claim behind a receipt number; the walk's sheets have one part each."""
    with walk.app.app_context(), unscoped("the claim a walk just sent"):
        rows = db.session().execute(select(Claim.id, Receipt.prefix, Receipt.year, Receipt.number).join(
            Receipt, Receipt.sheet_id == Claim.sheet_id))  # fmt: skip
        return next(int(row.id) for row in rows if receipt_text(*row[1:]) == number)


def _say(walk: Walk, claim_id: int, step: str) -> None:
    """Tell the step, and read from the claim's own row who holds it now."""
    walk.say(step, *_held_by(walk, claim_id))


def _held_by(walk: Walk, claim_id: int) -> tuple[str | None, datetime | None]:
    with walk.app.app_context(), unscoped("who holds a claim of the walk"):
        session = db.session()
        claim = session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        with in_language_of(session, claim.submitter_id):
            return holder(shelve(session, [claim]), claim, staff=True) or None, claim.since
