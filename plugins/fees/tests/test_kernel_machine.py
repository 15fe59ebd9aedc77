"""Any order of any steps by anybody: whatever is refused or done, the ten invariants hold.

Hypothesis draws the steps. Examples share a database, each with claims of its own, so the books only grow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from plugins.fees.errors import ClaimNotFound, Conflict, FeeError
from plugins.fees.kernel.life_cycle import RULES
from plugins.fees.kernel.transition import transition
from plugins.fees.models import Claim, ClaimEvent
from plugins.fees.payroll.batches import batches_of, download, mark_paid, seal
from plugins.fees.sheet import SheetLine
from plugins.fees.states import BEING_DECIDED
from plugins.fees.verify import verify
from tests.support.payers import Payers

PEOPLE = ("aino", "outi", "lauri", "ylva", "penni", "paula", "saku", "veikko")
DESKS = (("school", "orderer"), ("school", "line_manager"), ("laukaa", "unit_head"))
BY_HAND = sorted(set(RULES) - {"seal", "send", "pay", "payroll_problem", "requeue"})
NEXT_IN_PAYROLL = {
    "approved": "seal",
    "in_batch": "download",
    "sent": "mark_paid",
    "payroll_problem": "requeue",
}
IN_PAYROLL = ("seal", "download", "mark_paid", "payroll_problem", "requeue")

sending = st.tuples(st.just("send"), st.integers(0, 3), st.integers(1, 4))
forward = st.tuples(st.just("forward"), st.integers(0, 3))
deviation = st.tuples(st.just("deviate"), st.sampled_from(BY_HAND), st.integers(0, 3))
anything = st.tuples(
    st.just("act"),
    st.sampled_from(BY_HAND),
    st.sampled_from(PEOPLE),
    st.integers(0, 3),
    st.booleans(),
)
payroll = st.tuples(st.just("payroll"), st.sampled_from(IN_PAYROLL), st.integers(0, 3))
one = st.one_of(*[forward] * 4, *[deviation] * 3, *[payroll] * 2, sending, anything)
steps = st.lists(one, min_size=25, max_size=40)
examples = count()


@dataclass
class Clients:
    """Everybody who uses the service, and what they were told."""

    payers: Payers
    name: str
    claims: list[int] = field(default_factory=list)
    work: dict[int, SheetLine] = field(default_factory=dict)
    told: list[tuple[int, int]] = field(default_factory=list)

    def do(self, what: str, *values: object) -> None:
        """One step; a refusal must have changed nothing, which `verify` finds out."""
        try:
            getattr(self, what)(*values)
        except (FeeError, Conflict, ClaimNotFound):
            return

    def send(self, key: int, lessons: int) -> None:
        """The same key again gives the same claims."""
        full_key = f"{self.name}-{key}"
        lesson = self.payers.lesson(lessons=lessons, day=self.payers.day_of(full_key))
        sent = self.payers.send(lesson, key=full_key)
        self.work |= dict.fromkeys(sent.claim_ids, lesson)
        self.claims += [claim_id for claim_id in sent.claim_ids if claim_id not in self.claims]

    def forward(self, which: int) -> None:
        """Whoever holds the claim does what is expected of them."""
        if not self.claims:
            self.send(0, 2)
        claim_id, _ = self._claim(which)
        with self.payers.anywhere() as session:
            state, step_no = session.execute(
                select(Claim.state, Claim.step_no).where(Claim.id == claim_id)
            ).one()
        if state in BEING_DECIDED:
            self.act("approve", ("outi", "lauri", "ylva")[step_no - 1], which, False)
        elif state == "returned":
            self.act("resend", "aino", which, False)
        elif state in NEXT_IN_PAYROLL:
            self.payroll(NEXT_IN_PAYROLL[state], which)

    def deviate(self, action: str, which: int) -> None:
        """The one who could does something else than expected."""
        claim_id, version = self._claim(which)
        with self.payers.anywhere() as session:
            step_no = session.scalars(select(Claim.step_no).where(Claim.id == claim_id)).one()
            last = session.get_one(ClaimEvent, (claim_id, version)).actor_id
        names = {person_id: name for name, person_id in self.payers.people.items()}
        holder = ("outi", "lauri", "ylva")[step_no - 1]
        who = {"withdraw": "aino", "resend": "aino", "move": "penni", "undo": names[last]}
        self.act(action, who.get(action, holder), which, False)

    def act(self, action: str, who: str, which: int, stale: bool) -> None:
        """Somebody tries something, perhaps on a page that is out of date."""
        claim_id, version = self._claim(which)
        desk_id = self.payers.desks[DESKS[which % len(DESKS)]]
        more = {"lines": [self.work[claim_id]]} if action == "resend" else {}
        moved = self.payers.move(
            claim_id, version - stale, action, who, text="because", desk_id=desk_id, **more
        )
        self.told.append((claim_id, moved.version))

    def payroll(self, action: str, which: int) -> None:
        """Payroll's page."""
        paula, laukaa = self.payers.people["paula"], self.payers.at["laukaa"]
        claim_id, version = self._claim(which) if action in RULES and action != "seal" else (0, 0)
        with self.payers.payroll("paula", "laukaa") as session:
            if action == "seal":
                seal(laukaa, paula)
            elif claim_id:
                moved = transition(claim_id, version, action, paula, text="no tax number")
                self.told.append((claim_id, moved.version))
            else:
                for batch in batches_of(session, laukaa)[:1]:
                    (download if action == "download" else mark_paid)(batch.id, paula)

    def _claim(self, which: int) -> tuple[int, int]:
        """One of the claims as a page that was just loaded shows it."""
        if not self.claims:
            raise ClaimNotFound(which)
        claim_id = self.claims[which % len(self.claims)]
        with self.payers.anywhere() as session:
            return claim_id, session.scalars(select(Claim.version).where(Claim.id == claim_id)).one()


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=steps)
def test_whatever_happens_the_invariants_hold(
    payers: Payers, kind: str, drawn: list[tuple[object, ...]]
) -> None:
    clients = Clients(payers, f"example-{next(examples)}")
    for what, *values in drawn:
        clients.do(str(what), *values)
    with payers.anywhere() as session:
        assert verify(session) == []
    assert len(set(clients.told)) == len(clients.told), "a step was acknowledged twice"
