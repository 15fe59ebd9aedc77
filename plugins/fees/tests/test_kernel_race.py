"""Many clients decide one step at once: one wins, the others are told who was first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from plugins.fees.errors import Conflict
from plugins.fees.kernel import transition as transitions
from plugins.fees.kernel import writes
from plugins.fees.verify import verify
from tests.support.payers import Payers

CLIENTS = 8


def race(payers: Payers, claim_id: int) -> list[Conflict | None]:
    """What each client got: None for the one that decided."""
    ready = Barrier(CLIENTS)

    def click(_: int) -> Conflict | None:
        ready.wait(timeout=30)
        try:
            payers.move(claim_id, 1, "approve", "outi")
        except Conflict as conflict:
            return conflict
        return None

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(click, range(CLIENTS)))


@pytest.mark.parametrize("guarded", [True, False], ids=["guard", "unique keys alone"])
def test_one_of_many_decides(payers: Payers, monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    monkeypatch.setattr(writes, "MOVE_CLAIMS", writes.move_statement(guarded=guarded))
    claim_id = payers.send().claim_ids[0]
    results = race(payers, claim_id)
    lost = [result for result in results if result is not None]
    assert len(lost) == CLIENTS - 1
    assert {(one.who, one.decision, one.state) for one in lost} == {("Outi", "approve", "in_approval")}
    with payers.anywhere() as session:
        assert verify(session) == []


def test_sending_one_sheet_many_times_at_once_is_one_sheet(payers: Payers) -> None:
    ready = Barrier(CLIENTS)

    def send(client: int) -> tuple[str, str]:
        ready.wait(timeout=30)
        same = payers.send(key="same")
        return same.number, payers.send(key=f"own-{client}").number

    with ThreadPoolExecutor(CLIENTS) as pool:
        numbers = list(pool.map(send, range(CLIENTS)))
    assert len({same for same, _ in numbers}) == 1
    assert len({own for _, own in numbers}) == CLIENTS
    with payers.anywhere() as session:
        assert verify(session) == []


# SQLite's writers stand in line: nobody commits between two reads there.
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_commit_between_two_reads_is_a_conflict_too(
    payers: Payers, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    claim_id = payers.send().claim_ids[0]
    read = transitions.situations

    def late(*arguments: Any) -> Any:
        monkeypatch.setattr(transitions, "situations", read)
        with ThreadPoolExecutor(1) as other:
            other.submit(payers.move, claim_id, 1, "approve", "outi").result()
        return read(*arguments)

    monkeypatch.setattr(transitions, "situations", late)
    with pytest.raises(Conflict):
        payers.move(claim_id, 1, "approve", "outi")
