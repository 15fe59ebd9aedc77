"""Timing requests: one client after another for latency, several at once for throughput."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.client import Client, Request

Requests = Sequence[Request]
Statuses = frozenset[int]
OK: Statuses = frozenset({200})
CLIENTS = 8


class WrongAnswer(RuntimeError):
    """A server did not do what was asked: its time would mean nothing."""


@dataclass
class Timing:
    """One contender's rounds of one job, in milliseconds a request."""

    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median round."""
        return statistics.median(self.rounds)


def latency(port: int, requests: Requests, expected: Statuses) -> float:
    """The median time of a request, in milliseconds, by one client."""
    times: list[float] = []
    with Client(port) as client:
        for data in [request.encoded() for request in requests]:
            started = time.perf_counter()
            response = client.send(data)
            times.append(time.perf_counter() - started)
            _check(response.status, expected, data, response.body)
    return statistics.median(times) * 1000


def throughput(port: int, requests: Requests, expected: Statuses) -> float:
    """Elapsed milliseconds for each request when eight clients share the work."""
    shares = [[request.encoded() for request in requests[n::CLIENTS]] for n in range(CLIENTS)]
    ready = threading.Barrier(CLIENTS + 1)
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_work, args=(port, s, expected, ready, failures)) for s in shares]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if failures:
        raise failures[0]
    return elapsed * 1000 / len(requests)


def _work(
    port: int,
    share: Sequence[bytes],
    expected: Statuses,
    ready: threading.Barrier,
    failures: list[BaseException],
) -> None:
    with Client(port) as client:
        ready.wait()
        try:
            for data in share:
                response = client.send(data)
                _check(response.status, expected, data, response.body)
        except (OSError, WrongAnswer) as error:
            failures.append(error)


def at_once(port: int, requests: Requests) -> Counter[int]:
    """Send every request at the same moment and count the answers by status."""
    ready = threading.Barrier(len(requests))
    found: list[int] = []

    def ask(data: bytes) -> None:
        with Client(port) as client:
            ready.wait()
            found.append(client.send(data).status)

    threads = [threading.Thread(target=ask, args=(request.encoded(),)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)


def _check(status: int, expected: Statuses, data: bytes, body: bytes) -> None:
    if status not in expected:
        line = data.split(b"\r\n", 1)[0].decode()
        raise WrongAnswer(
            f"{line}: {status}, not one of {sorted(expected)}\n{body[:2000].decode(errors='replace')}"
        )


def interleaved(rounds: int, contenders: dict[str, Callable[[], float]]) -> dict[str, Timing]:
    """Run each contender in turn, A B A B …; the first turn warms up and does not count."""
    timings = {name: Timing() for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            took = run()
            if number:
                timings[name].rounds.append(took)
    return timings
