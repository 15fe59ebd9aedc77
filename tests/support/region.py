"""The demonstration region as a database of a test's own: loaded once, copied for each test."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from core.demo.staff import key_of
from core.extensions import db
from core.organisations.models import Organisation
from core.testing.applications import application as plain_application
from core.testing.databases import DatabaseUrls, migrate_whole
from core.testing.visitors import Visitor, visitor
from core.users.models import Person
from core.users.services import add_membership, create_account, create_person

TEMPLATE = "region"


def migrate_and_load(owner_url: str) -> None:
    """Make the tables and the region in an empty database."""
    from core.demo.load import load_demo

    migrate_whole(owner_url)
    with application(DatabaseUrls(owner_url, owner_url, "")) as app, app.app_context():
        load_demo()
        db.session.remove()


def application(urls: DatabaseUrls) -> AbstractContextManager[Flask]:
    """An application of the demonstration on a database; its connections are closed afterwards."""
    return plain_application(urls, demo=True)


@dataclass(frozen=True)
class LoadedRegion:
    """The region behind an application, with its people and organisations by name."""

    app: Flask
    urls: DatabaseUrls

    def organisation(self, slug: str) -> int:
        """The id of an organisation."""
        with self.app.app_context():
            found = db.session.scalar(select(Organisation.id).where(Organisation.slug == slug))
            db.session.remove()
        assert found is not None, slug  # the region holds it, or the test is out of date
        return found

    def payer(self, slug: str) -> int:
        """The id of the organisation that pays for work there."""
        with self.app.app_context():
            found = db.session.scalar(select(Organisation.controller_id).where(Organisation.slug == slug))
            db.session.remove()
        assert found is not None, slug  # as above
        return found

    def person(self, name: str) -> int:
        """The id of a person."""
        with self.app.app_context():
            found = db.session.scalar(select(Person.id).where(Person.name == name))
            db.session.remove()
        assert found is not None, name  # as above
        return found

    def sign_in(self, name: str) -> Visitor:
        """One of the region's people, signed in."""
        return visitor(self.app, self.person(name), name)

    def newcomer(
        self, name: str, role: str | None = None, slug: str = "", *, operator: bool = False
    ) -> Visitor:
        """A new person with an account and perhaps a role somewhere, signed in."""
        address = key_of(name)
        with self.app.app_context():
            person_id = create_person(name, actor_id=None)
            create_account(person_id, f"{address}@example.test", actor_id=None, is_operator=operator)
            db.session.remove()
        if role is not None:
            organisation_id = self.organisation(slug)
            with self.app.app_context():
                add_membership(person_id, organisation_id, role, actor_id=None)
                db.session.remove()
        return visitor(self.app, person_id, name)
