"""A hook that hangs, in the product as it is served: its process ends and another goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.database.session import writing
from core.database.types import now
from core.demo.serve import was_ended
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.health.watchdog import EXIT_CODE
from core.modules.models import HookHealth, ModuleState
from core.outbox import services
from core.outbox.models import OutboxRow
from core.testing.databases import DatabaseUrls
from core.testing.visitors import Answer, Visitor, send, visitor, visitor_of_token
from core.users.services import create_account, create_person
from tests.calls.installing import install
from tests.support.live import OVER_AGE
from tests.support.server import LiveServer, run_worker, serving
from tests.users.conftest import PASSWORD, House, address

AGE = 3  # seconds
HANGER = """
    import time
    from core.api import Plugin, hookimpl


    class Hanger(Plugin):
        name = "hanger"
        version = "1.0"
        label = description = "Hanger"

        @hookimpl
        def blockers(self, organisation_ids):
            while True:
                time.sleep(0.1)  # the line that hangs


        @hookimpl
        def register_handlers(self):
            return {"hanger.hangs": self.hangs, "hanger.eats": self.eats, "hanger.works": lambda row: None}

        def hangs(self, row):
            time.sleep(3600)

        def eats(self, row):
            self.eaten = [bytearray(64 * 1024 * 1024) for _ in range(100)]


    plugin = Hanger()
"""
OFF = "/o/laukaa/modules/hanger/off"


@pytest.fixture
def house(app: Flask) -> House:
    """The small region, with the module that hangs switched on in Laukaa."""
    with app.app_context():
        built = House()
        with writing() as session:
            row = ModuleState(module="hanger", organisation_id=built.laukaa, required=False, blocked=False)
            row.state, row.changed_at = "on", now()
            session.add(row)
            raise_epoch(session)
        db.session.remove()
        return built


@pytest.fixture
def operator(app: Flask) -> Visitor:
    with app.app_context():
        person_id = create_person("Oona Operaattori", language="en")
        create_account(person_id, "oona@laukaa.example", actor_id=None, is_operator=True)
        db.session.remove()
    return visitor(app, person_id)


@pytest.fixture
def server(house: House, database: DatabaseUrls, tmp_path: Path) -> Iterator[LiveServer]:
    install(tmp_path, "hanger", HANGER)
    environment = {"PYTHONPATH": str(tmp_path), OVER_AGE: str(AGE)}
    with serving(database, tmp_path, workers=2, environment=environment) as started:
        yield started


def enqueue(app: Flask, organisation_id: int, *kinds: str) -> None:
    with app.app_context(), writing() as session:
        for kind in kinds:
            services.enqueue(
                session, kind, kind, module="hanger", organisation_id=organisation_id, payload={}
            )


def row(app: Flask, kind: str) -> OutboxRow:
    with app.app_context():
        found = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind)).one()
        db.session.expunge(found)
        return found


def test_a_job_that_hangs_ends_its_worker_and_the_next_one_goes_on(
    app: Flask, house: House, database: DatabaseUrls, tmp_path: Path
) -> None:
    install(tmp_path, "hanger", HANGER)
    enqueue(app, house.laukaa, "hanger.hangs", "hanger.works")
    assert run_worker(database, tmp_path, JOB_MAX_SECONDS=str(AGE)) == EXIT_CODE
    deadline = time.monotonic() + 60
    while (health := failures(app)) == [] and time.monotonic() < deadline:
        time.sleep(0.2)
    assert [(h.module, h.hook, h.open_until is not None) for h in health] == [
        ("hanger", "hanger.hangs", True)
    ]
    assert health[0].last_error is not None
    assert health[0].last_error.startswith(f"no answer after {AGE}")
    with app.app_context(), writing() as session:
        session.execute(update(OutboxRow).values(lease_until=None))  # instead of waiting for a minute
    assert run_worker(database, tmp_path, "--once", JOB_MAX_SECONDS=str(AGE)) == 0
    assert [row(app, f"hanger.{kind}").state for kind in ("hangs", "works")] == ["pending", "done"]


def failures(app: Flask) -> list[HookHealth]:
    with app.app_context():
        found = list(db.session.scalars(select(HookHealth).where(HookHealth.failures > 0)))
        for each in found:
            db.session.expunge(each)
        return found


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_job_that_eats_memory_fails_and_is_named(
    app: Flask, house: House, database: DatabaseUrls, tmp_path: Path
) -> None:
    install(tmp_path, "hanger", HANGER)
    enqueue(app, house.laukaa, "hanger.eats", "hanger.works")
    assert run_worker(database, tmp_path, "--once", WORKER_MEMORY_MIB="400") == 0
    bad = row(app, "hanger.eats")
    assert (bad.state, bad.attempts, row(app, "hanger.works").state) == ("pending", 1, "done")
    assert bad.last_error is not None
    assert bad.last_error.startswith("MemoryError at __init__.py:")
    assert bad.last_error.endswith("the worker's limit is 400 MiB")
    assert [(h.module, h.hook) for h in failures(app)] == [("hanger", "hanger.eats")]


def tried(request: Callable[[], Answer]) -> Answer:
    """The answer; status 0 where the process ended without one."""
    try:
        return request()
    except OSError:
        return Answer(0, "")


def until(wanted: Callable[[Answer], bool], request: Callable[[], Answer], seconds: float) -> float:
    """How long it takes until the answer is as wanted."""
    begun = time.monotonic()
    while not wanted(found := tried(request)):
        assert time.monotonic() - begun < seconds, (found.status, found.body[-2000:])
        time.sleep(0.2)
    return time.monotonic() - begun


def test_a_hook_that_hangs_within_a_transaction(
    app: Flask, house: House, operator: Visitor, server: LiveServer
) -> None:
    """It holds the write lock of SQLite, which signing in needs too."""
    penni = visitor(app, house.penni)
    outi = visitor_of_token(app, house.outi, None)
    login = {"email": address("Outi Omenapolku"), "password": PASSWORD}
    begun = time.monotonic()
    assert tried(lambda: send(server.port, penni, "POST", OFF)).status == 0  # its process ended
    until(lambda a: a.status == 303, lambda: send(server.port, outi, "POST", "/sign-in", login), 60)
    assert time.monotonic() - begun < 60

    def names_it(answer: Answer) -> bool:
        return all(word in answer.body for word in ("hanger", "blockers", "no answer after"))

    until(names_it, lambda: send(server.port, operator, "GET", "/operator"), 60)
    again = send(server.port, penni, "POST", OFF)  # not called for now: an unknown answer, at once
    assert again.status == 303
    said = [json.loads(line) for line in server.log.read_text().splitlines() if "over age" in line]
    assert len(said) == 1
    assert (said[0]["plugin"], said[0]["hook"], said[0]["what"]) == ("hanger", "blockers", f"POST {OFF}")
    assert said[0]["place"].startswith("__init__.py:")
    assert said[0]["seconds"] >= AGE


@pytest.mark.parametrize(
    ("code", "again"), [(EXIT_CODE, True), (-9, True), (0, False), (1, False), (None, False)]
)
def test_the_demonstration_starts_its_worker_again_when_it_was_ended(code: int | None, again: bool) -> None:
    assert was_ended(code) is again
