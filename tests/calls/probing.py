"""A plugin whose hooks do what a test tells them, and an application that has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.database.types import Texts, now
from core.extensions import db
from core.modules.calling.calls import decide
from core.modules.gating.gate import raise_epoch
from core.modules.host import Condition, Registered
from core.modules.models import ModuleState
from core.modules.spec.kinds import hookimpl, hookspec
from core.modules.spec.plugin import Plugin
from core.modules.spec.values import Blocker
from core.organisations.models import Closure, Organisation
from core.users.models import Person

NAMES = ("probe", "second")


class ProbeHooks:
    """One hook of each kind that is called while somebody waits, and one for the worker."""

    @hookspec("decide")
    def probe_may(self, number: int) -> None:
        """Say no by raising."""

    @hookspec("ask", many=Blocker)
    def probe_asked(self, number: int) -> Sequence[Blocker]:  # type: ignore[empty-body]
        """Give values."""

    @hookspec("ask", one=int)
    def probe_count(self, number: int) -> int:  # type: ignore[empty-body]
        """Give a number."""

    @hookspec("observe")
    def probe_seen(self, number: int) -> None:
        """Take notice."""


class Probe(Plugin):
    """Each hook runs what the test put into `does`; without it, something harmless."""

    version = "1"
    label = description = "Probe"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name  # type: ignore[misc]  # two plugins of one class
        self.does: dict[str, Callable[[int], Any]] = {}

    def _do(self, hook: str, number: int, harmless: Any = None) -> Any:
        return self.does.get(hook, lambda _number: harmless)(number)

    @hookimpl(optionalhook=True)
    def probe_may(self, number: int) -> None:
        return self._do("may", number)

    @hookimpl(optionalhook=True)
    def probe_asked(self, number: int) -> Sequence[Blocker]:
        return self._do("asked", number, ())

    @hookimpl(optionalhook=True)
    def probe_count(self, number: int) -> int:
        return self._do("count", number, 0)

    @hookimpl(optionalhook=True)
    def probe_seen(self, number: int) -> None:
        return self._do("seen", number)


@dataclass(frozen=True)
class Probed:
    """An application with two plugins and an organisation where both are on."""

    app: Flask
    probes: dict[str, Probe]
    here: int

    @property
    def first(self) -> Probe:
        return self.probes["probe"]


def add_probes(app: Flask) -> dict[str, Probe]:
    """Two plugins of that kind, as if they had been installed."""
    host = app.extensions["kokemussilta.host"]
    host.pm.add_hookspecs(ProbeHooks)
    probes = {name: Probe(name) for name in NAMES}
    for name, probe in probes.items():
        host.pm.register(probe, name)
        host.healthy[name] = Registered(probe)
        host.at_start[name] = Condition(name, "ok", label=name)
    app.extensions.pop("kokemussilta.gate", None)
    return probes


def add_organisation(app: Flask, modules: Sequence[str] = NAMES) -> int:
    """An organisation where the modules are on."""
    with app.app_context(), writing() as session:
        node = Organisation(
            slug="laukaa", name=Texts("Laukaa"), sort_key="laukaa", kind="municipality", is_controller=True
        )
        session.add(node)
        session.flush()
        node.controller_id = node.id
        session.add(Closure(ancestor_id=node.id, descendant_id=node.id, depth=0, same_controller=True))
        for module in modules:
            row = ModuleState(module=module, organisation_id=node.id, required=False, blocked=False)
            row.state, row.changed_at = "on", now()
            session.add(row)
        raise_epoch(session)
        return node.id


Act = Callable[[int], Any]


def raises(error: BaseException) -> Act:
    def act(_number: int) -> None:
        raise error

    return act


def add_person(name: str) -> None:
    db.session.add(Person(name=name, sort_key=name, created_at=now()))


def act_between(probed: Probed, *, after: bool = False) -> None:
    """An action of somebody: it writes, asks the decide hooks, and perhaps writes on."""
    with writing():
        add_person("before")
        decide("probe_may", on=probed.here, number=1)
        if after:
            add_person("after")


def names() -> list[str]:
    return sorted(db.session.scalars(select(Person.name)))
