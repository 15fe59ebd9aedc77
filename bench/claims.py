"""The payer's set-up, claims that wait at a desk, claims paid long ago, and forms ready to be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import psycopg

from bench import region as people
from bench.bulk import Row, copy_rows
from bench.region import ADMINISTRATOR, APPROVERS, LONG_AGO, PAYROLL, SUBMITTERS, Region, expert_person
from core.database.types import now, today
from core.outbox.models import OutboxRow
from plugins.fees import models as m
from plugins.fees.due import due_after
from plugins.fees.kernel.hashing import GENESIS, event_hash

KINDS = ("orderer", "line_manager", "unit_head")
SECOND, THIRD = (21, 22), (31, 32)  # members of the line manager's and the unit head's desk
WORK_TYPE, RATE, RATE_VERSION, KM, CHAIN_VERSION, BATCH = 1, 1, 1, 1, 1, 1
LESSON_CENTS, PREPARATION_CENTS, KM_CENTS = 3500, 2500, 55
DAY = today() - timedelta(days=60)  # of the claims that are there from the beginning
START, END = time(9), time(10, 30)
YEAR = today().year
# (kind, quantity, unit, cents a unit, cents, rate version, yearly table, payment class, income type)
LINES = (
    ("work", 2, "lessons", LESSON_CENTS, 2 * LESSON_CENTS, RATE_VERSION, None, "wage", "207"),
    ("preparation", 60, "minutes", PREPARATION_CENTS, PREPARATION_CENTS, RATE_VERSION, None, "wage", "207"),
    ("travel", 48_000, "metres", KM_CENTS, 48 * KM_CENTS, None, KM, "expense", "311"),
)
TOTAL = sum(line[4] for line in LINES)
LIFE = (
    ("submit", None, "submitted"), ("approve", "submitted", "in_approval"),
    ("approve", "in_approval", "in_approval"), ("approve", "in_approval", "approved"),
    ("seal", "approved", "in_batch"), ("send", "in_batch", "sent"), ("pay", "sent", "paid"),
)  # fmt: skip


@dataclass(frozen=True)
class Desks:
    """Ids of the payer's desks."""

    region: Region

    def step(self, unit: int, kind: str) -> int:
        """The desk of a kind at the payer's unit of that place in its list."""
        return 1 + unit * len(KINDS) + KINDS.index(kind)

    @property
    def payroll(self) -> int:
        """The payer's payroll desk; the administrator's comes after it."""
        return 1 + len(self.region.payer_units) * len(KINDS)

    def own(self, expert: int) -> int:
        """A submitter's own desk."""
        return self.payroll + 1 + expert

    def rows(self) -> Iterator[Row]:
        """All of them."""
        payer = self.region.payer.id
        for number, unit in enumerate(self.region.payer_units):
            for kind in KINDS:
                yield {"id": self.step(number, kind), "organisation_id": unit.id, "kind": kind}
        yield {"id": self.payroll, "organisation_id": payer, "kind": "payroll"}
        yield {"id": self.payroll + 1, "organisation_id": payer, "kind": "administrator"}
        for expert in range(1, SUBMITTERS + 1):
            person = expert_person(expert)
            yield {"id": self.own(expert), "organisation_id": payer, "kind": "own", "person_id": person}

    def members(self) -> Iterator[Row]:
        """Who stands at them."""
        behind = {"orderer": APPROVERS, "line_manager": SECOND, "unit_head": THIRD, "payroll": (PAYROLL,),
                  "administrator": (ADMINISTRATOR,)}  # fmt: skip
        number = 0
        for desk in self.rows():
            for person in behind.get(desk["kind"], (desk.get("person_id"),)):
                number += 1
                yield {
                    "id": number, "organisation_id": desk["organisation_id"], "desk_id": desk["id"],
                    "person_id": person, "valid_from": LONG_AGO,
                }  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A claim that was made up: how far it came, and when it was sent."""

    id: int
    expert: int
    unit: int
    steps: int  # how much of LIFE it has behind it
    sent_at: datetime


def fill(connection: psycopg.Connection, region: Region, *, waiting: int, paid: int, experts: int) -> None:
    """Write the set-up and the claims; those that wait come first and are numbered from 1."""
    _set_up(connection, region)
    if paid:
        copy_rows(connection, m.Batch, [_batch(region, paid)])
    desks = Desks(region)
    units = len(region.payer_units)
    sent = now() - timedelta(days=6)
    claims = [Made(n, 1 + n % SUBMITTERS, 0, 1, sent) for n in range(1, waiting + 1)]
    claims += [
        Made(n, 1 + n % min(experts, 5000), n % units, len(LIFE), sent)
        for n in range(waiting + 1, waiting + paid + 1)
    ]
    for model, make in _tables(region, desks):
        copy_rows(connection, model, (row for claim in claims for row in make(claim)))


def typed(region: Region, days_ago: int) -> dict[str, str]:
    """A task as it was typed into the form: it pays what LINES says."""
    done = today() - timedelta(days=days_ago)
    day = f"{done.day}.{done.month}.{done.year}"
    return {
        "work_type": "lesson", "unit": str(region.payer_units[0].id), "day": day, "start": "9.00",
        "end": "10.30", "lessons": "2", "preparation_hours": "1", "preparation_minutes": "", "travel": "car",
        "kilometres": "48", "passengers": "", "message": "Tunti sovittiin opettajan kanssa.",
    }  # fmt: skip


def _set_up(connection: psycopg.Connection, region: Region) -> None:
    payer = {"organisation_id": region.payer.id}
    since = {"valid_from": LONG_AGO, "published_at": now()}
    rows: tuple[tuple[type[Any], Iterable[Row]], ...] = (
        (m.WorkType, [{**payer, "id": WORK_TYPE, "code": "lesson", "name": {"fi": "Oppitunti"},
                       "unit": "lesson", "income_type": "207"}]),
        (m.Rate, [{**payer, "id": RATE, "work_type_id": WORK_TYPE, "unit": "lesson"}]),
        (m.RateVersion, [{**payer, **since, "id": RATE_VERSION, "rate_id": RATE, "unit_cents": LESSON_CENTS,
                          "preparation_unit_cents": PREPARATION_CENTS, "preparation_cap_minutes": 60}]),
        (m.YearlyTable, _yearly()),
        (m.Chain, [{**payer, "id": 1}]),
        (m.ChainVersion, [{**payer, "id": CHAIN_VERSION, "chain_id": 1, "number": 1, "published_at": now()}]),
        (m.ChainStep, [{**payer, "id": n, "chain_version_id": CHAIN_VERSION, "no": n, "desk_kind": kind}
                       for n, kind in enumerate(KINDS, start=1)]),
        (m.Desk, Desks(region).rows()),
        (m.DeskMember, Desks(region).members()),
    )  # fmt: skip
    for model, found in rows:
        copy_rows(connection, model, found)


def _yearly() -> Iterator[Row]:
    """The statutory amounts of this year and the one before; KM is those of the claims that are there."""
    for number, year in enumerate(
        sorted({DAY.year, DAY.year - 1, today().year}, key=lambda y: y != DAY.year)
    ):
        for kind, cents in (("km", KM_CENTS), ("passenger", 4)):
            first = KM + 2 * number
            yield {
                "id": first + (kind == "passenger"), "year": year, "kind": kind, "cents": cents,
                "source": "made up",
            }  # fmt: skip


def _batch(region: Region, paid: int) -> Row:
    """One batch for all that was paid; its bytes are not made up, nobody downloads it here."""
    return {
        "id": BATCH, "organisation_id": region.payer.id, "number": 1, "prefix": region.payer_code,
        "state": "settled", "sha256": "0" * 64, "rows": paid * len(LINES), "total_cents": paid * TOTAL,
        "sealed_at": now(), "sealed_by_id": PAYROLL,
    }  # fmt: skip


def _tables(region: Region, desks: Desks) -> list[tuple[type[Any], Callable[[Made], Iterable[Row]]]]:
    """What each claim has in each table, in an order that foreign keys allow."""
    payer, code = region.payer.id, region.payer_code
    unit_ids = [unit.id for unit in region.payer_units]
    return [
        (m.Sheet, lambda c: [{"id": c.id, "organisation_id": payer, "submitter_id": expert_person(c.expert),
                              "submit_key": f"{c.id:032x}", "created_at": c.sent_at}]),
        (m.Payee, lambda c: [{"id": c.id, "organisation_id": payer, "person_id": expert_person(c.expert),
                              "name": people.name(expert_person(c.expert)),
                              "email": f"p{expert_person(c.expert)}@example.org"}]),
        (m.Claim, partial(_claim, desks, unit_ids)),
        (m.ClaimLine, partial(_lines, unit_ids, payer)),
        (m.ClaimStep, partial(_steps, desks, unit_ids)),
        (m.ClaimEvent, partial(_events, desks, unit_ids)),
        (m.Approval, partial(_approvals, unit_ids)),
        (m.Payout, lambda c: [{"id": c.id, "organisation_id": unit_ids[c.unit], "claim_id": c.id,
                               "batch_id": BATCH, "cents": TOTAL}] if c.steps == len(LIFE) else []),
        (OutboxRow, partial(_outbox, unit_ids)),
        (m.Receipt, lambda c: [{"organisation_id": payer, "year": YEAR, "number": c.id, "prefix": code,
                                "sheet_id": c.id, "at": c.sent_at}]),
    ]  # fmt: skip


def _stands(desks: Desks, claim: Made, steps: int) -> tuple[int, int | None]:
    """The step that waits and the desk, after so much of its life."""
    step = min(max(steps, 1), len(KINDS))
    if steps <= len(KINDS):
        return step, desks.step(claim.unit, KINDS[step - 1])
    return step, desks.payroll if steps < len(LIFE) else None


def _claim(desks: Desks, unit_ids: list[int], claim: Made) -> Iterable[Row]:
    step, desk = _stands(desks, claim, claim.steps)
    person = expert_person(claim.expert)
    return [{
        "id": claim.id, "organisation_id": unit_ids[claim.unit], "sheet_id": claim.id, "part": 1,
        "submitter_id": person, "beneficiary_id": person, "expert_id": claim.expert, "payee_id": claim.id,
        "state": LIFE[claim.steps - 1][2], "desk_id": desk, "since": claim.sent_at,
        "due_at": due_after(claim.sent_at, 3) if desk else None, "step_no": step, "total_cents": TOTAL,
        "chain_version_id": CHAIN_VERSION, "version": claim.steps, "created_at": claim.sent_at,
    }]  # fmt: skip


def _lines(unit_ids: list[int], payer: int, claim: Made) -> Iterator[Row]:
    names = ("kind", "quantity", "unit", "unit_cents", "cents", "rate_version_id", "yearly_table_id",
             "payment_class", "income_type")  # fmt: skip
    for number, line in enumerate(LINES, start=1):
        yield {
            "organisation_id": unit_ids[claim.unit], "claim_id": claim.id, "revision": 1, "no": number,
            "task": 1, "work_type_id": WORK_TYPE, "work_type_code": "lesson", "day": DAY, "start": START,
            "end": END, "source_organisation_id": payer if line[5] else None,
            **dict(zip(names, line, strict=True)),
        }  # fmt: skip


def _steps(desks: Desks, unit_ids: list[int], claim: Made) -> Iterator[Row]:
    for number, kind in enumerate(KINDS, start=1):
        yield {
            "organisation_id": unit_ids[claim.unit], "claim_id": claim.id, "revision": 1, "no": number,
            "desk_id": desks.step(claim.unit, kind), "desk_kind": kind, "due_days": 3,
        }  # fmt: skip


def _actor(claim: Made, number: int) -> int:
    """Who did the step of LIFE with that number, from 0."""
    actors = (expert_person(claim.expert), APPROVERS[claim.id % len(APPROVERS)], SECOND[0], THIRD[0])
    return actors[number] if number < len(actors) else PAYROLL


def _events(desks: Desks, unit_ids: list[int], claim: Made) -> Iterator[Row]:
    before = GENESIS
    for number, (action, origin, state) in enumerate(LIFE[: claim.steps]):
        desk = _stands(desks, claim, number + 1)[1]
        event = {
            "claim_id": claim.id, "organisation_id": unit_ids[claim.unit], "seq": number + 1,
            "action": action, "from_state": origin, "to_state": state, "actor_id": _actor(claim, number),
            "acting_for_id": None, "step_no": _stands(desks, claim, number)[0], "desk_id": desk,
            "since": claim.sent_at, "due_at": due_after(claim.sent_at, 3) if desk else None, "note": None,
            "revision": 1, "total_cents": TOTAL, "text_hmac": None, "at": claim.sent_at, "prev_hash": before,
        }  # fmt: skip
        before = event_hash(event)
        yield {**event, "hash": before}


def _approvals(unit_ids: list[int], claim: Made) -> Iterator[Row]:
    for number, (action, _origin, _state) in enumerate(LIFE[: claim.steps]):
        if action == "approve":
            yield {
                "organisation_id": unit_ids[claim.unit], "claim_id": claim.id, "seq": number + 1,
                "revision": 1, "step_no": number, "person_id": _actor(claim, number),
            }  # fmt: skip


def _outbox(unit_ids: list[int], claim: Made) -> Iterator[Row]:
    for number in range(1, claim.steps + 1):
        yield {
            "id": claim.id * len(LIFE) + number, "dedupe_key": f"claim:{claim.id}:{number}",
            "kind": "fees.claim_event", "module": "fees", "organisation_id": unit_ids[claim.unit],
            "payload": {"claim_id": claim.id, "seq": number}, "state": "done", "created_at": claim.sent_at,
            "next_at": claim.sent_at,
        }  # fmt: skip
