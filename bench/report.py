"""The table of ratios, and where the time goes."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Timing

ROOT = Path(__file__).resolve().parents[1]
TOP = 12
HEADINGS = ("job", "size", "raw ms", "ours ms", "ratio", "aim", "queries raw", "queries ours")


@dataclass(frozen=True)
class Result:
    """One line of the table; times are milliseconds a request."""

    job: str
    size: str
    raw: Timing
    ours: Timing
    aim: float
    raw_queries: float
    our_queries: float

    @property
    def ratio(self) -> float:
        """How many times slower ours is."""
        return self.ours.median / self.raw.median

    def cells(self) -> tuple[str, ...]:
        """The line as text."""
        met = "" if self.ratio <= self.aim else " missed"
        return (
            self.job, self.size, f"{self.raw.median:.2f}", f"{self.ours.median:.2f}", f"{self.ratio:.2f}",
            f"{self.aim:g}{met}", f"{self.raw_queries:g}", f"{self.our_queries:g}",
        )  # fmt: skip


def table(results: Iterable[Result]) -> str:
    """All results under each other."""
    lines = [HEADINGS, *(result.cells() for result in results)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines)


def profile(title: str, calls: Iterable[Callable[[], object]]) -> str:
    """Which packages and functions the time of some in-process requests goes to."""
    wanted = list(calls)
    profiler = cProfile.Profile()
    for call in wanted:
        profiler.runcall(call)
    stats = pstats.Stats(profiler, stream=io.StringIO())
    total: float = stats.total_tt  # type: ignore[attr-defined]  # there, but not in the stubs
    lines = [
        f"{title}: {total * 1000 / len(wanted):.1f} ms a request under the profiler, own time by package"
    ]
    lines += _by_package(stats, total)
    lines.append("  and the functions of ours with the most time in and below them (ms a request)")
    lines += _ours(stats, len(wanted))
    return "\n".join(lines)


def _by_package(stats: pstats.Stats, total: float) -> list[str]:
    spent: dict[str, float] = defaultdict(float)
    for (path, _line, _name), (_cc, _nc, own, _cumulative, _callers) in stats.stats.items():  # type: ignore[attr-defined]  # as above
        spent[_package(path)] += own
    ranked = sorted(spent.items(), key=lambda pair: -pair[1])[:TOP]
    return [f"    {share / total:6.1%}  {package}" for package, share in ranked]


def _package(path: str) -> str:
    """What a file belongs to: a library, ours, or Python itself."""
    parts = Path(path).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if path.startswith(str(ROOT)):
        return "/".join(Path(path).relative_to(ROOT).parts[:2])
    return "templates" if path == "<template>" or path.endswith(".html") else "python"


def _ours(stats: pstats.Stats, requests: int) -> list[str]:
    found = [
        (cumulative, f"{Path(path).relative_to(ROOT)}:{line} {name}")
        for (path, line, name), (_cc, _nc, _own, cumulative, _callers) in stats.stats.items()  # type: ignore[attr-defined]  # as above
        if path.startswith(str(ROOT)) and "site-packages" not in path and "/bench/" not in path
    ]
    ranked = sorted(found, reverse=True)[:TOP]
    return [f"    {cumulative * 1000 / requests:7.2f}  {where}" for cumulative, where in ranked]
