"""Bad plugins that only show in the product as it is served: one that hangs, one that eats the memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest
from werkzeug.test import Client

from core.database.session import writing
from core.outbox.services import enqueue
from core.testing.applications import application
from core.testing.databases import DatabaseUrls
from tests.calls.installing import install
from tests.support.live import OVER_AGE
from tests.support.region import LoadedRegion
from tests.support.server import run_worker, serving
from tests.zoo.over_http import client_of
from tests.zoo.story import EXPERT, NEW, PAYER, SECONDS, Story

AGE = 2  # seconds
BAD = """
    import time
    from core.api import Plugin, hookimpl


    class Bad(Plugin):
        name = "bad"
        version = "1.0"
        label = description = "Bad"

        @hookimpl
        def register_handlers(self):
            return {{"bad.eats": lambda row: [bytearray(64 * 1024 * 1024) for _ in range(100)]}}

        {hook}


    plugin = Bad()
"""
HANGS = "@hookimpl(optionalhook=True)\n        def {}:\n            time.sleep(3600)"
ASKED = HANGS.format("fees_claimable_work(self, person_id)")
DECIDES = HANGS.format("fees_may_move(self, move)")
HARMLESS = ""
ALSO_FULL = ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)]


@dataclass
class Served(Story):
    """The story over HTTP."""

    def client(self) -> Client:
        return client_of(self.port)


def until(done: Callable[[], object], deadline: float) -> None:
    """Try again as long as the server hangs up or answers that it is busy."""
    while True:
        try:
            done()
            return
        except (OSError, HTTPException, RuntimeError, LookupError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def hung_up(request: Callable[[], object]) -> None:
    with pytest.raises((ConnectionError, HTTPException)):
        request()


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)], indirect=True
)
def test_a_question_that_hangs(urls: DatabaseUrls, tmp_path: Path) -> None:
    install(tmp_path, "bad", BAD.format(hook=ASKED))
    environment = {"PYTHONPATH": str(tmp_path), OVER_AGE: str(AGE)}
    with (
        application(urls, demo=True) as app,
        serving(urls, tmp_path, workers=2, environment=environment) as server,
    ):
        story = Served(LoadedRegion(app, urls), "bad", base_url=server.url, port=server.port)
        story.prepare()
        aino, begun = story.who(EXPERT), time.monotonic()
        hung_up(lambda: aino.open(NEW))
        until(story.whole, begun + SECONDS)
        page = story.operators_page()
        assert all(words in page for words in ("bad", "fees_claimable_work", "no answer after"))


def test_a_decision_that_hangs(urls: DatabaseUrls, tmp_path: Path) -> None:
    """It holds the only write lock of SQLite until its process is ended."""
    install(tmp_path, "bad", BAD.format(hook=DECIDES))
    environment = {"PYTHONPATH": str(tmp_path), OVER_AGE: str(AGE)}
    with (
        application(urls, demo=True) as app,
        serving(urls, tmp_path, workers=2, environment=environment) as server,
    ):
        story = Served(LoadedRegion(app, urls), "bad", base_url=server.url, port=server.port)
        story.prepare()
        summary, before, begun = story.summary(), story.claims(), time.monotonic()
        hung_up(lambda: story.who(EXPERT).send(summary, action="/send"))
        until(story.refused, begun + SECONDS)
        assert story.claims() == before
        page = story.operators_page()
        assert all(words in page for words in ("bad", "fees_may_move", "no answer after"))
        story.disable()
        story.whole()
        assert time.monotonic() - begun < SECONDS


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_work_that_eats_the_memory(urls: DatabaseUrls, tmp_path: Path) -> None:
    install(tmp_path, "bad", BAD.format(hook=HARMLESS))
    with application(urls, demo=True) as app:
        story = Story(LoadedRegion(app, urls), "bad")
        story.prepare()
        payer = story.region.organisation(PAYER)
        with app.app_context(), writing() as session:
            enqueue(session, "bad.eats", "x", payload={}, module="bad", organisation_id=payer)
        assert run_worker(urls, tmp_path, "--once", WORKER_MEMORY_MIB="400") == 0
        story.whole()
        page = story.operators_page()
        assert all(words in page for words in ("bad", "bad.eats", "MemoryError", "limit is 400 MiB"))
