"""The measurement runs, and both sides do the same work. No time is asserted here."""

from __future__ import annotations

from sqlalchemy import create_engine

from bench import inside
from bench.__main__ import filled, run
from bench.jobs import ACCEPTED, QUICK
from bench.limit import Limit
from core.testing.postgres import PostgresServer
from plugins.fees.verify import verify


def test_a_small_run_measures_every_job_on_both_sides(postgres_server: PostgresServer) -> None:
    said: list[str] = []
    results = run(postgres_server, QUICK, said.append)
    assert [result.job[:2] for result in results] == ["W1", "W1", "W4", "W5"]
    assert all(result.raw.median > 0 and result.ours.median > 0 for result in results)
    text = "\n".join(said)
    assert text.count(f"{QUICK.races} claims, {QUICK.races} accepted, {7 * QUICK.races} told") == 2
    assert text.count(" 0 wrong") == 2
    assert "hooks, processor time a call: bare pluggy" in text
    for table in ("fees_claim_line +3", "fees_claim_step +3", "fees_receipt +1", "fees_draft -1"):
        assert table in text


def test_what_the_raw_side_writes_keeps_every_invariant(postgres_server: PostgresServer) -> None:
    sizes = QUICK
    with (
        filled(postgres_server, sizes, sizes.registers[0], with_claims=True) as (urls, work),
        inside.raw_application(urls.app) as raw,
    ):
        limit = Limit(urls)
        for request in (*work.forms(limit, 2), *work.approvals(limit, 2)):
            inside.call(raw, request, ACCEPTED)
        engine = create_engine(urls.owner)
        found = [violation for violation in verify(engine) if violation.number != 8]
        engine.dispose()
    assert found == []
