"""Two payers with units, people, desks, chains and rates of their own, for the fee kernel's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Lock
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import Texts, sort_key
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleState
from core.organisations.services import create_organisation
from core.scope import NodeScope, PersonScope, set_scope, unscoped
from core.testing.applications import application
from core.testing.databases import DatabaseUrls
from core.users.models import Account, Membership, Person
from plugins.fees import models as m
from plugins.fees.kernel.submit import SubmitResult, submit
from plugins.fees.kernel.transition import Moved, transition
from plugins.fees.sheet import SheetLine

MONDAY = datetime(2026, 10, 12, 6, tzinfo=UTC)
LESSON_DAY = date(2026, 10, 6)
ALWAYS = date(2020, 1, 1)


@dataclass
class Payers:
    """Laukaa (lessons, three steps) and Hyvaks (hours, four steps), by name."""

    app: Flask
    at: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    desks: dict[tuple[str, str], int] = field(default_factory=dict)
    work: dict[str, int] = field(default_factory=dict)
    keys: dict[str, date] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def on(self, app: Flask) -> Payers:
        """The same payers, as an application on a copy of their database finds them."""
        own = {name: dict(getattr(self, name)) for name in ("at", "people", "desks", "work", "keys")}
        return replace(self, app=app, _lock=Lock(), **own)

    @contextmanager
    def by(self, name: str) -> Iterator[Session]:
        """A session of a person's own pages."""
        with self.app.app_context():
            set_scope(db.session(), PersonScope(self.people[name]))
            yield db.session()
            db.session.remove()

    @contextmanager
    def payroll(self, name: str, payer: str) -> Iterator[Session]:
        """A session of payroll's pages at a payer."""
        with self.app.app_context():
            top = self.at[payer]
            set_scope(db.session(), NodeScope(top, self.people[name], "fees.payroll", (top,)))
            yield db.session()
            db.session.remove()

    @contextmanager
    def anywhere(self) -> Iterator[Session]:
        """A writing session that sees all rows."""
        with self.app.app_context(), unscoped("test"), writing() as session:
            yield session
        with self.app.app_context():
            db.session.remove()

    def task(self, unit: str, work: str, day: date = LESSON_DAY, **values: Any) -> SheetLine:
        """A task of a sheet."""
        times = {"start": time(10), "end": time(11, 40), **values}
        return SheetLine(organisation_id=self.at[unit], work_type_id=self.work[work], day=day, **times)

    def lesson(self, **values: Any) -> SheetLine:
        """The school lesson of 121,40 euros."""
        given = {"lessons": 2, "preparation_minutes": 60, "metres": 48000, **values}
        return self.task("school", "lesson", **given)

    def day_of(self, key: str) -> date:
        """A day of work for each key: nobody claims one and the same lesson twice."""
        with self._lock:
            return self.keys.setdefault(key, LESSON_DAY - timedelta(days=len(self.keys)))

    def send(
        self, *tasks: SheetLine, by: str = "aino", key: str = "k1", at: datetime = MONDAY
    ) -> SubmitResult:
        """Send a sheet: the tasks, or a lesson on the key's day."""
        with self.by(by):
            return submit(self.people[by], key, tasks or [self.lesson(day=self.day_of(key))], at)

    def move(
        self, claim_id: int, version: int, action: str, by: str, at: datetime = MONDAY, **more: Any
    ) -> Moved:
        """One step of a claim from a person's own pages."""
        with self.by(by):
            return transition(claim_id, version, action, self.people[by], at=at, **more)

    def approved(self, *tasks: SheetLine, key: str = "k1") -> int:
        """A claim of the school that everybody has approved."""
        claim_id = self.send(*tasks, key=key).claim_ids[0]
        for version, name in enumerate(("outi", "lauri", "ylva"), 1):
            self.move(claim_id, version, "approve", name)
        return claim_id


def write_payers(urls: DatabaseUrls) -> Payers:
    """Write everything on the Monday of the tests, in an application of its own."""
    with application(urls) as app, time_machine.travel(MONDAY, tick=False):
        return build(app)


def build(app: Flask) -> Payers:
    """Write everything, as the owner of all rows would."""
    world = Payers(app)
    with app.app_context(), unscoped("test"):
        _organisations(world)
        with writing() as session:
            _modules(session, world)
            _desks(session, world)
            _chains(session, world)
            _rates(session, world)
            raise_epoch(session)
        db.session.remove()
    return world


def _organisations(world: Payers) -> None:
    """A region; a municipality with a school; a county with two wards; a municipality without fees."""

    def add(slug: str, kind: str, parent: str | None, **more: Any) -> None:
        above = world.at[parent] if parent else None
        world.at[slug] = create_organisation(Texts(fi=slug.title()), kind, slug, parent_id=above, **more)

    add("region", "region", None)
    add("laukaa", "municipality", "region", is_controller=True, code="LAU")
    add("education", "sector", "laukaa")
    add("school", "school", "education", cost_centre="4310")
    add("hyvaks", "county", "region", is_controller=True, code="HYV")
    add("mental", "service_area", "hyvaks", cost_centre="7100")
    add("ward-a", "unit", "mental", cost_centre="7101")
    add("ward-b", "unit", "mental")
    add("muurame", "municipality", "region", is_controller=True, code="MUU")


def _modules(session: Session, world: Payers) -> None:
    for slug in ("laukaa", "hyvaks"):
        row = ModuleState(module="fees", organisation_id=world.at[slug], state="on", changed_at=MONDAY)
        session.add(row)


def person(session: Session, world: Payers, name: str) -> int:
    """A person by first name, made when first named."""
    if name not in world.people:
        row = Person(name=name.title(), sort_key=sort_key(name), created_at=MONDAY)
        session.add(row)
        session.flush()
        world.people[name] = row.id
        session.add(Account(person_id=row.id, email=f"{name}@example.test", created_at=MONDAY))
    return world.people[name]


def employ(session: Session, world: Payers, place: str, name: str) -> None:
    """A role that lets somebody stand at desks of the place's payer; once for each place."""
    here = {"person_id": person(session, world, name), "organisation_id": world.at[place]}
    if session.query(Membership).filter_by(**here).first() is None:
        session.add(Membership(**here, role="approver", valid_from=ALWAYS))
        session.flush()


def desk(session: Session, world: Payers, place: str, kind: str, *members: str) -> int:
    """A desk with its members."""
    row = m.Desk(organisation_id=world.at[place], kind=kind)
    session.add(row)
    session.flush()
    for name in members:
        who = person(session, world, name)
        session.add(
            m.DeskMember(organisation_id=world.at[place], desk_id=row.id, person_id=who, valid_from=ALWAYS)
        )
        employ(session, world, place, name)
    world.desks[place, kind] = row.id
    return row.id


def _desks(session: Session, world: Payers) -> None:
    for name in ("aino", "veikko"):
        person(session, world, name)
    employ(session, world, "school", "saku")  # stands nowhere until somebody is away
    for place, kind, *members in (
        ("school", "orderer", "outi"),
        ("school", "line_manager", "lauri"),
        ("laukaa", "unit_head", "ylva"),
        ("laukaa", "payroll", "paula"),
        ("laukaa", "administrator", "penni"),
        ("ward-a", "contact", "aatu"),
        ("ward-b", "contact", "beata"),
        ("mental", "head_nurse", "arvo"),
        ("hyvaks", "unit_head", "ulla"),
        ("hyvaks", "hr", "heta"),
        ("hyvaks", "payroll", "pirkko"),
        ("hyvaks", "administrator", "hilma"),
    ):
        desk(session, world, place, kind, *members)


def _chains(session: Session, world: Payers) -> None:
    chain(session, world, "laukaa", "orderer", "line_manager", "unit_head")
    chain(session, world, "hyvaks", "contact", "head_nurse", "unit_head", "hr")


def chain(session: Session, world: Payers, place: str, *kinds: str) -> int:
    """A published chain; a second one at the same place is its next version."""
    here = {"organisation_id": world.at[place]}
    row = session.query(m.Chain).filter_by(**here).one_or_none() or m.Chain(**here)
    session.add(row)
    session.flush()
    number = session.query(m.ChainVersion).filter_by(chain_id=row.id).count() + 1
    version = m.ChainVersion(
        **here, chain_id=row.id, number=number, published_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    session.add(version)
    session.flush()
    for no, kind in enumerate(kinds, 1):
        session.add(m.ChainStep(**here, chain_version_id=version.id, no=no, desk_kind=kind, due_days=3))
    return version.id


def _rates(session: Session, world: Payers) -> None:
    for place, code, unit, cents in (("laukaa", "lesson", "lesson", 3500), ("hyvaks", "hour", "hour", 2500)):
        here = {"organisation_id": world.at[place]}
        kind = m.WorkType(**here, code=code, name=Texts(fi=code), unit=unit, income_type="210")
        session.add(kind)
        session.flush()
        world.work[code] = kind.id
        cap = 60 if place == "laukaa" else None
        price = {
            "step_minutes": 30,
            "minimum_minutes": 60,
            "preparation_unit_cents": 2500,
            "preparation_cap_minutes": cap,
        }
        rate(session, world, place, kind.id, unit, unit_cents=cents, valid_to=date(2026, 12, 31), **price)
    for kind_of_table, cents in (("km", 55), ("passenger", 4)):
        session.add(m.YearlyTable(year=2026, kind=kind_of_table, cents=cents, source="Tax Administration"))


def rate(
    session: Session, world: Payers, place: str, work_type_id: int | None, unit: str, **price: Any
) -> int:
    """A rate with one version from the start of 2026."""
    here = {"organisation_id": world.at[place]}
    row = m.Rate(**here, work_type_id=work_type_id, unit=unit)
    session.add(row)
    session.flush()
    version = m.RateVersion(**{"valid_from": date(2026, 1, 1), **here, **price}, rate_id=row.id)
    session.add(version)
    session.flush()
    return version.id
