"""`python -m bench`: both contenders in one run, interleaved; prints ratios, counts and profiles."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from bench import bulk, claims, databases, hooks, inside, region, report, start
from bench.client import Request
from bench.databases import Urls
from bench.jobs import ACCEPTED, QUICK, Contender, Sizes, Work, deep, race, row_counts
from bench.limit import Limit
from bench.measure import CLIENTS, OK, Statuses, WrongAnswer, interleaved, latency, throughput
from bench.product import Product
from bench.report import Result
from bench.servers import THREADS, WORKERS, serving
from core.database.base import Base
from core.testing.postgres import PostgresServer

W1_AIM, WRITE_AIM, START_AIM, MEMORY_AIM = 6.0, 2.5, 2.5, 110
RAW, OURS = "bench.raw.app:application", "wsgi:app"
Make = Callable[[Contender, int], list[Request]]
Measure = Callable[[int, Sequence[Request], Statuses], float]


@dataclass(frozen=True)
class Bench:
    """One filled database with both servers running on it."""

    size: str
    sizes: Sizes
    work: Work
    limit: Limit
    product: Product
    ports: dict[str, int]
    raw: inside.Application

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Raw first."""
        return (self.limit, self.product)

    def application(self, contender: Contender) -> inside.Application:
        """The contender in this process."""
        return self.raw if contender is self.limit else self.product.app

    def run(self, job: str, make: Make, number: int, measure: Measure, aim: float) -> Result:
        """Measure a job over all rounds and count its statements."""

        def once(contender: Contender) -> float:
            region.stay_signed_in(self.work.connection)
            return measure(self.ports[contender.name], make(contender, number), expected(job))

        timings = interleaved(self.sizes.rounds, {c.name: partial(once, c) for c in self.contenders})
        queries = [self._queries(job, make, c) for c in self.contenders]
        return Result(job, self.size, timings["raw"], timings["ours"], aim, *queries)

    def _queries(self, job: str, make: Make, contender: Contender) -> int:
        """Statements of one request in this process, after two that fill its caches."""
        *first, last = make(contender, 3)
        for request in first:
            inside.call(self.application(contender), request, expected(job))
        with inside.counting() as counter:
            inside.call(self.application(contender), last, expected(job))
        return counter.count

    def profile(self, job: str, make: Make) -> str:
        """Where the product spends the time of a job."""
        requests = make(self.product, self.sizes.profiled)
        status = expected(job)
        return report.profile(job, [partial(inside.call, self.product.app, r, status) for r in requests])


def expected(job: str) -> Statuses:
    """The statuses of an answer that did what was asked."""
    return OK if job.startswith("W1") else ACCEPTED


@contextmanager
def filled(
    server: PostgresServer, sizes: Sizes, experts: int, *, with_claims: bool
) -> Iterator[tuple[Urls, Work]]:
    """A database with so many experts, and the work that is to be done on it."""
    with databases.migrated(server) as urls, bulk.connect(urls.owner) as connection:
        tree = region.build()
        region.fill(connection, tree, experts)
        if with_claims:
            claims.fill(connection, tree, waiting=sizes.waiting, paid=sizes.paid, experts=experts)
        bulk.settle(connection, Base.metadata.sorted_tables)
        yield urls, Work(connection, tree, sizes.waiting)


@contextmanager
def both(urls: Urls, size: str, sizes: Sizes, work: Work) -> Iterator[Bench]:
    """Both servers on a database."""
    limit, product = Limit(urls), Product(urls)
    with (
        serving(RAW, limit.environment, "/") as raw_port,
        serving(OURS, product.environment, "/healthz") as our_port,
        inside.raw_application(urls.app) as raw,
        product,
    ):
        yield Bench(size, sizes, work, limit, product, {"raw": raw_port, "ours": our_port}, raw)


def measure_lists(bench: Bench, experts: int) -> Iterator[tuple[Result, str]]:
    """W1: the register's first page, and one from its middle."""
    for job, after in (("W1 experts, page 1", None), ("W1 experts, deep page", deep(experts))):

        def make(contender: Contender, number: int, after: int | None = after) -> list[Request]:
            return bench.work.pages(contender, number, after)

        yield bench.run(job, make, bench.sizes.pages, latency, W1_AIM), bench.profile(job, make)


def measure_claims(bench: Bench) -> Iterator[tuple[Result, str]]:
    """W4 and W5: sending a form, and eight people approving different claims."""
    work, sizes = bench.work, bench.sizes
    job = "W4 send a claim"
    yield bench.run(job, work.forms, sizes.sends, latency, WRITE_AIM), bench.profile(job, work.forms)
    job = f"W5 approve, {CLIENTS} clients"
    result = bench.run(job, work.approvals, sizes.approvals, throughput, WRITE_AIM)
    yield result, bench.profile(job, work.approvals)


def starts(bench: Bench) -> str:
    """W8: the same page as the first answer of each side."""
    region.stay_signed_in(bench.work.connection)
    pages = {c.name: bench.work.pages(c, 1, None)[0] for c in bench.contenders}
    sides = {
        "raw": start.Side(RAW, bench.limit.environment, pages["raw"]),
        "ours": start.Side(OURS, bench.product.environment, pages["ours"]),
    }
    raw, ours = start.rounds(sides, bench.sizes.starts).values()
    return (
        f"W8 start to first answer: raw {raw.milliseconds:.0f} ms, ours {ours.milliseconds:.0f} ms, "
        f"ratio {ours.milliseconds / raw.milliseconds:.2f} (aim {START_AIM})\n"
        f"W8 memory, two workers and their leader: raw {raw.megabytes:.0f} MB, ours {ours.megabytes:.0f} MB "
        f"(aim under {MEMORY_AIM}); of it shared with nobody: raw {raw.own:.0f} MB, ours {ours.own:.0f} MB"
    )


def rows_written(bench: Bench) -> str:
    """What one request of each kind writes: the same by both sides, or the comparison would be a lie."""
    lines = ["rows that one request writes, the same by both:"]
    for job, make in (("W4", bench.work.forms), ("W5", bench.work.approvals)):
        raw, ours = (_written(bench, job, make, contender) for contender in bench.contenders)
        if raw != ours:
            raise WrongAnswer(f"{job}: raw writes {raw}, ours {ours}")
        lines.append(f"  {job}  " + ", ".join(f"{table} {number:+}" for table, number in raw.items()))
    return "\n".join(lines)


def _written(bench: Bench, job: str, make: Make, contender: Contender) -> dict[str, int]:
    """By how many rows each table grew or shrank."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    (request,) = make(contender, 1)
    before = row_counts(bench.work.connection, tables)
    inside.call(bench.application(contender), request, expected(job))
    after = row_counts(bench.work.connection, tables)
    return {table: after[table] - before[table] for table in tables if after[table] != before[table]}


def races(bench: Bench) -> str:
    """W5's correctness: eight at once on one step."""
    lines = [f"{CLIENTS} clients approve one claim at the same moment:"]
    for contender in bench.contenders:
        found = race(bench.ports[contender.name], contender, bench.work, bench.sizes.races)
        lines.append(
            f"  {contender.name:4}  {found.claims} claims, {found.accepted} accepted, {found.conflicts} told "
            f"who was first, {found.wrong} wrong"
        )
    return "\n".join(lines)


def run(server: PostgresServer, sizes: Sizes, say: Callable[[str], object] = print) -> list[Result]:
    """Measure everything, say it, and give the table's lines."""
    results: list[Result] = []
    profiles: list[str] = []
    for experts in sizes.registers:
        largest = experts == max(sizes.registers)
        with (
            filled(server, sizes, experts, with_claims=largest) as (urls, work),
            both(urls, f"{experts:,}", sizes, work) as bench,
        ):
            say(f"{experts:,} experts are there")
            for result, profile in measure_lists(bench, experts):
                results.append(result)
                profiles.append(f"{profile}\n  with {experts:,} experts")
            if largest:
                say(starts(bench))
                say(rows_written(bench))
                for result, profile in measure_claims(bench):
                    results.append(result)
                    profiles.append(profile)
                say(races(bench))
                say(str(hook_costs(urls, sizes)))
    say("\n" + report.table(results) + "\n")
    say("\n\n".join(profiles))
    return results


def hook_costs(urls: Urls, sizes: Sizes) -> hooks.Costs:
    """What the guard around hooks costs, in an application of its own."""
    with Product(urls) as product:
        return hooks.measure(product.app, sizes.rounds, sizes.hook_calls)


def conditions() -> str:
    """What the figures are measured on."""
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors; gunicorn with {WORKERS} workers "
        f"of {THREADS} threads for each side; client, both servers and PostgreSQL on this machine"
    )


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="?", choices=["hooks"], help="measure this alone")
    parser.add_argument("--quick", action="store_true", help="a small run that only shows that it works")
    arguments = parser.parse_args()
    print(conditions())
    sizes = QUICK if arguments.quick else Sizes()
    with databases.server() as server:
        if arguments.only == "hooks":
            with databases.migrated(server) as urls:
                print(hook_costs(urls, sizes))
        else:
            run(server, sizes)


if __name__ == "__main__":
    main()
