"""A module switched in one process is on or off for the very next request of another."""

from __future__ import annotations

from pathlib import Path

from core.testing.visitors import Visitor, send
from tests.support.region import LoadedRegion
from tests.support.server import LiveServer, serving

PAGE, SWITCH = "/o/aanekoski/fees/", "/o/aanekoski/modules/fees/{}"
ROUNDS = 5


def turn(server: LiveServer, who: Visitor, way: str) -> None:
    answer = send(server.port, who, "POST", SWITCH.format(way))
    assert answer.status in (302, 303), answer.body[-2000:]


def status(server: LiveServer, who: Visitor) -> int:
    return send(server.port, who, "GET", PAGE).status


def test_what_one_process_switches_the_other_obeys_at_once(region: LoadedRegion, tmp_path: Path) -> None:
    administrator = region.sign_in("Ässä Äyräslehto")
    with (
        serving(region.urls, tmp_path, workers=1) as one,
        serving(region.urls, tmp_path, workers=1) as other,
    ):
        servers = (one, other)
        for _ in range(ROUNDS):
            for switching, asked in (servers, servers[::-1]):
                assert [status(server, administrator) for server in servers] == [404, 404]
                turn(switching, administrator, "on")
                assert status(asked, administrator) == 200
                turn(asked, administrator, "off")
                assert status(switching, administrator) == 404
