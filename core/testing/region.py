"""A small region of made-up organisations: a county with a ward, a town with a school, an association.

The county and the town are controllers of their own. Where a module is tried, it is on in these two and off
in the association. Everywhere somebody stands in each role.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from core.database.migrate import upgrade
from core.database.session import writing
from core.database.types import Texts
from core.extensions import db
from core.organisations.models import Organisation
from core.organisations.services import create_organisation
from core.testing.applications import application
from core.testing.databases import DatabaseUrls
from core.testing.visitors import Visitor, visitor, visitor_of_token
from core.users.models import Account, Person
from core.users.permissions import ROLES
from core.users.services import add_membership, create_account, create_person

REGION, COUNTY, WARD, TOWN, SCHOOL, OFF = "region", "county", "ward", "town", "school", "association"
# Place, parent, kind, and whether its rows are its own business.
PLACES = (
    (REGION, None, "region", False),
    (COUNTY, REGION, "county", True),
    (WARD, COUNTY, "unit", False),
    (TOWN, REGION, "municipality", True),
    (SCHOOL, TOWN, "unit", False),
    (OFF, REGION, "association", True),
)
OUTSIDER, OPERATOR = "nobody in particular", "the operator"


def name_of(role: str, place: str) -> str:
    """What the person in a role at a place is called."""
    return f"{role} {place}"


def migrate_and_build(owner_url: str, modules: tuple[str, ...]) -> None:
    """Make the tables of the core and the modules in an empty database, and write the region into it."""
    failed = upgrade(owner_url, modules=modules)
    if failed:
        raise RuntimeError("; ".join(str(condition) + condition.trace for condition in failed.values()))
    build(DatabaseUrls(owner_url, owner_url, ""), modules)


def build(urls: DatabaseUrls, modules: tuple[str, ...]) -> None:
    """Write the region into an empty database at the newest schema."""
    with application(urls, plugins=modules) as app, app.app_context(), writing():
        at: dict[str, int] = {}
        for place, parent, kind, controls in PLACES:
            name = Texts(fi=place.title(), sv=place.title(), en=place.title())
            above = at[parent] if parent else None
            code = place[:3].upper() if controls else None
            at[place] = create_organisation(
                name, kind, place, parent_id=above, is_controller=controls, code=code, cost_centre=code
            )
        for place in at:
            for role in ROLES:
                add_membership(_person(name_of(role, place)), at[place], role, actor_id=None)
        _person(OUTSIDER)
        _person(OPERATOR, is_operator=True)


def _person(name: str, *, is_operator: bool = False) -> int:
    person_id = create_person(name, actor_id=None)
    address = name.replace(" ", ".")
    create_account(person_id, f"{address}@example.test", actor_id=None, is_operator=is_operator)
    return person_id


@dataclass(frozen=True)
class SmallRegion:
    """The region behind an application: ids of its organisations and people, and people at their browsers."""

    app: Flask
    urls: DatabaseUrls

    def organisation(self, place: str) -> int:
        """The id of an organisation."""
        with self.app.app_context():
            found = db.session.scalar(select(Organisation.id).where(Organisation.slug == place))
            db.session.remove()
        if found is None:
            raise LookupError(f"the region has no {place}")
        return found

    def person(self, role: str, place: str = "") -> int:
        """The id of the person in a role at a place; without a place, of OUTSIDER or OPERATOR."""
        name = name_of(role, place) if place else role
        with self.app.app_context():
            found = db.session.scalar(
                select(Person.id).join(Account, Account.person_id == Person.id).where(Person.name == name)
            )
            db.session.remove()
        if found is None:
            raise LookupError(f"the region has no {name}")
        return found

    def visitor(self, role: str, place: str = "") -> Visitor:
        """That person, signed in."""
        person_id = self.person(role, place)
        return visitor(self.app, person_id, name_of(role, place) if place else role)

    def stranger(self) -> Visitor:
        """Somebody who is not signed in."""
        return visitor_of_token(self.app, 0, None, "somebody who is not signed in")
