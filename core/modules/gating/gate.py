"""The gate: whether a module is on in an organisation. One object answers, one per process and epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.database.session import WRITING
from core.database.types import today
from core.modules.models import Epoch, HookHealth, ModuleState
from core.organisations.tree import Tree, load_tree

if TYPE_CHECKING:
    from core.modules.host import Condition

GATE = "gate"
EPOCH_RAISED = "epoch_raised"


@dataclass(frozen=True)
class State:
    """One organisation's own word on one module."""

    state: str | None
    required: bool
    blocked: bool


@dataclass(frozen=True)
class Effective:
    """What holds for a module at a node, and which organisation said so (None: nobody did)."""

    state: str
    decided_by: int | None


class Gate:
    """Answers `on` and `reachable` from memory."""

    def __init__(
        self,
        tree: Tree,
        states: Mapping[tuple[str, int], State],
        requires: Mapping[str, Iterable[str]],
        breakers: Mapping[tuple[str, str], datetime] | None = None,
        held: Mapping[str, Condition] | None = None,
    ) -> None:
        """`requires` names the healthy modules and what each needs; any other module is off everywhere.

        `breakers` names the hooks of modules that are not called, and until when. `held` are modules that
        the database says cannot be used, and why.
        """
        self.tree = tree
        self.breakers = dict(breakers or {})
        self.held = dict(held or {})
        self._states = dict(states)
        self._requires = {name: tuple(needs) for name, needs in requires.items()}
        self.effective = lru_cache(maxsize=None)(self._effective)
        self.off_below = lru_cache(maxsize=None)(self._off_below)
        self.reachable = lru_cache(maxsize=None)(self._reachable)
        self.starts = lru_cache(maxsize=None)(self._starts)
        self.anywhere = lru_cache(maxsize=None)(self._anywhere)

    def changed(
        self, *, tree: Tree | None = None, states: Mapping[tuple[str, int], State] | None = None
    ) -> Gate:
        """What the gate would answer with another tree, or if some organisations said something else."""
        return Gate(tree or self.tree, {**self._states, **(states or {})}, self._requires)

    def mended(self, requires: Mapping[str, Iterable[str]] | None = None) -> Gate:
        """What the gate would answer if every module somebody has spoken of were healthy.

        `requires` tells what modules that are not healthy now need; of others it is not known.
        """
        spoken_of: dict[str, Iterable[str]] = {module: () for module, _organisation in self._states}
        return Gate(self.tree, self._states, spoken_of | dict(requires or {}) | self._requires)

    def is_healthy(self, module: str) -> bool:
        """Whether the module can be used at all."""
        return module in self._requires

    @property
    def modules(self) -> tuple[str, ...]:
        """The healthy modules, in no order."""
        return tuple(self._requires)

    def on(self, module: str, organisation_id: int, *, start: bool = False) -> bool:
        """Whether rows, actions, hooks and jobs of the module work there; `start` asks about new work.

        Where an organisation has ended nothing new starts; what is open runs to its end.
        """
        state = self.effective(module, organisation_id).state
        node = self.tree.by_id.get(organisation_id)
        if start and node is not None and not node.active:
            return False
        return state == "on" or (state == "closing" and not start)

    def own(self, module: str, organisation_id: int) -> State | None:
        """The organisation's own row, if it has one."""
        return self._states.get((module, organisation_id))

    def required_by(self, module: str, organisation_id: int) -> int | None:
        """The nearest ancestor-or-self that requires the module there, if any does."""
        rows = ((node.id, self.own(module, node.id)) for node in self.tree.upwards(organisation_id))
        return next((node_id for node_id, row in rows if row is not None and row.required), None)

    def governed(self, module: str, organisation_id: int) -> frozenset[int]:
        """The organisations whose state is decided by this one's word: itself and those that inherit it."""
        found, waiting = set(), [organisation_id]
        while waiting:
            node_id = waiting.pop()
            found.add(node_id)
            children = self.tree.children.get(node_id, ())
            waiting.extend(c.id for c in children if not self._says(module, c.id))
        return frozenset(found)

    def _says(self, module: str, organisation_id: int) -> bool:
        row = self._states.get((module, organisation_id))
        return row is not None and row.state is not None

    def _effective(self, module: str, organisation_id: int) -> Effective:
        """on, closing, off, blocked, needs (a required module is off there) or broken."""
        if module not in self._requires:
            return Effective("broken", None)
        rows = [
            (node.id, row)
            for node in self.tree.upwards(organisation_id)
            if (row := self._states.get((module, node.id))) is not None
        ]
        for node_id, row in rows:
            if row.blocked:
                return Effective("blocked", node_id)
        own = self._switched(rows)
        if own.state in ("on", "closing") and not self._needs_met(module, organisation_id):
            return Effective("needs", own.decided_by)
        return own

    def _switched(self, rows: list[tuple[int, State]]) -> Effective:
        """The nearest word, unless an ancestor requires the module."""
        for node_id, row in rows:
            if row.required:
                return Effective("on", node_id)
        for node_id, row in rows:
            if row.state is not None:
                return Effective(row.state, node_id)
        return Effective("off", None)

    def _needs_met(self, module: str, organisation_id: int) -> bool:
        return all(self.on(needed, organisation_id) for needed in self._requires[module])

    def _off_below(self, module: str, tops: tuple[int, ...]) -> frozenset[int]:
        """The organisations reached from `tops` where the module is off."""
        return frozenset(o for o in self.tree.reached(tops) if not self.on(module, o))

    def _reachable(self, module: str, node_id: int) -> bool:
        """Whether addresses, menus and cards of `/o/<node>` show the module: on there or anywhere below."""
        return any(self.on(module, node.id) for node in self.tree.subtree(node_id))

    def _anywhere(self, module: str) -> bool:
        """Whether the module is on in any organisation."""
        return any(self.on(module, node_id) for node_id in self.tree.by_id)

    def _starts(self, module: str) -> bool:
        """Whether new work of the module may begin anywhere."""
        return any(self.on(module, node_id, start=True) for node_id in self.tree.by_id)


# Asked in every write, so put together once. A writer holds the epoch as it is until it commits: otherwise,
# on PostgreSQL, a claim could be sent while another transaction finds no open work and switches its module
# off. SQLite has one writer at a time anyway.
_EPOCH = select(Epoch.__table__.c.value)
_EPOCH_HELD = _EPOCH.with_for_update(read=True)
_OPEN_HOOKS = select(HookHealth.module, HookHealth.hook, HookHealth.open_until).where(
    HookHealth.open_until.is_not(None)
)


def current_gate() -> Gate:
    """The gate of this session's epoch; asked once per session and again in each write transaction."""
    from core.extensions import db

    session = db.session()
    gate: Gate | None = session.info.get(GATE)
    if gate is None:
        asked = _EPOCH_HELD if session.info.get(WRITING) else _EPOCH
        epoch = session.connection().execute(asked).scalar() or 0
        gate = session.info[GATE] = gate_for(session, epoch)
    return gate


def gate_for(session: Session, epoch: int) -> Gate:
    """The process's gate if it is of this epoch and day, else a new one read from the database.

    An organisation's last day ends without anybody raising the epoch.

    A gate read by a transaction that itself raised the epoch is not shared: it may yet be rolled back.
    """
    if session.info.get(EPOCH_RAISED):
        return _load(session)
    key = (epoch, today())
    cached: tuple[tuple[int, date], Gate] | None = current_app.extensions.get("kokemussilta.gate")
    if cached is None or cached[0] != key:
        cached = current_app.extensions["kokemussilta.gate"] = (key, _load(session))
    return cached[1]


def raise_epoch(session: Session) -> None:
    """Tell every process that tree, delegations or module states changed; in the change's own transaction."""
    statement = update(Epoch).values(value=Epoch.value + 1)
    changed: Any = session.execute(statement, execution_options={"synchronize_session": False})
    if changed.rowcount == 0:
        session.add(Epoch(id=1, value=1))
        session.flush()
    session.info.pop(GATE, None)
    session.info[EPOCH_RAISED] = True


def _load(session: Session) -> Gate:
    from core.modules.gating.conditions import held_now
    from core.modules.host import host

    states = {
        (row.module, row.organisation_id): State(row.state, row.required, row.blocked)
        for row in session.scalars(select(ModuleState))
    }
    found = host()
    held = held_now(session, found, {module for module, _organisation in states})
    healthy = {name: one.plugin.requires for name, one in found.healthy.items() if name not in held}
    open_hooks = session.execute(_OPEN_HOOKS).all()
    breakers = {(row[0], row[1]): row[2] for row in open_hooks if row[2] is not None}
    return Gate(load_tree(session), states, healthy, breakers, held)
