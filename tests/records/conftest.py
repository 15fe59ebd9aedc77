"""A small world for records: two municipalities, their administrators, experts and grants below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import TestConfig
from core import application
from core.database.session import writing
from core.database.types import Texts
from core.experts.models import Expert, ExpertGrant
from core.experts.records import EXPERTS
from core.experts.services import create_expert
from core.extensions import db
from core.organisations.services import create_organisation
from core.records.custom.records import CUSTOM_FIELDS
from core.records.description import Field, Record
from core.records.errors import Invalid
from core.scope import unscoped
from core.testing.applications import application as opened
from core.testing.databases import DatabaseUrls, Prepared
from core.testing.fixtures import rows_for
from core.testing.visitors import CSRF, visitor
from core.trust.consents import give
from core.users.services import add_membership, create_account, create_person


def add_grant(values: dict[str, Any], _organisation_id: int, _actor_id: int) -> int:
    if values["purpose"] == "refused":
        raise Invalid({"purpose": "Not for this.", "": "Nothing was stored."})
    with writing() as session:
        grant = ExpertGrant(**values)
        session.add(grant)
        session.flush()
        return grant.id


def change_grant(grant_id: int, values: dict[str, Any], _actor_id: int) -> None:
    with writing() as session:
        for key, value in values.items():
            setattr(session.get_one(ExpertGrant, grant_id), key, value)


def remove_grant(grant_id: int, _actor_id: int) -> None:
    with writing() as session:
        session.delete(session.get_one(ExpertGrant, grant_id))


GRANTS = Record(
    key="core.grant",
    label="Grant",
    plural="Grants",
    model=ExpertGrant,
    parent="expert_id",
    order="id",
    read="core.experts.view",
    write="core.experts.manage",
    create=add_grant,
    update=change_grant,
    remove=remove_grant,
    fields=(
        Field(key="purpose", label="Purpose", required=True, max=40),
        Field(key="organisation_id", label="Organisation", type="organisation", required=True, fixed=True),
        Field(key="valid_from", label="From", type="date", required=True),
        Field(key="withdrawn_on", label="Withdrawn", type="date", in_form=False),
    ),
)


@dataclass
class World:
    """Ids of what the tests need, and its people's browsers."""

    app: Flask
    region: int
    laukaa: int
    school: int
    muurame: int
    experts: dict[str, int]

    def browser(self, name: str) -> Browser:
        """Somebody signed in."""
        who = visitor(self.app, self.people[name], name)
        return Browser(who.client(self.app), who.csrf)

    people: dict[str, int]

    def values(self, model: type[Any], row_id: int) -> dict[str, Any]:
        """Every column of a row, as it is stored."""
        with self.app.app_context(), unscoped("what is stored"):
            row = db.session.get(model, row_id)
            found = {column.key: getattr(row, column.key) for column in model.__table__.columns}
            db.session.remove()
        return found


@dataclass
class Browser:
    """A signed-in test client whose forms carry the token."""

    client: FlaskClient
    csrf: str

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def post(self, address: str, **form: Any) -> Any:
        return self.client.post(address, data={CSRF: self.csrf, **form})


@pytest.fixture
def described() -> Record:
    """The one record of the world; tests of lists bring their own."""
    return replace(EXPERTS, children=(GRANTS,))


def write_world(urls: DatabaseUrls) -> World:
    with opened(urls, safe_mode=True, default_language="en") as app, app.app_context():
        return build_world(app)


first_rows = rows_for("world", write_world)


@pytest.fixture
def world(
    database: DatabaseUrls,
    described: Record,
    monkeypatch: pytest.MonkeyPatch,
    prepared_database: Prepared[World],
) -> Iterator[World]:
    monkeypatch.setattr(application, "CORE_RECORDS", (described, CUSTOM_FIELDS))
    config = TestConfig(
        database_url=database.app, database_owner_url=database.owner, safe_mode=True, default_language="en"
    )
    app = application.build(config)
    made = prepared_database.remembered
    yield replace(made, app=app, experts=dict(made.experts), people=dict(made.people))
    with app.app_context():
        db.session.remove()
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


def build_world(app: Flask) -> World:
    region = create_organisation(Texts(fi="Maakunta"), "region", "maakunta", is_controller=True)
    laukaa, muurame = (
        create_organisation(
            Texts(fi=name), "municipality", name.lower(), parent_id=region, is_controller=True
        )
        for name in ("Laukaa", "Muurame")
    )
    school = create_organisation(Texts(fi="Koulu"), "school", "koulu", parent_id=laukaa)
    people = {name: administrator(name, place) for name, place in (("Penni", laukaa), ("Maija", muurame))}
    with unscoped("the world of a test"):
        experts = {
            "Aino": expert("Aino", laukaa),
            "Koulu": expert("Koulu", school),
            "Sari": expert("Sari", muurame),
            "Granted": expert("Granted", muurame),
        }
        with writing() as session:
            person_id = session.get_one(Expert, experts["Granted"]).person_id
            consent_id = give(person_id, "matching", actor_id=None)
            session.add(
                ExpertGrant(
                    expert_id=experts["Granted"],
                    organisation_id=laukaa,
                    purpose="x",
                    valid_from=date(2020, 1, 1),
                    consent_id=consent_id,
                )
            )
    return World(app, region, laukaa, school, muurame, experts, people)


def administrator(name: str, organisation_id: int) -> int:
    person_id = create_person(name, language="en", actor_id=None)
    create_account(person_id, f"{name.lower()}@example.test", actor_id=None)
    add_membership(person_id, organisation_id, "administrator", actor_id=None)
    return person_id


def expert(name: str, organisation_id: int) -> int:
    values = {"name": name, "municipality": "Somewhere", "title": "trained", "status": "active"}
    return create_expert(values, organisation_id, None)  # type: ignore[arg-type]  # the system adds them


def stored_experts(world: World) -> list[Expert]:
    with world.app.app_context(), unscoped("what is stored"):
        found = list(db.session.scalars(db.select(Expert)))
        db.session.expunge_all()
    return found
