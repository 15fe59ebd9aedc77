"""W8: from starting a server to its first answer, and the memory its two workers hold afterwards.

Both sides are loaded before gunicorn forks (`--preload`), as a deployment would. Memory is PSS, in which a
page that several processes share counts once; it needs Linux.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.client import Client, Request
from bench.measure import OK, Timing, WrongAnswer
from bench.servers import starting

POLL_SECONDS = 0.005
# Enough connections for both workers to have answered.
WARMING = 12
MEGABYTE = 1024  # smaps counts in kibibytes


@dataclass(frozen=True)
class Side:
    """One contender: what gunicorn loads, its environment, and the page that counts as an answer."""

    application: str
    environment: Mapping[str, str]
    page: Request


@dataclass(frozen=True)
class Start:
    """Milliseconds to the first answer, and megabytes of the leading process with both workers."""

    milliseconds: float
    megabytes: float


def start(side: Side) -> Start:
    """Start a server, wait for its first answer, let both workers answer, and weigh them."""
    begun = time.perf_counter()
    with starting(side.application, side.environment, "--preload") as (process, port):
        _first_answer(port, side.page, begun + 30)
        took = (time.perf_counter() - begun) * 1000
        for _ in range(WARMING):
            _answer(port, side.page)
        weight = sum(_pss(member) for member in _family(process.pid))
        return Start(took, weight / MEGABYTE)


def rounds(sides: Mapping[str, Side], number: int) -> dict[str, tuple[Timing, Timing]]:
    """Times and weights of each side over that many rounds, the sides in turn."""
    found = {name: (Timing(), Timing()) for name in sides}
    for _ in range(number):
        for name, side in sides.items():
            one = start(side)
            found[name][0].rounds.append(one.milliseconds)
            found[name][1].rounds.append(one.megabytes)
    return found


def _first_answer(port: int, page: Request, deadline: float) -> None:
    while time.perf_counter() < deadline:
        try:
            _answer(port, page)
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return
    raise WrongAnswer(f"no answer from port {port}")


def _answer(port: int, page: Request) -> None:
    with Client(port) as client:
        status = client.send(page.encoded()).status
    if status not in OK:
        raise WrongAnswer(f"{page.path} answered {status}")


def _family(process: int) -> Iterator[int]:
    """The process and all below it."""
    yield process
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield from _family(int(child))


def _pss(process: int) -> int:
    """Kibibytes a process holds, shared pages divided among those who share them."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {process} does not tell its memory")
