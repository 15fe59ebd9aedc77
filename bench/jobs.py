"""The jobs: which requests each contender gets, and what must have happened afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

import psycopg
from psycopg import sql

from bench import claims
from bench.bulk import copy_rows
from bench.client import Request
from bench.measure import CLIENTS, at_once
from bench.region import APPROVERS, REGION, SUBMITTERS, Region, expert_person
from core.database.types import now
from plugins.fees.models import Draft

ACCEPTED = frozenset({302, 303})
CONFLICT = 409


class Contender(Protocol):
    """One side: it makes its own requests for the same work."""

    name: str

    def experts(self, slug: str, after: int | None) -> Request:
        """A page of the register."""

    def send(self, person: int, key: str) -> Request:
        """Send an unfinished form."""

    def approve(self, person: int, claim: int, version: int) -> Request:
        """Approve the step that waits."""


@dataclass(frozen=True)
class Sizes:
    """How much is made and measured."""

    registers: tuple[int, ...] = (1_000, 100_000)
    waiting: int = 3_000
    paid: int = 50_000
    rounds: int = 5
    pages: int = 60
    sends: int = 60
    approvals: int = 160
    starts: int = 5
    races: int = 40
    profiled: int = 30
    hook_calls: int = 5_000


QUICK = Sizes(
    (SUBMITTERS,),
    waiting=60,
    paid=8,
    rounds=1,
    pages=3,
    sends=3,
    approvals=8,
    starts=1,
    races=2,
    profiled=2,
    hook_calls=10,
)


@dataclass
class Work:
    """Hands out work that is done only once: forms to send and claims to approve."""

    connection: psycopg.Connection
    region: Region
    waiting: int
    _forms: Iterator[int] = field(default_factory=lambda: count(1))
    _claims: Iterator[int] = field(default_factory=lambda: count(1))

    def pages(self, contender: Contender, number: int, after: int | None) -> list[Request]:
        """The same page of the register, read by the region's coordinator."""
        return [contender.experts(f"o{REGION}", after)] * number

    def forms(self, contender: Contender, number: int) -> list[Request]:
        """Unfinished forms of many people, each to be sent."""
        made = [(expert_person(1 + n % SUBMITTERS), f"f{n:031x}") for n in self._take(self._forms, number)]
        copy_rows(self.connection, Draft, [self._draft(*one) for one in made])
        self.connection.commit()
        return [contender.send(person, key) for person, key in made]

    def approvals(self, contender: Contender, number: int) -> list[Request]:
        """Waiting claims, each to be approved by the person whose turn it is."""
        found = self._claims_left(number)
        return [contender.approve(APPROVERS[n % CLIENTS], claim, 1) for n, claim in enumerate(found)]

    def claim(self) -> int:
        """One waiting claim."""
        return self._claims_left(1)[0]

    @staticmethod
    def _take(numbers: Iterator[int], number: int) -> list[int]:
        return [next(numbers) for _ in range(number)]

    def _claims_left(self, number: int) -> list[int]:
        found = self._take(self._claims, number)
        if found[-1] > self.waiting:
            raise RuntimeError(f"only {self.waiting} claims were made to wait")
        return found

    def _draft(self, person: int, key: str) -> dict[str, Any]:
        # Far from the ids the product gives to drafts of its own.
        return {
            "id": 1_000_000_000 + int(key[1:], 16), "organisation_id": self.region.payer.id,
            "person_id": person, "submit_key": key, "updated_at": now(),
            "data": {"tasks": [claims.typed(self.region, 1 + int(key[1:], 16) // SUBMITTERS)]},
        }  # fmt: skip


@dataclass
class Race:
    """What became of claims that eight people tried to approve at the same moment."""

    claims: int = 0
    accepted: int = 0
    conflicts: int = 0
    wrong: int = 0


def race(port: int, contender: Contender, work: Work, number: int) -> Race:
    """Let eight people approve one and the same claim at once, claim after claim, and check each."""
    found = Race()
    for claim in (work.claim() for _ in range(number)):
        answers = at_once(port, [contender.approve(person, claim, 1) for person in APPROVERS])
        accepted, conflicts = sum(answers[status] for status in ACCEPTED), answers[CONFLICT]
        right = (accepted, conflicts) == (1, CLIENTS - 1) and _one_step(work.connection, claim)
        found.claims += 1
        found.accepted += accepted
        found.conflicts += conflicts
        found.wrong += not right
    return found


def _one_step(connection: psycopg.Connection, claim: int) -> bool:
    """Whether the claim went exactly one step: version, events, approval and outbox agree."""
    row = connection.execute(
        """SELECT c.version, c.step_no, (SELECT count(*) FROM fees_claim_event e WHERE e.claim_id = c.id),
             (SELECT count(*) FROM fees_approval a WHERE a.claim_id = c.id AND a.undone_seq IS NULL),
             (SELECT count(*) FROM outbox o WHERE o.dedupe_key = 'claim:' || c.id || ':2')
           FROM fees_claim c WHERE c.id = %s""",
        [claim],
    ).fetchone()
    connection.commit()
    return row == (2, 2, 2, 1, 1)


def row_counts(connection: psycopg.Connection, tables: Sequence[str]) -> dict[str, int]:
    """How many rows stand in each table."""
    found: dict[str, int] = {}
    for table in tables:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        found[table] = row[0] if row else 0
    connection.commit()
    return found


def deep(experts: int) -> int:
    """An expert in the middle of the register."""
    return max(experts // 2, 1)
