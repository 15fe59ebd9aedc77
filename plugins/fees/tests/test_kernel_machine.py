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

from plugins.fees.batches import batches_of, download, mark_paid, seal
from plugins.fees.errors import ClaimNotFound, Conflict, FeeError
from plugins.fees.kernel.rules import RULES
from plugins.fees.kernel.transition import transition
from plugins.fees.models import Claim
from plugins.fees.verify import verify
from tests.support.payers import Payers

PEOPLE = ("aino", "outi", "lauri", "ylva", "penni", "paula", "saku", "veikko")
DESKS = (("school", "orderer"), ("school", "line_manager"), ("laukaa", "unit_head"))
BY_HAND = sorted(set(RULES) - {"seal", "send", "pay", "payroll_problem", "requeue"})
IN_PAYROLL = ("seal", "download", "mark_paid", "payroll_problem", "requeue")

sending = st.tuples(st.just("send"), st.integers(0, 3), st.integers(1, 4))
approving = st.tuples(
    st.just("act"),
    st.just("approve"),
    st.sampled_from(("outi", "lauri", "ylva")),
    st.integers(0, 3),
    st.just(False),
)
anything = st.tuples(
    st.just("act"),
    st.sampled_from(BY_HAND),
    st.sampled_from(PEOPLE),
    st.integers(0, 3),
    st.booleans(),
)
payroll = st.tuples(st.just("payroll"), st.sampled_from(IN_PAYROLL), st.integers(0, 3))
steps = st.lists(
    st.one_of(sending, approving, approving, approving, anything, payroll), min_size=5, max_size=40
)
examples = count()


@dataclass
class Clients:
    """Everybody who uses the service, and what they were told."""

    payers: Payers
    name: str
    claims: list[int] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def do(self, what: str, *values: object) -> None:
        """One step; a refusal must have changed nothing, which `verify` finds out."""
        try:
            getattr(self, what)(*values)
        except (FeeError, Conflict, ClaimNotFound):
            return

    def send(self, key: int, lessons: int) -> None:
        """The same key again gives the same claims."""
        lesson = self.payers.lesson(lessons=lessons)
        sent = self.payers.send(lesson, key=f"{self.name}-{key}")
        self.claims += [claim_id for claim_id in sent.claim_ids if claim_id not in self.claims]

    def act(self, action: str, who: str, which: int, stale: bool) -> None:
        """Somebody tries something, perhaps on a page that is out of date."""
        claim_id, version = self._claim(which)
        desk_id = self.payers.desks[DESKS[which % len(DESKS)]]
        moved = self.payers.move(claim_id, version - stale, action, who, text="because", desk_id=desk_id)
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
