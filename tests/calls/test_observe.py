"""Observe hooks, and what the worker does with bad work: it is counted, waits, and harms nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database import types
from core.database.session import writing
from core.extensions import db
from core.modules.calling import guarding
from core.modules.calling.calls import observe
from core.modules.health import recording as health
from core.modules.health.breaker import Failure, record
from core.modules.models import HookHealth
from core.modules.switching import instance
from core.outbox import services
from core.outbox.models import OutboxRow
from core.outbox.worker import run_once
from core.users.models import Person
from tests.calls.probing import Probed

KEY = "thing:1"


class Clock:
    """The clock of outbox, health and guard."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return types.now() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    for module in (guarding, health, services):
        monkeypatch.setattr(module, "now", moved.now)
    return moved


def tell(probed: Probed, key: str = KEY) -> None:
    with probed.app.app_context(), writing() as session:
        observe(session, "probe_seen", on=probed.here, key=key, number=7)


def rows(probed: Probed) -> dict[str, OutboxRow]:
    """The outbox by dedupe key."""
    with probed.app.app_context():
        found = db.session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
        for row in found:
            db.session.expunge(row)
        return {row.dedupe_key: row for row in found}


def put(probed: Probed, kind: str = "probe.work", key: str = "a") -> None:
    with probed.app.app_context(), writing() as session:
        here = probed.here
        services.enqueue(session, kind, key, module="probe", organisation_id=here, payload={})


def handler(probed: Probed, act: Any) -> None:
    probed.app.extensions["kokemussilta.host"].healthy["probe"].handlers["probe.work"] = act


def test_each_listener_hears_once_after_the_commit(probed: Probed) -> None:
    heard: list[tuple[str, int]] = []
    for name, probe in probed.probes.items():
        probe.does["seen"] = lambda number, name=name: heard.append((name, number))
    with probed.app.app_context(), writing() as session:
        observe(session, "probe_seen", on=probed.here, key=KEY, number=7)
        session.rollback()
    assert rows(probed) == {}
    tell(probed)
    tell(probed)
    assert heard == []
    assert sorted(rows(probed)) == ["thing:1:probe", "thing:1:second"]
    assert [run_once(probed.app), run_once(probed.app)] == [2, 0]
    assert heard == [("probe", 7), ("second", 7)]
    assert {row.state for row in rows(probed).values()} == {"done"}


def test_a_failure_delays_only_that_plugin(probed: Probed, clock: Clock) -> None:
    def half(number: int) -> None:
        db.session.add(Person(name="half", sort_key="h", created_at=types.now()))
        db.session.flush()
        raise ValueError("Sari Virtanen")

    probed.first.does["seen"] = half
    tell(probed)
    run_once(probed.app)
    found = rows(probed)
    assert [found[f"{KEY}:{n}"].state for n in ("probe", "second")] == ["pending", "done"]
    bad = found[f"{KEY}:probe"]
    assert bad.attempts == 1
    assert bad.last_error is not None
    assert bad.last_error.startswith("ValueError at test_observe.py:")
    with probed.app.app_context():
        assert db.session.scalars(select(Person)).all() == []
    probed.first.does.clear()
    clock.ahead = timedelta(minutes=2)
    run_once(probed.app)
    assert rows(probed)[f"{KEY}:probe"].state == "done"


def test_an_open_breaker_keeps_the_rows(probed: Probed, clock: Clock) -> None:
    probed.first.does["seen"] = lambda _number: "wrong"
    for number in range(4):
        tell(probed, f"thing:{number}")
        run_once(probed.app)
    found = [rows(probed)[f"thing:{number}:probe"] for number in range(4)]
    assert [row.attempts for row in found] == [1, 1, 1, 0]
    assert found[3].last_error is None
    probed.first.does.clear()
    clock.ahead = timedelta(minutes=20)
    run_once(probed.app)
    assert {row.state for row in rows(probed).values()} == {"done"}


def test_the_gate_is_asked_again_before_the_run(probed: Probed, clock: Clock) -> None:
    with probed.app.app_context(), writing() as session:
        session.add(Person(id=1, name="Oona", sort_key="o", created_at=types.now()))
    tell(probed)
    with probed.app.app_context():
        instance.disable("probe", 1)
    run_once(probed.app)
    assert rows(probed)[f"{KEY}:probe"].attempts == 0
    with probed.app.app_context():
        instance.enable("probe", 1)
    clock.ahead = timedelta(minutes=6)
    run_once(probed.app)
    assert {row.state for row in rows(probed).values()} == {"done"}


def test_a_module_that_is_off_is_not_told(probed: Probed) -> None:
    with probed.app.app_context():
        with writing() as session:
            session.add(Person(id=1, name="Oona", sort_key="o", created_at=types.now()))
        instance.disable("probe", 1)
    tell(probed)
    assert list(rows(probed)) == [f"{KEY}:second"]


def test_a_job_without_memory_names_module_kind_and_limit(probed: Probed) -> None:
    from dataclasses import replace

    def eats(_row: object) -> None:
        raise MemoryError

    config = probed.app.config["KOKEMUSSILTA"]
    probed.app.config["KOKEMUSSILTA"] = replace(config, worker_memory_mib=256)
    handler(probed, eats)
    put(probed)
    assert run_once(probed.app) == 1
    row = rows(probed)["a"]
    assert (row.state, row.attempts) == ("pending", 1)
    assert row.last_error is not None
    assert "MemoryError" in row.last_error
    assert "the worker's limit is 256 MiB" in row.last_error
    with probed.app.app_context():
        found = db.session.scalars(select(HookHealth)).one()
        assert (found.module, found.hook, found.failures) == ("probe", "probe.work", 1)
        assert found.last_error == row.last_error
        assert found.open_until is None


def test_work_of_a_kind_that_hung_waits_and_comes_back(probed: Probed, clock: Clock) -> None:
    done: list[int] = []
    handler(probed, lambda row: done.append(row.id))
    hang = Failure(("probe", "probe.work"), clock.now(), "no answer after 300 s", "abc", hang=True)
    with probed.app.app_context(), writing() as session:
        record(session, [hang], {})
    put(probed)
    run_once(probed.app)
    assert done == []
    assert rows(probed)["a"].attempts == 0
    clock.ahead = timedelta(minutes=6)
    run_once(probed.app)
    assert len(done) == 1
    with probed.app.app_context():
        assert db.session.scalars(select(HookHealth.open_until)).one() is None


def test_a_row_whose_worker_ended_is_taken_alone_and_given_up_at_last(probed: Probed, clock: Clock) -> None:
    for key in ("bad", "good", "late"):
        put(probed, key=key)
    with probed.app.app_context():
        assert len(services.take(db.session(), 20)) == 3  # and its worker is killed by the first of them
    clock.ahead += timedelta(seconds=61)
    with probed.app.app_context():
        (again,) = services.take(db.session(), 20)  # alone: the others are not in danger
    bad = rows(probed)["bad"]
    assert again.id == bad.id
    assert (bad.attempts, bad.last_error) == (1, services.ENDED)
    handler(probed, lambda row: None)
    assert [run_once(probed.app), run_once(probed.app)] == [1, 1]
    assert [rows(probed)[key].state for key in ("good", "late")] == ["done", "done"]
    for _ in range(40):
        clock.ahead += timedelta(hours=7)
        with probed.app.app_context():
            services.take(db.session(), 20)
    bad = rows(probed)["bad"]
    assert (bad.state, bad.attempts, bad.last_error) == ("failed", 12, services.ENDED)


def test_rows_that_cannot_be_done_do_not_hold_up_others_of_their_kind(probed: Probed) -> None:
    """One bad row after another says nothing of the kind of work: its breaker stays closed."""
    done: list[str] = []

    def work(row: OutboxRow) -> None:
        if row.dedupe_key.endswith("good"):
            done.append(row.dedupe_key)
        else:
            raise ValueError(row.dedupe_key)

    handler(probed, work)
    for key in ("a", "b", "c", "d", "good"):
        put(probed, key=key)
    run_once(probed.app)
    assert len(done) == 1
    with probed.app.app_context():
        assert db.session.scalars(select(HookHealth.open_until)).all() == [None]
