"""The demonstration loads whole into an empty database, on any day, and its people can do their work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from core.database.types import today
from core.demo.accounts import SHOWN, make_password, table
from core.demo.commands import introduction
from core.demo.experts import experts
from core.demo.load import MODULES, NotEmpty, load_demo
from core.demo.region import PRESENT, Region
from core.demo.walk import walk_all
from core.experts.models import Expert
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.contacts.services import contacts_today
from core.organisations.models import Organisation
from core.scope import unscoped
from core.users.models import Account, Person
from core.users.passwords import verify as verify_password
from plugins.fees.kernel.people import load_desks
from plugins.fees.kernel.tables import DESK
from plugins.fees.models import Chain, ChainStep, ChainVersion, YearlyTable
from plugins.fees.offers import load_offers
from plugins.fees.price_reading import path_to_payer
from plugins.fees.verify import verify

ONE_KIND = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@contextmanager
def loaded(app: Flask) -> Iterator[Region]:
    with app.app_context(), unscoped("test"):
        yield load_demo()
        db.session.remove()


def totals() -> list[tuple[str, str, int]]:
    """(payer and part, state, cents) of every claim, in order of sending."""
    rows = db.session.execute(
        text(
            "SELECT r.prefix, c.part, c.state, c.total_cents FROM fees_claim c"
            " JOIN fees_receipt r ON r.sheet_id = c.sheet_id ORDER BY c.id"
        )
    )
    return [(f"{prefix}/{part}", state, cents) for prefix, part, state, cents in rows]


def test_the_joint_authority_ended_and_wards_say_whom_to_ask(app: Flask) -> None:
    with loaded(app) as region:
        tree = current_gate().tree
        old = tree.by_slug["ksshp"]
        assert (old.parent_id, old.successor_id) == (tree.by_slug["hyvaks"].id,) * 2
        assert (old.active, old.ended, old.succeeded_on) == (False, date(2022, 12, 31), date(2023, 1, 1))
        for letter, name in zip("abcd", ("Aatu", "Beata", "Carla", "Daavid"), strict=True):
            found = contacts_today(db.session(), region.organisations[f"demo-osasto-{letter}"])
            assert [contact.name.split()[0] for contact in found] == [name]


def test_region_is_whole(app: Flask) -> None:
    with loaded(app) as region:
        assert db.session.scalar(select(func.count()).select_from(Expert)) == 40
        kinds = dict(
            db.session.execute(select(Organisation.kind, func.count()).group_by(Organisation.kind)).all()
        )
        assert (kinds["municipality"], kinds["county"], kinds["region"]) == (22, 1, 1)
        assert db.session.scalar(select(func.count()).select_from(Person)) == len(region.people)
        stories = totals()
        assert [t for t in stories if t[0].startswith("HYV")][:4] == [
            ("HYV/1", "paid", 3750),
            ("HYV/2", "paid", 3750),
            ("HYV/3", "paid", 3750),
            ("HYV/4", "paid", 2500),
        ]
        assert [t for t in stories if t[0].startswith("JKL")] == [
            ("JKL/1", "paid", 4000), ("JKL/2", "paid", 3750), ("JKL/3", "paid", 3000),
        ]  # fmt: skip
        assert ("LAU/1", "in_approval", 12140) in stories
        assert verify(db.session()) == []


def test_it_loads_only_once_and_only_into_an_empty_database(app: Flask) -> None:
    with loaded(app):
        before = totals()
        with pytest.raises(NotEmpty):
            load_demo()
        assert totals() == before
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "empty" in result.output


@ONE_KIND
def test_nothing_is_left_of_a_load_that_fails(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_region: Region, _work: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("plugins.fees.demo.load.load_claims", fail)
    with app.app_context():
        with pytest.raises(RuntimeError, match="in the middle"):
            load_demo()
        assert db.session.scalar(select(func.count()).select_from(Organisation)) == 0


@ONE_KIND
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 10, 11, 22, 30, tzinfo=UTC),  # Monday half past one in Finland
        datetime(2026, 10, 16, 12, tzinfo=UTC),
        datetime(2026, 12, 28, 9, tzinfo=UTC),
        datetime(2027, 2, 17, 9, tzinfo=UTC),
    ],
)
def test_the_stories_slide_to_the_present(app: Flask, moment: datetime) -> None:
    with time_machine.travel(moment, tick=False), loaded(app) as region:
        slid = region.day(PRESENT)
        assert slid.weekday() == 0
        assert 0 <= (today() - slid).days < 7
        assert ("LAU/1", "in_approval", 12140) in totals()
        assert verify(db.session()) == []
        tables = db.session.scalars(select(YearlyTable).where(YearlyTable.kind == "km")).all()
        assert {t.cents for t in tables} == {55}
        assert all(("DEMO" in t.source) == (t.year != 2026) for t in tables)
        assert region.day(date(2026, 10, 6)).year in {t.year for t in tables}


@ONE_KIND
def test_every_chain_has_people_for_every_unit(app: Flask) -> None:
    """Each step of each chain finds somebody present, and not the same person twice."""
    with loaded(app):
        tree, connection = current_gate().tree, db.session.connection()
        desks = load_desks(connection, DESK.c.person_id.is_(None), today())
        units = load_offers(db.session()).open_units
        assert {tree.by_id[u.controller_id or 0].slug for u in units} == {"hyvaks", "laukaa", "jyvaskyla"}
        for unit in units:
            path, used = path_to_payer(tree, unit.id), set()
            for kind in steps_of(path):
                here = [d for d in desks.values() if d.kind == kind and d.organisation_id in path]
                desk = min(here, key=lambda d: path.index(d.organisation_id))
                assert desk.counted_on(used), (unit.slug, kind)
                used.add(next(s.person_id for s in desk.people if not s.away and s.person_id not in used))


def steps_of(path: tuple[int, ...]) -> list[str]:
    wanted = (
        select(ChainStep.desk_kind)
        .join(ChainVersion, ChainVersion.id == ChainStep.chain_version_id)
        .join(Chain, Chain.id == ChainVersion.chain_id)
        .where(Chain.organisation_id.in_(path), ChainVersion.published_at.is_not(None))
        .order_by(ChainStep.no)
    )
    return list(db.session.scalars(wanted))


@ONE_KIND
def test_modules_are_on_where_the_region_uses_them(app: Flask) -> None:
    with loaded(app) as region:
        gate = current_gate()
        on = {slug for slug, where in region.organisations.items() if gate.on("fees", where)}
        assert {"hyvaks", "laukaa", "jyvaskyla", "sydan-laukaan-koulu", "demo-osasto-b"} <= on
        assert not on & {"muurame", "aanekoski", "kokemustalo", "keski-suomi", "kokemustoimintakeskus"}
        assert set(MODULES) <= set(region.organisations)


def test_experts_are_forty_with_their_homes_and_titles() -> None:
    found = list(experts())
    homes = [e.municipality for e in found]
    assert (len(found), homes.count("Jyväskylä"), homes.count("Laukaa")) == (40, 14, 6)
    titles = [e.title for e in found]
    assert [titles.count(t) for t in ("trained", "actor", "expert", "peer")] == [34, 3, 2, 1]
    assert sum(e.email is None for e in found) == 3


def test_a_module_that_fails_is_named_and_stops_no_walk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_host: object, plugin: Any, _hook: str, **_arguments: object) -> None:
        raise RuntimeError(f"no way for {plugin.name}")

    walked = app.extensions["kokemussilta.host"]
    monkeypatch.setattr("core.demo.walk.load_demo", lambda: None)
    monkeypatch.setattr(type(walked), "call", failing)
    lines: list[str] = []
    walk_all(app, lines.append)
    assert all(any(f"no way for {name}" in line for line in lines) for name in walked.healthy)


def test_walk_ends_with_the_sealed_file(app: Flask) -> None:
    lines: list[str] = []
    walk_all(app, lines.append)
    told = "\n".join(lines)
    assert told.count("      finished ") == 2
    assert "Saku Salamapuro (Lauri Lumikontion sijainen)" in told
    assert "LAU-E0001;" in told
    assert ";12140" not in told  # lines, not sums: 70,00 and 25,00 and 26,40
    assert all(f";{cents}\n" in told + "\n" for cents in (7000, 2500, 2640, 5000))
    with app.app_context(), unscoped("test"):
        assert verify(db.session()) == []
        db.session.remove()


@ONE_KIND
def test_each_start_prints_new_passwords_that_work(app: Flask) -> None:
    first = introduction(app, "http://127.0.0.1:5000")
    second = introduction(app, "http://127.0.0.1:5000")
    shown = {line.split()[-2]: line.split()[-1] for line in second.splitlines() if ".example" in line}
    assert len(shown) == len(SHOWN)
    assert not any(password in first for password in shown.values())
    with app.app_context():
        for email, password in shown.items():
            stored = db.session.scalar(select(Account.password_hash).where(Account.email == email))
            assert verify_password(password, stored), email
        db.session.remove()


def test_passwords_are_readable_and_long_enough() -> None:
    found = {make_password() for _ in range(50)}
    assert len(found) > 45
    assert all(len(password) >= 12 and password.isascii() for password in found)
    assert table([]).splitlines()[0].startswith("Role")
