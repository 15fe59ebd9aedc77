"""What the guard around hooks costs: a bare pluggy call, and the same hook asked and decided by the core.

Counted in processor time of this process, so that what else runs on the machine does not matter; what the
database does with the savepoint of a decide hook is not in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from bench.measure import Timing, interleaved
from core.database.session import writing
from core.extensions import db
from core.modules.calling.calls import ask, decide
from core.modules.host import Condition, Host, Registered
from core.modules.spec.kinds import hookimpl, hookspec
from core.modules.spec.plugin import Plugin

NAME = "benched"
AIM = 100.0  # microseconds


class Hooks:
    """One hook of each kind that people wait for."""

    @hookspec("ask", one=bool)
    def benched_asked(self, number: int) -> bool:  # type: ignore[empty-body]
        """Give a yes or no."""

    @hookspec("decide")
    def benched_decides(self, number: int) -> None:
        """Do nothing."""


class Benched(Plugin):
    """Does nothing, so that only the way to it is measured."""

    name = NAME
    version = "1.0"
    label = description = "Benched"

    @hookimpl
    def benched_asked(self, number: int) -> bool:
        """Say yes to what is above nothing."""
        return number > 0

    @hookimpl
    def benched_decides(self, number: int) -> None:
        """Agree."""


@dataclass(frozen=True)
class Costs:
    """Microseconds of processor time a call, the median of the rounds."""

    bare: float
    asked: float
    decided: float

    def __str__(self) -> str:
        """One line."""
        guard = f"guard {self.asked - self.bare:.1f}, aim under {AIM:.0f}"
        return (
            f"hooks, processor time a call: bare pluggy {self.bare:.1f} µs, "
            f"asked {self.asked:.1f} µs ({guard}), decided {self.decided:.1f} µs with a savepoint"
        )


def measure(app: Flask, rounds: int, calls: int) -> Costs:
    """Measure on an application with a database, which gets one more plugin."""
    host: Host = app.extensions["kokemussilta.host"]
    plugin = Benched()
    host.pm.add_hookspecs(Hooks)
    host.pm.register(plugin, NAME)
    host.healthy[NAME], host.at_start[NAME] = Registered(plugin), Condition(NAME, "ok")
    app.extensions.pop("kokemussilta.gate", None)
    with app.app_context():
        timings = interleaved(
            rounds,
            {
                "bare": partial(_each, partial(host.pm.hook.benched_asked, number=1), calls),
                "asked": partial(_each, partial(ask, "benched_asked", modules=(NAME,), number=1), calls),
                "decided": partial(_within, calls),
            },
        )
        db.session.remove()
    return Costs(*(_microseconds(timings[name]) for name in ("bare", "asked", "decided")))


def _each(call: Callable[[], object], calls: int) -> float:
    """Milliseconds a call."""
    begun = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - begun) * 1000 / calls


def _within(calls: int) -> float:
    with writing():
        return _each(partial(decide, "benched_decides", modules=(NAME,), number=1), calls)


def _microseconds(timing: Timing) -> float:
    return timing.median * 1000
