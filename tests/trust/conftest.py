"""Two municipalities under a region, their staff, and Aino, whose data it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import Texts
from core.experts.models import Expert
from core.experts.services import create_expert
from core.extensions import db
from core.log.models import AccessRow
from core.organisations.services import create_organisation
from core.scope import unscoped
from core.testing.applications import application
from core.testing.databases import DatabaseUrls, Prepared
from core.testing.fixtures import rows_for
from core.testing.visitors import CSRF, visitor
from core.trust.consents import give
from core.users.services import add_membership, create_account, create_person

LIST = "/o/laukaa/records/core.expert/"


@dataclass
class Browser:
    """Somebody signed in, whose forms carry the token."""

    client: Any
    csrf: str

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def post(self, address: str, **form: Any) -> Any:
        return self.client.post(address, data={CSRF: self.csrf, **form})


@dataclass
class World:
    """Ids of what the tests need."""

    app: Flask
    region: int
    laukaa: int
    muurame: int
    people: dict[str, int]
    experts: dict[str, int]

    def browser(self, name: str) -> Browser:
        who = visitor(self.app, self.people[name], name)
        return Browser(who.client(self.app), who.csrf)

    @contextmanager
    def looking(self) -> Iterator[Session]:
        with self.app.app_context(), unscoped("a test looks at rows"):
            yield db.session()
            db.session.remove()

    def log(self) -> Sequence[AccessRow]:
        with self.looking() as session:
            return session.scalars(select(AccessRow).order_by(AccessRow.id)).all()

    def page(self, name: str) -> str:
        """The address of an expert's page in Laukaa."""
        return f"{LIST}{self.experts[name]}/"


def write_world(urls: DatabaseUrls) -> World:
    with application(urls) as app, app.app_context():
        return _build(app)


first_rows = rows_for("world", write_world)


@pytest.fixture
def world(app: Flask, prepared_database: Prepared[World]) -> World:
    made = prepared_database.remembered
    return replace(made, app=app, people=dict(made.people), experts=dict(made.experts))


def _build(app: Flask) -> World:
    region = create_organisation(Texts(fi="Maakunta"), "region", "maakunta", is_controller=True)
    laukaa, muurame = (
        create_organisation(
            Texts(fi=name), "municipality", name.lower(), parent_id=region, is_controller=True
        )
        for name in ("Laukaa", "Muurame")
    )
    staff = {
        "Kerttu": (laukaa, "coordinator"),
        "Outi": (laukaa, "orderer"),
        "Penni": (laukaa, "administrator"),
        "Maija": (muurame, "coordinator"),
    }
    people = {name: _person(name) for name in staff}
    for name, (place, role) in staff.items():
        add_membership(people[name], place, role, actor_id=None)
    experts = {}
    with unscoped("the world of a test"):
        for name in ("Aino", "Veikko"):
            experts[name] = create_expert(_values(name), laukaa, people["Kerttu"])
            person_id = db.session.get_one(Expert, experts[name]).person_id
            people[name] = person_id
            create_account(person_id, f"{name.lower()}@example.test", actor_id=None)
            give(person_id, "register", actor_id=person_id)
    return World(app, region, laukaa, muurame, people, experts)


def _values(name: str) -> dict[str, Any]:
    return {
        "name": f"{name} Aamutähti", "municipality": "Laukaa", "title": "trained", "status": "active",
        "phone": "0401234567",
    }  # fmt: skip


def _person(name: str) -> int:
    person_id = create_person(name, actor_id=None)
    create_account(person_id, f"{name.lower()}@example.test", actor_id=None)
    return person_id
