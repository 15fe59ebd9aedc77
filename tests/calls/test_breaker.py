"""The breaker of a hook: shared by all processes, opened by failures, tried again after a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text

from config import TestConfig
from core import create_app
from core.database import types
from core.database.session import writing
from core.extensions import db
from core.modules.calling import guarding
from core.modules.calling.calls import ask, decide
from core.modules.gating.gate import current_gate
from core.modules.health import recording as health
from core.modules.health.breaker import Failure, record
from core.modules.models import HookHealth
from core.modules.spec.refusals import Refused
from core.modules.switching import instance
from core.testing.applications import close
from core.testing.databases import DatabaseUrls
from core.users.models import Person
from tests.calls.probing import Probed, add_probes

KEY = ("probe", "probe_count")


class Clock:
    """The clock of health and guard."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return types.now() + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    for module in (guarding, health):
        monkeypatch.setattr(module, "now", moved.now)
    return moved


@pytest.fixture
def other(probed: Probed, database: DatabaseUrls) -> Iterator[Probed]:
    """Another process's application on the same database, with the same plugins."""
    app = create_app(TestConfig(database_url=database.app, database_owner_url=database.owner))
    yield Probed(app, add_probes(app), probed.here)
    close(app)


class Counted:
    """A hook that counts its calls, and fails while it is told to."""

    def __init__(self, *of: Probed) -> None:
        self.calls, self.fails = 0, True
        for each in of:
            each.first.does["count"] = self

    def __call__(self, number: int) -> int:
        self.calls += 1
        if self.fails:
            raise ValueError("Sari Virtanen, 010190-123X")
        return number


def asked(probed: Probed) -> bool:
    """Whether the answer is known, asked in a request of its own."""
    with probed.app.app_context():
        (answer,) = ask("probe_count", modules=("probe",), number=1)
        return answer.known


def row(app: Flask) -> HookHealth:
    with app.app_context():
        found = db.session.scalars(select(HookHealth).where(HookHealth.module == "probe")).one()
        db.session.expunge(found)
        return found


def test_three_failures_open_it_for_every_process(probed: Probed, other: Probed, clock: Clock) -> None:
    hook = Counted(probed, other)
    assert [asked(probed), asked(other), asked(probed)] == [False] * 3
    assert hook.calls == 3
    hook.fails = False
    assert [asked(probed), asked(other)] == [False] * 2
    assert hook.calls == 3
    found = row(probed.app)
    assert (found.hook, found.failures, found.last_error) == (
        "probe_count",
        3,
        f"ValueError at test_breaker.py:{Counted.__call__.__code__.co_firstlineno + 3}",
    )
    assert found.last_reference


def test_after_a_while_one_call_is_a_trial(probed: Probed, other: Probed, clock: Clock) -> None:
    hook = Counted(probed, other)
    for _ in range(3):
        asked(probed)
    clock.ahead = timedelta(minutes=5, seconds=10)
    assert not asked(other)
    assert hook.calls == 4
    assert not asked(probed)  # the trial failed: open again
    assert hook.calls == 4
    clock.ahead *= 2
    hook.fails = False
    assert [asked(other), asked(probed), asked(other)] == [True] * 3
    assert row(probed.app).open_until is None
    hook.fails = True
    assert [asked(probed), asked(probed)] == [False] * 2
    assert row(probed.app).open_until is None  # a clean sheet: two failures do not open it


def test_only_one_thread_tries(probed: Probed, clock: Clock) -> None:
    Counted(probed)
    for _ in range(3):
        asked(probed)
    clock.ahead = timedelta(minutes=6)
    nested: list[bool] = []
    probed.first.does["count"] = lambda number: nested.append(asked(probed)) or 1
    assert asked(probed)
    assert nested == [False]


def test_failures_far_apart_do_not_open_it(probed: Probed, clock: Clock) -> None:
    hook = Counted(probed)
    for _ in range(6):
        asked(probed)
        clock.ahead += timedelta(minutes=6)
    assert hook.calls == 6
    assert row(probed.app).failures == 6


def test_the_second_plugin_goes_on(probed: Probed, clock: Clock) -> None:
    Counted(probed)
    for _ in range(4):
        asked(probed)
    with probed.app.app_context():
        assert [a.known for a in ask("probe_count", on=probed.here, number=1)] == [False, True]


def test_an_open_breaker_of_a_decide_hook_refuses_and_never_skips(probed: Probed, clock: Clock) -> None:
    calls: list[int] = []
    probed.first.does["may"] = lambda number: calls.append(number) or "wrong"

    def act() -> None:
        with writing() as session:
            session.add(Person(name="x", sort_key="x", created_at=types.now()))
            decide("probe_may", on=probed.here, number=1)

    for _ in range(5):
        with probed.app.app_context(), pytest.raises(Refused) as refused:
            act()
        assert refused.value.reference
    assert len(calls) == 3
    with probed.app.app_context():
        assert db.session.scalars(select(Person)).all() == []


def test_a_hang_opens_it_at_once(probed: Probed) -> None:
    hang = Failure(KEY, types.now(), "no answer after 30 s", "abc", hang=True)
    with probed.app.app_context(), writing() as session:
        record(session, [hang], {})
    hook = Counted(probed)
    assert not asked(probed)
    assert hook.calls == 0


def test_jobs_that_fail_do_not_open_it(probed: Probed) -> None:
    once = Failure(KEY, types.now(), "ValueError", "abc", counts=False)
    with probed.app.app_context(), writing() as session:
        record(session, [once] * 5, {})
    assert row(probed.app).open_until is None
    assert row(probed.app).failures == 5


def test_the_operator_closes_it(probed: Probed, other: Probed) -> None:
    hook = Counted(probed, other)
    for _ in range(3):
        asked(probed)
    with probed.app.app_context():
        with writing() as session:
            session.add(Person(id=1, name="Oona", sort_key="o", created_at=types.now()))
        instance.call_again(KEY, 1)
    hook.fails = False
    assert [asked(other), asked(probed)] == [True, True]


def test_a_disabled_module_is_off_everywhere_at_once(probed: Probed, other: Probed) -> None:
    with probed.app.app_context():
        with writing() as session:
            session.add(Person(id=1, name="Oona", sort_key="o", created_at=types.now()))
        instance.disable("probe", 1)
        instance.disable("probe", 1)
    for each in (probed, other):
        with each.app.app_context():
            assert current_gate().effective("probe", probed.here).state == "broken"
            assert [a.plugin.name for a in ask("probe_count", on=probed.here, number=1)] == ["second"]
            assert not ask("probe_count", modules=("probe",), number=1)[0].known
            with writing():
                decide("probe_may", on=probed.here, number=1)
    with probed.app.app_context():
        instance.enable("probe", 1)
        logged = db.session.execute(
            text("SELECT action FROM change_log WHERE record = 'core.module.probe' ORDER BY id")
        ).all()
    assert [action for (action,) in logged] == ["disable", "enable"]
    assert asked(other)


def test_nobody_waits_for_the_writing_and_nothing_is_lost(probed: Probed, database: DatabaseUrls) -> None:
    Counted(probed)
    engine = create_engine(database.owner)
    with engine.connect() as blocker:
        if database.kind == "sqlite":
            blocker.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            blocker.execute(text("LOCK TABLE hook_health IN EXCLUSIVE MODE"))
        begun = time.monotonic()
        for _ in range(3):
            asked(probed)
        assert time.monotonic() - begun < 5
        blocker.rollback()
    engine.dispose()
    with probed.app.app_context():
        pass
    assert row(probed.app).failures == 3
    assert row(probed.app).calls == 3
    assert not asked(probed)
    assert row(probed.app).failures == 3


def test_times_are_written_at_most_once_a_minute(probed: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(probed)
    with probed.app.app_context():
        assert db.session.scalars(select(HookHealth)).all() == []
    monkeypatch.setattr(health, "TIMES_EVERY_SECONDS", 0.0)
    assert asked(probed)
    found = row(probed.app)
    assert found.calls == 2
    assert found.total_us >= found.slowest_us >= 0
    assert asked(probed)
    assert row(probed.app).calls == 3


def test_a_forked_process_does_not_repeat_its_parent(probed: Probed) -> None:
    own = probed.app.extensions["kokemussilta.health"]
    own.timed(KEY, 1.0)
    health._begin_all()
    assert own._times == {}
