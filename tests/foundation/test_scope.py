"""The three scopes and every known way around them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from config import TestConfig
from core import create_app
from core.database.session import writing
from core.database.types import Texts
from core.experts.models import Expert
from core.extensions import db
from core.organisations.services import create_organisation
from core.scope import JobScope, NodeScope, PersonScope, ScopeError, related, set_scope, unscoped
from core.users.models import Person
from core.users.services import create_person


class World:
    """A region with two municipalities, a unit below one, and an expert in each."""

    def __init__(self) -> None:
        self.region = create_organisation(Texts(fi="Keski-Suomi"), "region", "keski-suomi")
        self.laukaa = self._municipality("laukaa")
        self.muurame = self._municipality("muurame")
        self.school = create_organisation(Texts(fi="Koulu"), "unit", "koulu", parent_id=self.laukaa)
        self.centre = create_organisation(
            Texts(fi="Keskus"), "unit", "keskus", parent_id=self.laukaa, is_controller=True
        )
        self.experts = {name: self._expert(name) for name in ("laukaa", "muurame", "school", "centre")}

    def _municipality(self, slug: str) -> int:
        return create_organisation(
            Texts(fi=slug.title()), "municipality", slug, parent_id=self.region, is_controller=True
        )

    def _expert(self, where: str) -> int:
        person_id = create_person(f"Expert {where}")
        with writing() as session, unscoped("test set-up"):
            expert = Expert(
                person_id=person_id, organisation_id=getattr(self, where), name=where, sort_key=where
            )
            session.add(expert)
            session.flush()
            return expert.id

    def node(self, *tops: int, root: int | None = None) -> NodeScope:
        return NodeScope(root or self.region, 1, "core.experts.view", tops)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def built(request: pytest.FixtureRequest) -> Iterator[tuple[Flask, World]]:
    """One world per kind of database for the whole file: no test here depends on another's rows."""
    with request.getfixturevalue(f"{request.param}_databases").fresh() as urls:
        app = create_app(TestConfig(database_url=urls.app, database_owner_url=urls.owner))
        with app.app_context():
            yield app, World()
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def world(built: tuple[Flask, World]) -> Iterator[World]:
    app, found = built
    with app.app_context():
        yield found
        db.session.remove()


def names() -> set[str]:
    return set(db.session.scalars(select(Expert.name)))


def test_a_query_without_scope_raises(world: World) -> None:
    with pytest.raises(ScopeError):
        names()


def test_a_node_sees_its_subtree_within_its_controller(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    assert names() == {"laukaa", "school"}


def test_the_region_itself_reaches_nobodys_register(world: World) -> None:
    set_scope(db.session(), world.node(world.region))
    assert names() == set()


def test_several_tops_are_several_registers(world: World) -> None:
    set_scope(db.session(), world.node(world.centre, world.muurame))
    assert names() == {"centre", "muurame"}


def test_a_job_sees_its_organisation(world: World) -> None:
    set_scope(db.session(), JobScope(world.muurame))
    assert names() == {"muurame"}


def test_a_table_without_mine_has_no_rows_under_a_person(world: World) -> None:
    set_scope(db.session(), PersonScope(10**6))
    assert names() == set()


def test_a_session_keeps_its_scope(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    set_scope(db.session(), world.node(world.laukaa))
    with pytest.raises(ScopeError):
        set_scope(db.session(), world.node(world.muurame))


def probes(world: World) -> dict[str, Any]:
    """Every way of asking for the foreign expert, each of which must find nothing."""
    foreign = world.experts["muurame"]
    session = db.session()
    return {
        "get": lambda: session.get(Expert, foreign),
        "select": lambda: session.scalar(select(Expert).where(Expert.id == foreign)),
        "column": lambda: session.scalar(select(Expert.name).where(Expert.id == foreign)),
        "legacy query": lambda: session.query(Expert).filter_by(id=foreign).first(),
        "count": lambda: (
            session.scalar(select(func.count()).select_from(Expert).where(Expert.id == foreign)) or None
        ),
        "subquery": lambda: session.scalar(
            select(Person.id).where(Person.id.in_(select(Expert.person_id).where(Expert.id == foreign)))
        ),
        "exists": lambda: session.scalar(
            select(Person.id).where(
                select(Expert.id).where(Expert.person_id == Person.id, Expert.id == foreign).exists()
            )
        ),
        "join": lambda: session.scalar(
            select(Person.name).join(Expert, Expert.person_id == Person.id).where(Expert.id == foreign)
        ),
        "union": lambda: session.scalar(
            select(Expert.id)
            .where(Expert.id == foreign)
            .union_all(select(Expert.id).where(Expert.id == foreign))
        ),
        "cte": lambda: _cte(foreign),
        "scalar subquery": lambda: session.scalar(
            select(select(Expert.name).where(Expert.id == foreign).scalar_subquery())
        ),
    }


def _cte(foreign: int) -> Any:
    found = select(Expert.id).where(Expert.id == foreign).cte()
    return db.session.scalar(select(found.c.id))


@pytest.mark.parametrize(
    "probe",
    [
        "get",
        "select",
        "column",
        "legacy query",
        "count",
        "subquery",
        "exists",
        "join",
        "union",
        "cte",
        "scalar subquery",
    ],
)
def test_no_orm_statement_finds_a_foreign_row(world: World, probe: str) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with suppress(ScopeError):  # refusing is as good as finding nothing
        assert probes(world)[probe]() is None


@pytest.mark.parametrize(
    "probe", ["get", "select", "column", "legacy query", "count", "subquery", "exists", "join"]
)
def test_the_probes_can_find_what_is_ours(world: World, probe: str) -> None:
    set_scope(db.session(), world.node(world.muurame))
    assert probes(world)[probe]() is not None


def test_an_update_or_delete_by_statement_misses_foreign_rows(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with writing() as session:
        changed: Any = session.execute(update(Expert).values(title="x"))
        gone: Any = session.execute(delete(Expert).where(Expert.id == world.experts["muurame"]))
    assert (changed.rowcount, gone.rowcount) == (2, 0)


@pytest.mark.parametrize(
    "statement",
    [
        lambda: select(Expert.__table__.c.name),
        lambda: text("SELECT name FROM expert"),
        lambda: update(Expert.__table__).values(title="x"),
        lambda: insert(Expert.__table__).values(person_id=1, organisation_id=1, name="x", sort_key="x"),
        lambda: insert(Expert).values(person_id=1, organisation_id=1, name="x", sort_key="x"),
    ],
)
@pytest.mark.parametrize("through", ["session", "connection"])
def test_core_and_text_statements_are_refused(world: World, statement: Any, through: str) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with writing() as session:
        runner = session if through == "session" else session.connection()
        with pytest.raises(ScopeError):
            runner.execute(statement())


def test_refresh_and_identity_map_stay_within_the_scope(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    own = db.session.get(Expert, world.experts["laukaa"])
    assert own is not None
    db.session.refresh(own)
    assert db.session.get(Expert, world.experts["muurame"]) is None


def test_a_foreign_row_cannot_be_written(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with pytest.raises(ScopeError), writing() as session:
        session.add(Expert(person_id=1, organisation_id=world.muurame, name="x", sort_key="x"))


def test_a_row_never_changes_its_organisation(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with writing() as session:
        expert = session.get(Expert, world.experts["laukaa"])
        assert expert is not None
        expert.organisation_id = world.school
        with pytest.raises(ScopeError):
            session.flush()
        session.expire_all()


def test_bulk_methods_are_refused(world: World) -> None:
    for method in ("bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"):
        with pytest.raises(RuntimeError):
            getattr(db.session(), method)([])


def test_a_change_outside_writing_is_refused(world: World) -> None:
    db.session.add(Person(name="x", sort_key="x", language="fi"))
    with pytest.raises(RuntimeError, match="outside writing"):
        db.session.flush()


def test_unscoped_is_logged_and_on_the_same_session(world: World, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    with caplog.at_level(logging.INFO, logger="core"), unscoped("a reason"):
        assert names() == {"laukaa", "muurame", "school", "centre"}
    assert any(getattr(r, "reason", None) == "a reason" for r in caplog.records)
    with pytest.raises(ScopeError):
        names()


def test_related_rows_can_be_read_but_not_changed(world: World) -> None:
    set_scope(db.session(), world.node(world.laukaa))
    with related("test"):
        assert names() == {"laukaa", "muurame", "school", "centre"}
        with writing() as session:
            changed: Any = session.execute(update(Expert).values(title="y"))
            assert changed.rowcount == 2
            session.add(Expert(person_id=1, organisation_id=world.muurame, name="x", sort_key="x"))
            with pytest.raises(ScopeError):
                session.flush()
            session.rollback()
