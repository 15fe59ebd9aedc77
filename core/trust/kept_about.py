"""What the core itself keeps about a person beside described records: for their copy."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.experts.models import Expert, ExpertGrant
from core.experts.own.models import OwnLimit
from core.experts.own.services import refused
from core.files.models import StoredFile
from core.formats import money
from core.log.models import AccessRow, Change
from core.modules.gating.gate import current_gate
from core.modules.spec.values import SubjectData
from core.records.exporting.values import Value
from core.trust.consents import consents_of
from core.trust.models import ControllerChoice
from core.trust.reading import HOW
from core.trust.wordings import CHANNELS, PURPOSES
from core.users.forms import LANGUAGE_NAMES
from core.users.models import Account, Membership, Person
from core.users.permissions import ROLES

FROM, UNTIL = _l("First day"), _l("Last day")
ORGANISATION = _l("Organisation")


def name_of(session: Session, person_id: int) -> str:
    """What the person is called; empty for somebody who was erased."""
    return session.scalar(select(Person.name).where(Person.id == person_id)) or ""


def core_parts(session: Session, person_id: int) -> Iterator[SubjectData]:
    """Person and account, roles, consents, who sees them, who has looked, what was changed."""
    yield _person(session, person_id)
    yield _roles(session, person_id)
    yield _consents(session, person_id)
    yield _grants(session, person_id)
    yield _files(session, person_id)
    yield _own_limits(session, person_id)
    yield _refused_units(session, person_id)
    yield _looks(session, person_id)
    yield _changes(session, person_id)


def _organisation(organisation_id: int | None) -> str:
    node = current_gate().tree.by_id.get(organisation_id or 0)
    return str(node.name) if node else ""


def _person(session: Session, person_id: int) -> SubjectData:
    columns = {
        "name": _l("Name"), "email": _l("E-mail"), "phone": _l("Phone"), "language": _l("Language"),
        "account": _l("Signs in with"), "created_at": _l("Since"),
    }  # fmt: skip
    query = select(Person, Account.email).outerjoin(Account, Account.person_id == Person.id)
    rows = [
        {
            "name": person.name, "email": person.email, "phone": person.phone,
            "language": Value(person.language, str(LANGUAGE_NAMES.get(person.language, ""))),
            "account": account, "created_at": person.created_at,
        }
        for person, account in session.execute(query.where(Person.id == person_id))
    ]  # fmt: skip
    return SubjectData("core.person", _l("Name and contact"), columns, rows)


def _roles(session: Session, person_id: int) -> SubjectData:
    columns = {"organisation": ORGANISATION, "role": _l("Role"), "from": FROM, "until": UNTIL}
    query = select(Membership).where(Membership.person_id == person_id).order_by(Membership.id)
    found = session.scalars(query).all()
    rows = [
        {
            "organisation": _organisation(row.organisation_id),
            "role": Value(row.role, str(ROLES.get(row.role, row.role))),
            "from": row.valid_from, "until": row.valid_to,
        }
        for row in found
    ]  # fmt: skip
    homes = [row.organisation_id for row in found]
    return SubjectData("core.membership", _l("Roles"), columns, rows, homes)


def _consents(session: Session, person_id: int) -> SubjectData:
    columns = {
        "purpose": _l("Agreed purpose"), "text": _l("In these words"), "given_at": _l("Agreed"),
        "channel": _l("How"), "withdrawn_at": _l("Withdrawn on"),
    }  # fmt: skip
    rows = [
        {
            "purpose": Value(row.purpose, str(PURPOSES[row.purpose].label)), "version": row.wording,
            "language": row.language,
            "text": PURPOSES[row.purpose].text(row.wording, row.language), "given_at": row.given_at,
            "channel": Value(row.channel, str(CHANNELS[row.channel])), "withdrawn_at": row.withdrawn_at,
        }
        for row in consents_of(session, person_id)
    ]  # fmt: skip
    return SubjectData("core.consent", _l("Consents"), columns, rows)


def _grants(session: Session, person_id: int) -> SubjectData:
    columns = {"organisation": ORGANISATION, "from": FROM, "until": UNTIL}
    query = select(ExpertGrant, Expert.organisation_id).join(Expert, Expert.id == ExpertGrant.expert_id)
    query = query.where(Expert.person_id == person_id).order_by(ExpertGrant.id)
    found = session.execute(query).all()
    rows = [
        {
            "organisation": _organisation(row.organisation_id), "purpose": row.purpose,
            "from": row.valid_from, "until": row.withdrawn_on,
        }
        for row, _keeper in found
    ]  # fmt: skip
    homes = [keeper for _row, keeper in found]
    return SubjectData("core.grant", _l("Organisations that were let see me"), columns, rows, homes)


def _own_limits(session: Session, person_id: int) -> SubjectData:
    """The person's alone: of no organisation, so never in a copy that staff make."""
    columns = {
        "month_cents": _l("Euros in a month, at most"), "year_cents": _l("Euros in a year, at most"),
        "month_tasks": _l("Tasks in a month, at most"),
        "wants_no_fee": _l("I want no fees, only my expenses"),
    }  # fmt: skip
    row = session.get(OwnLimit, person_id)
    rows = [{key: _amount(key, getattr(row, key)) for key in columns}] if row else []
    return SubjectData("core.own_limit", _l("Own limits"), columns, rows)


def _amount(key: str, value: int | None) -> int | Value | None:
    """Cents are read as euros."""
    return Value(value, money(value)) if key.endswith("_cents") and value is not None else value


def _refused_units(session: Session, person_id: int) -> SubjectData:
    """As above; where somebody takes no tasks may tell where they were a patient."""
    columns = {"organisation": ORGANISATION}
    rows = [{"organisation": _organisation(row.organisation_id)} for row in refused(session, person_id)]
    return SubjectData("core.refused_unit", _l("Units I take no tasks from"), columns, rows)


def _files(session: Session, person_id: int) -> SubjectData:
    columns = {"name": _l("File"), "created_at": _l("Since"), "keep_until": UNTIL}
    query = select(StoredFile).where(StoredFile.subject_id == person_id, StoredFile.removed_at.is_(None))
    rows = [
        {"name": row.name, "size": row.size, "created_at": row.created_at, "keep_until": row.keep_until}
        for row in session.scalars(query.order_by(StoredFile.id))
    ]
    return SubjectData("core.file", _l("Files about me"), columns, rows)


def _looks(session: Session, person_id: int) -> SubjectData:
    """Everybody who was shown something, by name where their controller tells names."""
    columns = {
        "at": _l("When"), "who": _l("Who"), "organisation": ORGANISATION, "what": _l("What"),
    }  # fmt: skip
    query = (
        select(AccessRow, Person.name, ControllerChoice.names_told)
        .outerjoin(Person, Person.id == AccessRow.actor_id)
        .outerjoin(ControllerChoice, ControllerChoice.organisation_id == AccessRow.controller_id)
        .where(AccessRow.subject_id == person_id, AccessRow.how != "refused")
        .order_by(AccessRow.id.desc())
    )
    found = session.execute(query).all()
    rows = [
        {
            "at": row.at, "who": name if told is not False and name else _("An employee"),
            "organisation": _organisation(row.organisation_id),
            "what": Value(row.how, str(HOW.get(row.how, row.how))),
            "why": row.why,
        }
        for row, name, told in found
    ]  # fmt: skip
    homes = [row.controller_id for row, _name, _told in found]
    return SubjectData("core.access", _l("Who has looked at my data"), columns, rows, homes)


def _changes(session: Session, person_id: int) -> SubjectData:
    columns = {"at": _l("When"), "record": _l("What"), "fields": _l("Details")}
    query = select(Change).where(Change.person_id == person_id).order_by(Change.id.desc())
    names, words = _described()
    rows = [
        {
            "at": row.at,
            "record": Value(row.record, names.get(row.record, "")),
            "action": row.action,
            "fields": Value(row.fields, ", ".join(words.get((row.record, key), key) for key in row.fields)),
        }
        for row in session.scalars(query)
    ]
    return SubjectData("core.change", _l("Changes to my data"), columns, rows)


def _described() -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """What records and their fields are called, by key."""
    names = {"core.consent": str(_l("Consents")), "core.grant": str(_l("Organisations that were let see me"))}
    words = {("core.consent", key): str(each.label) for key, each in PURPOSES.items()}
    words |= {("core.grant", key): str(each.label) for key, each in PURPOSES.items()}
    for _module, top in current_app.extensions["kokemussilta.records"]:
        for record in (top, *top.children):
            names[record.key] = str(record.plural)
            words |= {(record.key, field.key): str(field.label) for field in record.fields}
    return names, words
