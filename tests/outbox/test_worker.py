"""The worker: every row at least once, in its scope, where its module is on, and nothing half-written."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.modules.spec.values import Handler
from core.outbox import services
from core.outbox.models import Notice, OutboxRow
from core.outbox.notices import notify
from core.outbox.worker import run_forever, run_once
from core.scope import JobScope
from core.users.models import Person
from tests.outbox.support import MODULE, Clock, put, row_of, switch, together

Handlers = dict[str, Handler]


def test_a_row_is_handled_once_in_the_scope_of_its_organisation(
    app: Flask, handlers: Handlers, organisation: int
) -> None:
    seen: list[object] = []
    handlers["probe.work"] = lambda row: seen.append((row.payload, db.session().info["scope"]))
    put(app, "a", organisation)
    assert [run_once(app), run_once(app)] == [1, 0]
    assert seen == [({"id": 1}, JobScope(organisation))]
    assert row_of(app, "a").state == "done"


def test_nothing_runs_before_its_time(app: Flask, handlers: Handlers, clock: Clock) -> None:
    handlers["probe.work"] = lambda row: None
    with app.app_context(), writing() as session:
        later = clock.now() + timedelta(hours=1)
        services.enqueue(session, "probe.work", "a", module=MODULE, payload={}, at=later)
    assert run_once(app) == 0
    clock.forward(hours=2)
    assert run_once(app) == 1


def test_a_handler_that_fails_leaves_nothing_and_is_tried_again(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock
) -> None:
    def half(row: OutboxRow) -> None:
        with writing() as session:
            session.add(Person(name="x", sort_key="x", created_at=clock.now()))
            session.flush()
        raise ValueError("Sari Virtanen, 0400 123")

    handlers["probe.work"] = half
    put(app, "a", organisation)
    run_once(app)
    row = row_of(app, "a")
    assert (row.state, row.attempts, row.lease_until) == ("pending", 1, None)
    assert row.last_error is not None
    assert row.last_error.startswith("ValueError at test_worker.py:")
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Person)) == 0
    handlers["probe.work"] = lambda row: None
    assert run_once(app) == 0
    clock.forward(minutes=2)
    assert run_once(app) == 1
    assert row_of(app, "a").state == "done"


def test_one_bad_row_does_not_hold_up_the_others(app: Flask, handlers: Handlers, organisation: int) -> None:
    def bad(row: OutboxRow) -> None:
        raise SystemExit(3)

    handlers |= {"probe.bad": bad, "probe.work": lambda row: None}
    put(app, "bad", organisation, "probe.bad")
    put(app, "unknown", organisation, "probe.unknown")
    put(app, "good", organisation)
    assert run_once(app) == 3
    assert [row_of(app, key).state for key in ("bad", "unknown", "good")] == ["pending", "pending", "done"]


class Leaving(BaseException):
    """Neither an error nor an exit: what some libraries end their own tasks with."""


@pytest.mark.parametrize("raised", [Leaving, GeneratorExit, SystemExit])
def test_whatever_a_handler_raises_counts_and_the_next_row_goes_on(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock, raised: type[BaseException]
) -> None:
    def bad(row: OutboxRow) -> None:
        raise raised

    handlers |= {"probe.bad": bad, "probe.work": lambda row: None}
    put(app, "bad", organisation, "probe.bad")
    put(app, "good", organisation)
    assert run_once(app) == 2
    row = row_of(app, "bad")
    assert (row.state, row.attempts, row.lease_until) == ("pending", 1, None)
    assert (row.last_error or "").startswith(f"{raised.__name__} at test_worker.py:")
    assert row_of(app, "good").state == "done"
    for _ in range(services.MAX_ATTEMPTS):
        clock.forward(hours=7)
        run_once(app)
    assert (row_of(app, "bad").state, row_of(app, "bad").attempts) == ("failed", services.MAX_ATTEMPTS)


def test_an_interrupt_ends_the_worker_and_counts_when_the_row_is_taken_again(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock
) -> None:
    def interrupted(row: OutboxRow) -> None:
        raise KeyboardInterrupt

    handlers["probe.work"] = interrupted
    put(app, "a", organisation)
    with pytest.raises(KeyboardInterrupt):
        run_once(app)
    assert row_of(app, "a").attempts == 0
    clock.forward(seconds=61)
    with pytest.raises(KeyboardInterrupt):
        run_once(app)
    assert (row_of(app, "a").attempts, row_of(app, "a").last_error) == (1, services.ENDED)
    for _ in range(40):
        clock.forward(hours=7)
        with suppress(KeyboardInterrupt):
            run_once(app)
    assert (row_of(app, "a").state, row_of(app, "a").attempts) == ("failed", services.MAX_ATTEMPTS)


def test_gives_up_after_a_day_and_retries_by_hand(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock
) -> None:
    tries: list[int] = []
    handlers["probe.work"] = lambda row: tries.append(1 // 0)
    put(app, "a", organisation)
    waits = [timedelta()]
    while (row := row_of(app, "a")).state == "pending":
        clock.forward(seconds=(row.next_at - clock.now()).total_seconds() + 1)
        before = clock.now()
        run_once(app)
        waits.append(row_of(app, "a").next_at - before)
    assert (row.state, row.attempts) == ("failed", 12)
    assert all(timedelta(seconds=59) < wait <= timedelta(hours=6) for wait in waits[1:])
    assert sum(waits[1:-1], timedelta()) > timedelta(hours=24)
    with app.app_context():
        assert [r.dedupe_key for r in services.failed(db.session())] == ["a"]
        assert not services.retry(row.id + 1)
        assert services.retry(row.id)
    handlers["probe.work"] = lambda row: None
    assert run_once(app) == 1
    assert row_of(app, "a").state == "done"
    with app.app_context():
        assert not services.retry(row.id)


def test_off_keeps_the_row_and_on_runs_it(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock
) -> None:
    ran: list[int] = []
    handlers["probe.work"] = lambda row: ran.append(row.id)
    put(app, "a", organisation)
    switch(app, organisation, "off")
    for _ in range(20):
        run_once(app)
        clock.forward(minutes=6)
    row = row_of(app, "a")
    assert (ran, row.state, row.attempts) == ([], "pending", 0)
    switch(app, organisation, "closing")
    run_once(app)
    assert ran == [row.id]


def test_a_broken_module_keeps_its_rows(
    app: Flask, handlers: Handlers, organisation: int, clock: Clock
) -> None:
    handlers["probe.work"] = lambda row: None
    put(app, "a", organisation)
    put(app, "b")
    healthy = app.extensions["kokemussilta.host"].healthy
    broken = healthy.pop(MODULE)
    app.extensions.pop("kokemussilta.gate", None)
    assert run_once(app) == 2
    assert [(r.state, r.attempts) for r in (row_of(app, "a"), row_of(app, "b"))] == [("pending", 0)] * 2
    healthy[MODULE] = broken
    app.extensions.pop("kokemussilta.gate")
    clock.forward(minutes=6)
    run_once(app)
    assert [row_of(app, key).state for key in ("a", "b")] == ["done", "done"]


def test_two_workers_never_take_the_same_row(app: Flask, handlers: Handlers, organisation: int) -> None:
    handled: Counter[int] = Counter()
    together_at = threading.Barrier(2)

    def work(row: OutboxRow) -> None:
        handled[row.id] += 1
        notify(db.session(), person_id=1, dedupe_key=f"n:{row.id}", text="t", link="/me")

    def worker() -> None:
        together_at.wait()
        while run_once(app, limit=3):
            pass

    with app.app_context(), writing() as session:
        session.add(Person(id=1, name="x", sort_key="x", created_at=now()))
    handlers["probe.work"] = work
    for number in range(30):
        put(app, f"row:{number}", organisation)
    together(worker, worker)
    assert sorted(handled.values()) == [1] * 30
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Notice)) == 30


def test_a_row_taken_over_is_left_to_who_took_it(app: Flask, handlers: Handlers, clock: Clock) -> None:
    put(app, "a")
    with app.app_context():
        (first,) = services.take(db.session(), 20)
        assert services.take(db.session(), 20) == []
        clock.forward(seconds=61)
        (second,) = services.take(db.session(), 20)
        with writing() as session:
            assert services.held_row(session, first) is None
            assert services.held_row(session, second) is not None


@pytest.fixture
def signals() -> Iterator[None]:
    held = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in held.items():
        signal.signal(number, handler)


def test_sigterm_finishes_the_row_in_hand_and_gives_back_the_rest(
    app: Flask, handlers: Handlers, organisation: int, signals: None
) -> None:
    handlers["probe.work"] = lambda row: os.kill(os.getpid(), signal.SIGTERM)
    put(app, "a", organisation)
    put(app, "b", organisation)
    result = app.test_cli_runner().invoke(args=["worker"])
    assert result.exit_code == 0, result.output
    rows = [row_of(app, key) for key in ("a", "b")]
    assert [(row.state, row.lease_until) for row in rows] == [("done", None), ("pending", None)]


def test_a_database_that_is_away_is_waited_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    from core.outbox import worker

    stop = threading.Event()
    calls: list[int] = []

    def away(app: Flask, stop: threading.Event) -> int:
        calls.append(1)
        if len(calls) == 3:
            stop.set()
        raise OperationalError("select", {}, Exception("away"))

    monkeypatch.setattr(worker, "run_once", away)
    monkeypatch.setattr(worker, "DATABASE_PAUSE_SECONDS", 0.001)
    run_forever(app, stop=stop)
    assert len(calls) == 3


def test_commands_list_and_retry(app: Flask, handlers: Handlers, organisation: int) -> None:
    handlers["probe.work"] = lambda row: None
    put(app, "claim:1:1", organisation)
    with app.app_context(), writing() as session:
        row = session.scalars(select(OutboxRow)).one()
        row.state, row.attempts, row.last_error = "failed", 12, "ValueError at x.py:1"
    runner = app.test_cli_runner()
    assert "claim:1:1  attempts 12  ValueError at x.py:1" in runner.invoke(args=["outbox", "list"]).output
    assert "will be tried again" in runner.invoke(args=["outbox", "retry", "--all"]).output
    assert "oldest undelivered" in runner.invoke(args=["outbox", "list"]).output
    assert "no such" in runner.invoke(args=["outbox", "retry", "99999"]).output


def test_what_was_given_up_is_put_aside_and_the_log_says_so(
    app: Flask, handlers: Handlers, organisation: int, caplog: pytest.LogCaptureFixture
) -> None:
    handlers["probe.work"] = lambda row: None
    for key in ("given up", "waits"):
        put(app, key, organisation)
    with app.app_context(), writing() as session:
        session.scalars(select(OutboxRow).filter_by(dedupe_key="given up")).one().state = "failed"
    given_up, waits = row_of(app, "given up"), row_of(app, "waits")
    runner, numbers = app.test_cli_runner(), [str(given_up.id), str(waits.id)]
    assert runner.invoke(args=["outbox", "drop", *numbers], input="n\n").exit_code == 1
    assert row_of(app, "given up").state == "failed"
    answer = runner.invoke(args=["outbox", "drop", "--yes", *numbers])
    assert answer.output.splitlines() == [f"{numbers[0]}: put aside", f"{numbers[1]}: no such row given up"]
    assert [row_of(app, key).state for key in ("given up", "waits")] == ["dropped", "pending"]
    (line,) = [record for record in caplog.records if record.getMessage() == "work put aside"]
    assert (vars(line)["row"], vars(line)["key"], vars(line)["owner"]) == (given_up.id, "given up", MODULE)
    assert run_once(app) == 1
    assert row_of(app, "given up").state == "dropped"
    assert "will be tried again" in runner.invoke(args=["outbox", "retry", numbers[0]]).output


def test_worker_once_does_what_is_due_and_ends(
    app: Flask, handlers: Handlers, organisation: int, signals: None
) -> None:
    handlers["probe.work"] = lambda row: None
    for number in range(25):
        put(app, f"row:{number}", organisation)
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    assert row_of(app, "row:24").state == "done"
