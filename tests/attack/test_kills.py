"""The server is killed while clients write: what was acknowledged is there, and nothing is doubled."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from core.testing.applications import close
from core.testing.databases import DatabaseUrls
from core.testing.visitors import Visitor
from plugins.fees.kernel.failpoints import VARIABLE
from tests.attack import claims
from tests.attack.writers import Acknowledged, Writers
from tests.support.region import LoadedRegion
from tests.support.server import LiveServer

PLACES = ("before_update", "after_update", "before_commit", "after_commit")
SENDERS, APPROVERS = ("Aino Aamutähti", "Veikko Vihreäkivi"), ("Outi Omenapolku", "Saku Salamapuro")
RESTART_SECONDS = 5.0


@dataclass
class Attack:
    """A server, the clients that write to it, and all that it ever acknowledged to them."""

    region: LoadedRegion
    server: LiveServer
    senders: list[Visitor]
    approvers: list[Visitor]
    told: Acknowledged

    @classmethod
    def on(cls, region: LoadedRegion, folder: Path) -> Attack:
        senders, approvers = ([region.sign_in(name) for name in names] for names in (SENDERS, APPROVERS))
        return cls(
            region, LiveServer(region.urls, folder, workers=1, threads=8), senders, approvers, Acknowledged()
        )

    def round(self, environment: dict[str, str], seconds: float) -> None:
        """Serve, let the clients write, kill at the named place or after some time, and look."""
        writers = Writers(self.region, self.server.port, self.senders, self.approvers)
        assert self.server.start() < RESTART_SECONDS
        writers.send_again(self.told.unsure)
        if environment:
            self.server.stop()
            self.server.start(environment)
        writers.start()
        if environment:
            writers.join(stop=False)  # the worker dies at its failpoint; the clients stop at the first break
        else:
            time.sleep(seconds)
        self.server.kill()
        writers.join(stop=False)
        self._remember(writers.acknowledged)
        self.check()

    def _remember(self, more: Acknowledged) -> None:
        self.told.numbers |= more.numbers
        self.told.unsure = more.unsure
        self.told.approvals |= more.approvals
        self.told.others += more.others

    def check(self) -> None:
        """Everything acknowledged is stored as it was told, once, and every invariant holds."""
        stored = {}
        for who in self.senders:
            stored |= claims.numbers_of(self.region, who.person_id)
        assert {key: stored.get(key) for key in self.told.numbers} == self.told.numbers
        assert len(set(stored.values())) == len(stored)
        approved = claims.approved_by(self.region, [who.person_id for who in self.approvers])
        assert self.told.approvals <= {claim_id for claim_id, _step in approved}
        assert claims.broken_invariants(self.region) == []
        assert not {what for what in self.told.others if " 5" in what}, self.told.others


def test_ten_kills_lose_and_double_nothing(region: LoadedRegion, tmp_path: Path) -> None:
    kill_often(Attack.on(region, tmp_path), 10)


@pytest.mark.full
def test_a_hundred_kills_lose_and_double_nothing(region: LoadedRegion, tmp_path: Path) -> None:
    kill_often(Attack.on(region, tmp_path), 100)


def kill_often(attack: Attack, times: int) -> None:
    """Half of the kills at the named places, half at any moment."""
    chance = random.Random(times)  # noqa: S311  # a repeatable run, not a secret
    for number in range(times):
        place = PLACES[number // 2 % len(PLACES)]
        named = {VARIABLE: f"{place}:{chance.randint(1, 12)}"} if number % 2 == 0 else {}
        attack.round(named, chance.uniform(0.2, 0.8))
    attack.server.start()
    attack.server.stop()
    assert len(attack.told.numbers) >= times
    assert attack.told.approvals


def test_a_lost_acknowledgement_would_be_seen(region: LoadedRegion, tmp_path: Path) -> None:
    attack = Attack.on(region, tmp_path)
    attack.told.numbers["a key nobody sent"] = "LAU-2026-9999"
    with pytest.raises(AssertionError):
        attack.check()


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_the_service_recovers_when_its_database_connections_are_cut(
    region: LoadedRegion, urls: DatabaseUrls, tmp_path: Path
) -> None:
    attack = Attack.on(region, tmp_path)
    attack.server.start()
    writers = Writers(region, attack.server.port, attack.senders, attack.approvers)
    writers.start()
    for _turn in range(5):
        time.sleep(0.3)
        cut(urls)
    time.sleep(0.5)
    acknowledged_before = len(writers.acknowledged.numbers)
    time.sleep(1.0)
    writers.join()
    assert len(writers.acknowledged.numbers) > acknowledged_before, "it did not recover"
    attack.server.stop()
    close(region.app)  # the test's own connections were cut too
    attack.told = writers.acknowledged
    attack.told.others = type(attack.told.others)(
        {k: n for k, n in attack.told.others.items() if "503" not in k}
    )
    attack.check()


def cut(urls: DatabaseUrls) -> None:
    """End every connection of the application to this database."""
    with psycopg.connect(urls.app.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
            "AND application_name <> 'watch'"
        )
