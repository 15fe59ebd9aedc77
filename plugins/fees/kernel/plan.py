"""What a claim will consist of when it is sent: priced lines, the chain's steps, and the desk of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Integer, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from core.api import Tree, UtcDateTime, current_gate
from plugins.fees import states as s
from plugins.fees.due import helsinki_day
from plugins.fees.errors import FeeError
from plugins.fees.kernel.earlier import check_against_earlier
from plugins.fees.kernel.people import DeskPeople, desks_statement, read_desks
from plugins.fees.kernel.situation import payer_desk
from plugins.fees.kernel.tables import CHAIN, CHAIN_STEP, CHAIN_VERSION, DESK
from plugins.fees.price_reading import load_rules, path_to_payer
from plugins.fees.quote import QuoteLine, Rules
from plugins.fees.settings import claim_days
from plugins.fees.sheet import SheetLine


@dataclass(frozen=True)
class PlannedStep:
    """A step with the desk that is nearest to the unit."""

    no: int
    desk_id: int
    desk_kind: str
    due_days: int


@dataclass(frozen=True)
class PlannedLine:
    """A sum, the task it belongs to and that task's number."""

    task_no: int
    task: SheetLine
    sum: QuoteLine


@dataclass(frozen=True)
class Part:
    """Everything one unit's claim is made of."""

    unit_id: int
    payer_id: int
    lines: tuple[PlannedLine, ...]
    chain_version_id: int
    steps: tuple[PlannedStep, ...]
    desks: dict[int, DeskPeople]

    @property
    def total_cents(self) -> int:
        """Sum of the lines."""
        return sum(line.sum.cents for line in self.lines)

    @property
    def message(self) -> str:
        """What the person wrote beside the tasks."""
        said = dict.fromkeys(line.task.message.strip() for line in self.lines)
        return "\n".join(filter(None, said))


def plan(
    session: Session,
    tasks: Sequence[SheetLine],
    person_id: int,
    at: datetime,
    *,
    start: bool,
    instead_of: int | None = None,
) -> list[Part]:
    """The parts of a sheet, by unit in the order of first mention. `start`: may new work begin there?

    The person is locked already (see `locks`), so that what they claimed earlier is all there.
    """
    if not tasks:
        raise FeeError("nothing_to_send")
    _check(tasks, helsinki_day(at), start=start)
    if instead_of is None:  # what was sent in time may be completed later
        _check_age(tasks, helsinki_day(at))
    rules = load_rules(session, tasks)
    lines = _price(rules, tasks)
    check_against_earlier(session, rules, tasks, person_id, instead_of)
    tree = current_gate().tree
    units = list(dict.fromkeys(task.organisation_id for task in tasks))
    connection = session.connection()
    chains = _chains(connection, {place for unit in units for place in rules.path(unit)}, at)
    desks = _desks(connection, tree, units, person_id, helsinki_day(at))
    return [_part(tree, unit, lines[unit], chains, desks) for unit in units]


def _check(tasks: Sequence[SheetLine], today: date, *, start: bool) -> None:
    """Each task by itself, and that its unit pays fees at all."""
    gate = current_gate()
    for index, task in enumerate(tasks):
        node = gate.tree.by_id.get(task.organisation_id)
        if node is None or node.controller_id is None or (start and not node.active):
            raise FeeError("unit_unknown", "organisation_id", index)
        places = (task.organisation_id, node.controller_id)  # the unit alone cannot pay
        if not all(gate.on("fees", place, start=start) for place in places):
            raise FeeError("module_off", "organisation_id", index, unit=task.organisation_id)
        try:
            task.check(today)
        except FeeError as error:
            error.line = index
            raise


def _check_age(tasks: Sequence[SheetLine], today: date) -> None:
    """Work older than its payer allows is not claimed any more."""
    for index, task in enumerate(tasks):
        most = claim_days(task.organisation_id, task.day, today)
        if most is not None:
            raise FeeError("day_too_old", "day", index, most=most)


def _price(rules: Rules, tasks: Sequence[SheetLine]) -> dict[int, list[PlannedLine]]:
    """The lines of each unit; an error names the task it belongs to."""
    found: dict[int, list[PlannedLine]] = {}
    for index, task in enumerate(tasks):
        try:
            quote = rules.quote(task)
        except FeeError as error:
            error.line = index
            raise
        mine = found.setdefault(task.organisation_id, [])
        number = len({line.task_no for line in mine}) + 1
        mine.extend(PlannedLine(number, task, line) for line in quote.lines)
    return found


@dataclass(frozen=True)
class _ChainFound:
    organisation_id: int
    version_id: int
    number: int
    steps: tuple[tuple[int, str, int], ...]


# Put together once: that costs several times what running them does.
_CHAINS = (
    select(
        CHAIN.c.organisation_id,
        CHAIN_VERSION.c.id,
        CHAIN_VERSION.c.number,
        CHAIN_STEP.c.no,
        CHAIN_STEP.c.desk_kind,
        CHAIN_STEP.c.due_days,
    )
    .select_from(
        CHAIN.join(CHAIN_VERSION, CHAIN_VERSION.c.chain_id == CHAIN.c.id).join(
            CHAIN_STEP, CHAIN_STEP.c.chain_version_id == CHAIN_VERSION.c.id
        )
    )
    .where(
        CHAIN.c.organisation_id.in_(bindparam("places", expanding=True)),
        CHAIN_VERSION.c.published_at <= bindparam("at", type_=UtcDateTime),
    )
    .order_by(CHAIN_VERSION.c.id, CHAIN_STEP.c.no)
)
_DESKS = desks_statement(
    and_(
        DESK.c.organisation_id.in_(bindparam("places", expanding=True)),
        or_(DESK.c.person_id.is_(None), DESK.c.person_id == bindparam("person", type_=Integer)),
    )
)


def _chains(connection: Connection, places: set[int], at: datetime) -> list[_ChainFound]:
    """Published versions of the chains at those places, with their steps."""
    rows = connection.execute(_CHAINS, {"places": sorted(places), "at": at})
    found: dict[int, _ChainFound] = {}
    for organisation_id, version_id, number, *step in rows:
        before = found.get(version_id, _ChainFound(organisation_id, version_id, number, ()))
        found[version_id] = _ChainFound(organisation_id, version_id, number, (*before.steps, tuple(step)))
    return list(found.values())


def _desks(
    connection: Connection, tree: Tree, units: Sequence[int], person_id: int, day: date
) -> dict[int, DeskPeople]:
    """Every desk on the units' paths, and the person's own at each payer."""
    places = {place for unit in units for place in path_to_payer(tree, unit)}
    return read_desks(connection, _DESKS, {"places": sorted(places), "person": person_id, "day": day})


def _part(
    tree: Tree,
    unit_id: int,
    lines: list[PlannedLine],
    chains: Sequence[_ChainFound],
    desks: dict[int, DeskPeople],
) -> Part:
    path = path_to_payer(tree, unit_id)
    payer_desk(desks, path[-1], s.PAYROLL)
    chain = _nearest_chain(path, chains)
    steps = tuple(_step(path, desks, *step) for step in chain.steps)
    part = Part(unit_id, path[-1], tuple(lines), chain.version_id, steps, desks)
    if part.total_cents == 0:
        raise FeeError("total_zero", organisation_id=unit_id)
    return part


def _nearest_chain(path: Sequence[int], chains: Sequence[_ChainFound]) -> _ChainFound:
    """The newest published version of the nearest chain."""
    fitting = [chain for chain in chains if chain.organisation_id in path]
    if not fitting:
        raise FeeError("chain_missing", "organisation_id", organisation_id=path[0])
    return min(fitting, key=lambda chain: (path.index(chain.organisation_id), -chain.number))


def _step(
    path: Sequence[int], desks: dict[int, DeskPeople], no: int, kind: str, due_days: int
) -> PlannedStep:
    """The step's desk, nearest to the unit; without one, the payer's administrator moves the claim."""
    at = {(desk.organisation_id, desk.kind): desk.id for desk in desks.values()}
    found = next((at[place, kind] for place in path if (place, kind) in at), None)
    if found is None:
        found = payer_desk(desks, path[-1], s.ADMINISTRATOR).id
    return PlannedStep(no, found, kind, due_days)
