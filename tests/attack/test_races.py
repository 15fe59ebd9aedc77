"""Many clients at once against the live server: one wins, the others are told who did."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest

from core.testing.databases import DatabaseUrls
from core.testing.visitors import Answer, Visitor, send
from tests.attack import claims
from tests.attack.claims import Sent
from tests.attack.keys import drop_unique_keys
from tests.support.live import MEETING, REFUSALS
from tests.support.region import LoadedRegion, application
from tests.support.server import GUARDED, UNGUARDED, LiveServer, serving

CLIENTS = 16
WON, LOST = (302, 303), 409


def at_once(jobs: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run all jobs, each in a thread of its own that waits until every other is ready."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


@dataclass
class Race:
    """Sixteen people at one desk, a claim before them, and what came of their pressing at once."""

    region: LoadedRegion
    people: list[Visitor]
    sent: Sent
    answers: list[Answer]
    refusals: int

    @property
    def winners(self) -> list[Visitor]:
        return [who for who, answer in zip(self.people, self.answers, strict=True) if answer.status in WON]

    def check(self) -> None:
        """One won, the rest were told who; the guard sufficed: no unique key had to refuse anything."""
        assert Counter(answer.status in WON for answer in self.answers) == {True: 1, False: CLIENTS - 1}
        losers = [answer for answer in self.answers if answer.status not in WON]
        assert {answer.status for answer in losers} == {LOST}
        assert all(self.winners[0].name in answer.body for answer in losers)
        assert claims.events(self.region, self.sent.claim_id)[1:] == ["approve"]
        assert claims.approvals(self.region, self.sent.claim_id) == 1
        assert self.refusals == 0, "a unique key had to step in"


def people_at_the_desk(region: LoadedRegion, sent: Sent) -> list[Visitor]:
    people = [region.newcomer(f"Racer Number{number}", "approver", "laukaa") for number in range(CLIENTS)]
    desk_id = claims.claim(region, sent.claim_id).desk_id
    assert desk_id is not None
    claims.appoint(region, desk_id, [who.person_id for who in people])
    return people


def run_race(region: LoadedRegion, folder: Path, entry: str) -> Race:
    sent = claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu")
    people = people_at_the_desk(region, sent)
    refusals = folder / "refusals"
    settings = {REFUSALS: str(refusals), MEETING: f"{folder / 'meeting'}*{CLIENTS // 2}"}
    with serving(region.urls, folder, threads=CLIENTS, entry=entry, environment=settings) as server:
        answers = at_once([approval(server, who, sent.claim_id, 1) for who in people])
    refused = len(refusals.read_text().splitlines()) if refusals.exists() else 0
    return Race(region, people, sent, answers, refused)


def approval(server: LiveServer, who: Visitor, claim_id: int, version: int) -> Callable[[], Answer]:
    path = f"/me/fees/claims/{claim_id}/approve"
    return lambda: send(server.port, who, "POST", path, {"version": str(version)})


def test_one_of_sixteen_approves(region: LoadedRegion, tmp_path: Path) -> None:
    run_race(region, tmp_path, GUARDED).check()


def test_without_the_guard_the_race_is_seen(region: LoadedRegion, tmp_path: Path) -> None:
    race = run_race(region, tmp_path, UNGUARDED)
    with pytest.raises(AssertionError, match="unique key had to step in"):
        race.check()
    assert len(race.winners) == 1


def test_without_guard_and_keys_several_win(region: LoadedRegion, tmp_path: Path, urls: DatabaseUrls) -> None:
    drop_unique_keys(urls)
    race = run_race(region, tmp_path, UNGUARDED)
    assert len(race.winners) >= 2, [answer.status for answer in race.answers]
    with pytest.raises(AssertionError):
        race.check()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest) -> Iterator[LoadedRegion]:
    with request.getfixturevalue(f"{request.param}_regions").fresh() as urls, application(urls) as app:
        yield LoadedRegion(app, urls)


@pytest.fixture(scope="module")
def server(shared: LoadedRegion, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serving(shared.urls, tmp_path_factory.mktemp("log"), entry=GUARDED) as started:
        yield started


def test_two_decisions_at_once_are_one(shared: LoadedRegion, server: LiveServer) -> None:
    sent = claims.send_claim(shared, "Aino Aamutähti", "sydan-laukaan-koulu")
    outi, aino = shared.sign_in("Outi Omenapolku"), shared.sign_in("Aino Aamutähti")
    form = {"version": "1", "text": "Syy"}
    path = f"/me/fees/claims/{sent.claim_id}"
    for action in ("approve", "return", "reject", "withdraw"):
        assert send(server.port, aino if action == "withdraw" else outi, "GET", path).status == 200
    answers = at_once(
        [
            lambda: send(server.port, outi, "POST", f"{path}/approve", form),
            lambda: send(server.port, outi, "POST", f"{path}/return", form),
            lambda: send(server.port, outi, "POST", f"{path}/reject", form),
            lambda: send(server.port, aino, "POST", f"{path}/withdraw", form),
        ]
    )
    assert sorted(answer.status in WON for answer in answers) == [False, False, False, True]
    assert {answer.status for answer in answers if answer.status not in WON} == {LOST}
    assert claims.claim(shared, sent.claim_id).version == 2


def test_two_seals_make_one_batch(shared: LoadedRegion, server: LiveServer) -> None:
    sent = claims.send_claim(shared, "Aino Aamutähti", "sydan-laukaan-koulu")
    for name in ("Outi Omenapolku", "Saku Salamapuro", "Ylva Yökaste"):
        claims.act(shared, name, sent.claim_id, "approve")
    paula = shared.sign_in("Paula Pihlajatähti")
    path = "/o/laukaa/fees/payroll/lock"
    shown = dict(
        re.findall(r'name="(count|cents)" value="(\d+)"', send(server.port, paula, "GET", path).body)
    )
    answers = at_once([lambda: send(server.port, paula, "POST", path, shown)] * 8)
    assert all(answer.status < 500 for answer in answers), [a.status for a in answers]
    assert claims.batches_of(shared, sent.claim_id) == 1
    assert claims.events(shared, sent.claim_id).count("seal") == 1
    assert claims.empty_batches(shared) == 0


def test_a_sheet_sent_by_eight_clients_is_one(shared: LoadedRegion, server: LiveServer) -> None:
    aino = shared.sign_in("Aino Aamutähti")
    key, path = claims.draft_by_http(shared, server.port, aino)
    before = len(claims.numbers_of(shared, aino.person_id))
    answers = at_once([lambda: send(server.port, aino, "POST", path)] * 8)
    assert all(answer.status in WON for answer in answers), [a.status for a in answers]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    receipt = send(server.port, aino, "GET", answers[0].headers["Location"])
    assert receipt.status == 200
    assert len(set(re.findall(r"LAU-\d{4}-\d{4}", receipt.body))) == 1
    assert key in claims.numbers_of(shared, aino.person_id)
    assert len(claims.numbers_of(shared, aino.person_id)) == before + 1


def test_a_switch_is_obeyed_by_the_next_request_of_every_process(
    shared: LoadedRegion, server: LiveServer, tmp_path: Path
) -> None:
    aasa = shared.sign_in("Ässä Äyräslehto")
    page, switch = "/o/aanekoski/records/fees.rates/", "/o/aanekoski/modules/fees"
    with serving(shared.urls, tmp_path, workers=1) as other:
        for turn, wanted in (("on", 200), ("off", 404), ("on", 200)):
            assert send(server.port, aasa, "POST", f"{switch}/{turn}").status in WON
            assert [send(port, aasa, "GET", page).status for port in (other.port, server.port)] == [
                wanted
            ] * 2
