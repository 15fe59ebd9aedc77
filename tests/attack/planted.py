"""Words that stand only in other people's rows, put there past every service: no answer may hold them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core.database.session import writing
from core.database.types import Texts, now, today
from core.experts.models import Expert
from core.extensions import db
from core.organisations.contacts.services import create_contact
from core.records.custom.models import CustomField, CustomValue
from core.scope import unscoped
from core.users.invitations import invite
from core.users.models import Account, Person
from plugins.fees.models import Desk, DeskDeputy
from tests.attack import claims
from tests.attack import people as people_to_erase
from tests.attack.facts import facts_of
from tests.support.region import LoadedRegion

GUEST = "Aino Aamutähti"
OTHERS, UNITS = "Kanarialintu", "Satakielinen"
# Words by table and column, and the organisation's column of the table.
PLACES = (
    ("fees_payee", "name", "organisation_id"),
    ("fees_chain", "name", "organisation_id"),
    ("fees_claim_text", "text", "organisation_id"),
    ("expert", "name", "organisation_id"),
    ("organisation_contact", "task", "organisation_id"),
    ("custom_field", "purpose", "organisation_id"),
)


def plant(region: LoadedRegion) -> None:
    """Claims everywhere, then the words in the county's rows and in those of one school."""
    claims_everywhere(region)
    rows_everywhere(region)
    invitations_everywhere(region)
    engine = create_engine(region.urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        for slug, word in (("hyvaks", OTHERS), ("demo-koulu-kirkonkyla", UNITS)):
            inside = _below(connection, region.organisation(slug))
            for table, column, where in PLACES:
                _mark(connection, table, column, f"{where} IN ({inside})", word)
            _mark_people(connection, inside, word)
            _mark_work_types(connection, inside, word)
    engine.dispose()


def claims_everywhere(region: LoadedRegion) -> None:
    """A claim with a message in each unit that matters, one of them decided, sealed and paid for."""
    claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu", message="Oma viesti", hour=8)
    claims.send_claim(
        region, "Veikko Vihreäkivi", "demo-koulu-kirkonkyla", message="Toisen koulun viesti", hour=8
    )
    claims.send_claim(
        region, "Veikko Vihreäkivi", "demo-osasto-a", unit="hour", message="Osaston viesti", hour=8
    )
    for name, slug in (
        ("Outi Omenapolku", "sydan-laukaan-koulu"),
        ("Outi Omenapolku", "demo-koulu-kirkonkyla"),
    ):
        claims.send_claim(region, name, slug, hour=14)
    claims.send_claim(region, "Aatu Aholinna", "demo-osasto-a", unit="hour", hour=14)
    claims.seal_one(region, "sydan-laukaan-koulu", "lesson", "Paula Pihlajatähti", times=1)
    claims.seal_one(region, "demo-osasto-a", "hour", "Pirkko Pikkukivi", times=2)


def rows_everywhere(region: LoadedRegion) -> None:
    """An expert and a deputy wherever the region has none of its own."""
    homes = {slug: region.organisation(slug) for slug in ("laukaa", "demo-koulu-kirkonkyla", "hyvaks")}
    people = {name: region.person(name) for name in ("Aatu Aholinna", "Arvo Apilasaari")}
    model: Any = Desk
    with claims.standing(region), unscoped("a test plants rows"), writing() as session:
        for slug, home in homes.items():
            person = Person(name=f"Expert of {slug}", sort_key=slug, created_at=now())
            session.add(person)
            session.flush()
            expert = Expert(person_id=person.id, organisation_id=home, name=person.name, sort_key=slug)
            session.add(expert)
            session.flush()
            add_custom_field(session, slug, home, expert)
            session.add_all(facts_of(expert))
            people_to_erase.plant(session, home)
            create_contact({"name": f"Contact of {slug}", "task": "Answers"}, home, None)
        wanted = select(model).where(model.organisation_id == homes["hyvaks"], model.person_id.is_(None))
        desk = session.scalars(wanted).first()
        assert desk is not None
        for_person, deputy = people.values()
        dates = {"valid_from": today(), "valid_to": today()}
        absence = {"desk_id": desk.id, "for_person_id": for_person, "deputy_person_id": deputy, **dates}
        session.add(DeskDeputy(organisation_id=desk.organisation_id, **absence))


def add_custom_field(session: Session, slug: str, home: int, expert: Expert) -> None:
    """A field of the organisation's own, with the value of one expert."""
    field = CustomField(
        organisation_id=home, record="core.expert", key=slug.replace("-", "_"), type="text", position=1,
        label=Texts(fi=f"Oma {slug}"), personal=True, purpose="Kutsumiseen", retention="Vuosi", in_list=True,
    )  # fmt: skip
    session.add(field)
    session.flush()
    word = {"hyvaks": OTHERS, "demo-koulu-kirkonkyla": UNITS}.get(slug, "Oma")
    value = CustomValue(
        organisation_id=home, field_id=field.id, row_id=expert.id, person_id=expert.person_id,
        value=f"Arvo {word}", value_text=f"arvo {word}".lower(),
    )  # fmt: skip
    session.add(value)


def invitations_everywhere(region: LoadedRegion) -> None:
    """Roles that wait to be accepted by somebody of the region."""
    with region.app.app_context():
        email = db.session.scalars(select(Account.email).join(Person).where(Person.name == GUEST)).one()
        db.session.remove()
    for slug in ("laukaa", "demo-koulu-kirkonkyla", "hyvaks"):
        home = region.organisation(slug)
        with region.app.app_context():
            invite("Guest", email, home, "verifier", actor_id=None)
            db.session.remove()


def _below(connection: Connection, organisation_id: int) -> str:
    found = connection.execute(
        text("SELECT descendant_id FROM organisation_closure WHERE ancestor_id = :id"),
        {"id": organisation_id},
    )
    return ", ".join(str(row[0]) for row in found)


def _mark(connection: Connection, table: str, column: str, where: str, word: str) -> None:
    connection.execute(text(f"UPDATE {table} SET {column} = {column} || ' {word}' WHERE {where}"))


def _mark_people(connection: Connection, inside: str, word: str) -> None:
    """Those who work there and nowhere else."""
    where = (
        f"id IN (SELECT person_id FROM membership WHERE organisation_id IN ({inside})) AND "
        f"id NOT IN (SELECT person_id FROM membership WHERE organisation_id NOT IN ({inside}))"
    )
    _mark(connection, "person", "name", where, word)


def _mark_work_types(connection: Connection, inside: str, word: str) -> None:
    rows: Any = connection.execute(
        text(f"SELECT id, name FROM fees_work_type WHERE organisation_id IN ({inside})")
    )
    for row_id, name in rows.fetchall():
        names = name if isinstance(name, dict) else json.loads(name)
        marked = json.dumps({language: f"{words} {word}" for language, words in names.items()})
        connection.execute(
            text("UPDATE fees_work_type SET name = :name WHERE id = :id"), {"name": marked, "id": row_id}
        )
