"""W8: from starting a server to its first answer, and the memory its two workers hold afterwards.

Both sides are loaded before gunicorn forks (`--preload`), as a deployment would. Memory is PSS, in which a
page that several processes share counts once; it needs Linux.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median

from bench.client import Client, Request
from bench.measure import OK, WrongAnswer
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
    """Milliseconds to the first answer; megabytes of the leader and both workers, and how much is their own.

    Own is what a process shares with nobody: what it made, and shared pages it wrote to. CPython writes
    counts of references into whatever it uses, so work alone makes pages a worker's own.
    """

    milliseconds: float
    megabytes: float
    own: float


def start(side: Side) -> Start:
    """Start a server, wait for its first answer, let both workers answer, and weigh them."""
    begun = time.perf_counter()
    with starting(side.application, side.environment, "--preload") as (process, port):
        _first_answer(port, side.page, begun + 30)
        took = (time.perf_counter() - begun) * 1000
        for _ in range(WARMING):
            _answer(port, side.page)
        family = [_memory(member) for member in _family(process.pid)]
        weights = [sum(member[name] for member in family) / MEGABYTE for name in ("Pss", "Private_Dirty")]
        return Start(took, *weights)


def rounds(sides: Mapping[str, Side], number: int) -> dict[str, Start]:
    """The median start of each side over that many rounds, the sides in turn."""
    found: dict[str, list[Start]] = {name: [] for name in sides}
    for _ in range(number):
        for name, side in sides.items():
            found[name].append(start(side))
    return {name: _median(starts) for name, starts in found.items()}


def _median(starts: list[Start]) -> Start:
    return Start(*(median(column) for column in zip(*map(astuple, starts), strict=True)))


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


def _memory(process: int) -> dict[str, int]:
    """Kibibytes of a process by kind; in `Pss` shared pages are divided among those who share them."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}
