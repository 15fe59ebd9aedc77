"""Erasure (GDPR art. 17): first what goes and what stays and why, then all of it in one transaction.

The person and the expert are blanked, because payments refer to them; everything that is theirs alone is
deleted, and with their key the old values in the change log. What modules keep is theirs to say and to do.
A module that cannot answer stops it: half an erasure would be called a whole one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Boolean, String, delete, func, inspect, or_, select, update
from sqlalchemy.orm import Session

from core.database.base import Model
from core.database.session import writing
from core.database.types import now, sort_key, today
from core.experts.models import Expert
from core.experts.records import EXPERTS
from core.experts.same_person import persons_of
from core.extensions import db
from core.files.models import StoredFile
from core.files.services import remove_file
from core.log.keys import forget_key
from core.log.services import record_change
from core.log.values import plain
from core.modules.calling.calls import ask, decide
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.modules.spec.values import SubjectErasure
from core.organisations.contacts.models import OrganisationContact
from core.outbox.models import Mail, Notice
from core.records.custom.models import CustomValue
from core.records.errors import Invalid
from core.scope import stand_in_turn, unscoped
from core.search.services import forget_rows
from core.trust.erased import refuse_erased
from core.trust.models import Consent, Erasure
from core.trust.naming import forget_named
from core.trust.own_scope import standing_as
from core.users.models import Account, Membership, Person, RoleInvitation

REASON = "erasure of one person's data"
BLANK = "Poistettu henkilö"  # stored, so in the language of the records
KEPT_OF_EXPERT = frozenset({"id", "person_id", "organisation_id", "name", "sort_key", "status"})
PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class Preview:
    """What an erasure would do, module by module; `unknown` names those that could not be asked."""

    lines: tuple[SubjectErasure, ...]
    unknown: tuple[Any, ...]

    @property
    def goes(self) -> list[SubjectErasure]:
        """What is erased."""
        return [line for line in self.lines if not line.why and line.count]

    @property
    def stays(self) -> list[SubjectErasure]:
        """What must stay, and why."""
        return [line for line in self.lines if line.why and line.count]


def preview(person_id: int) -> Preview:
    """Look at all of it and write nothing. Records that were merged are one human's: all of them count."""
    with standing_as(person_id):
        session = db.session()
        return _preview(session, persons_of(session, person_id))


def erase(person_id: int, *, actor_id: int | None, organisation_id: int) -> int:
    """Do it, for every record that was merged with this one, and give the id of the one receipt.

    No actor: the time it was kept for is over. Raises `Invalid`, or a module's `Refusal`.
    """
    with standing_as(person_id), writing() as session:
        return _erase(session, person_id, actor_id, organisation_id)


class _TakenBack(Exception):
    """Everything was possible, and none of it stays."""


def try_out(person_id: int, *, organisation_id: int) -> None:
    """Do all of it and take it back, to raise what `erase` would raise."""
    with suppress(_TakenBack), standing_as(person_id), writing() as session:
        _erase(session, person_id, None, organisation_id)
        raise _TakenBack


def _erase(session: Session, person_id: int, actor_id: int | None, organisation_id: int) -> int:
    refuse_erased(session, person_id)
    persons = persons_of(session, person_id)
    for each in persons:
        _check_roles(session, each)
    found = _preview(session, persons)
    if found.unknown:
        names = ", ".join(str(each) for each in found.unknown)
        raise Invalid({"": _("These could not be asked, so nothing was erased: %(names)s", names=names)})
    for each in persons:
        _erase_one(session, each, actor_id, organisation_id)
    return _receipt(session, person_id, found, actor_id, organisation_id)


def _erase_one(session: Session, person_id: int, actor_id: int | None, organisation_id: int) -> None:
    stand_in_turn(session, person_id)
    decide("erase_subject", modules=tuple(host().healthy), person_id=person_id)
    with unscoped(REASON):
        _erase_core(session, session.get_one(Person, person_id))
        session.flush()
    record_change(
        session, record="core.person", row_id=person_id, action="erase", actor_id=actor_id,
        organisation_id=organisation_id,
    )  # fmt: skip


def receipt(session: Session, erasure_id: int) -> Erasure | None:
    """The receipt of an erasure."""
    return session.get(Erasure, erasure_id)


def _preview(session: Session, persons: Sequence[int]) -> Preview:
    """Of all persons of one human together; that records were merged is said first."""
    found = []
    for each in persons:
        stand_in_turn(session, each)
        found.append(_preview_of(session, each))
    merged = SubjectErasure(_l("Records that were merged: all of them are this person's"), len(persons) - 1)
    summed: dict[tuple[str, str], SubjectErasure] = {}
    for line in (line for preview in found for line in preview.lines):
        key = str(line.label), str(line.why)
        summed[key] = _together(summed[key], line) if key in summed else line
    return Preview((merged, *summed.values()), tuple(dict.fromkeys(n for p in found for n in p.unknown)))


def _together(one: SubjectErasure, other: SubjectErasure) -> SubjectErasure:
    """The same of two persons: it stays until the later day."""
    days = [day for day in (one.until, other.until) if day is not None]
    return replace(one, count=one.count + other.count, until=max(days, default=None))


def _preview_of(session: Session, person_id: int) -> Preview:
    answers = ask("subject_erasure", modules=tuple(host().healthy), person_id=person_id)
    told = [line for answer in answers if answer.known for line in answer.value]
    gate, conditions = current_gate(), host().conditions
    silent = [str(a.plugin.label) for a in answers if not a.known]
    silent += [str(found.label or name) for name, found in conditions.items() if not gate.is_healthy(name)]
    with unscoped(REASON):
        return Preview((*_of_core(session, person_id), *told), tuple(silent))


def _of_core(session: Session, person_id: int) -> Iterator[SubjectErasure]:
    experts = select(Expert.id).where(Expert.person_id == person_id)
    details = sum(
        session.scalar(select(func.count()).select_from(model).where(theirs)) or 0
        for model, theirs in _owned(session, person_id)
    )
    yield SubjectErasure(_l("Name, e-mail, phone and account"), 1)
    yield SubjectErasure(_l("The expert's record"), len(session.scalars(experts).all()))
    yield SubjectErasure(_l("Experience areas, training, limits and other details"), details)
    yield SubjectErasure(_l("Old and new values in the history"), 1)
    consents = select(func.count()).where(Consent.person_id == person_id)
    proof = _l("Proof that data was used lawfully, without a name: GDPR 7(1)")
    yield SubjectErasure(_l("Consents"), session.scalar(consents) or 0, why=proof)
    law = _l("Who looked is kept as the information management act (906/2019) 17 § says, without a name")
    yield SubjectErasure(_l("The access log"), 1, why=law)


def _owned(session: Session, person_id: int) -> Iterator[tuple[type[Model], Any]]:
    """Tables whose rows are the person's alone, found by their columns: a new one of the register counts.

    Those of `core.experts` that name the person or the expert, values of added fields, and notices.
    """
    expert_ids = session.scalars(select(Expert.id).where(Expert.person_id == person_id)).all()
    for mapper in Model.registry.mappers:
        model: Any = mapper.class_
        if model is Expert or not model.__module__.startswith("core.experts."):
            continue
        named = mapper.columns.keys()
        theirs = [model.person_id == person_id] if "person_id" in named else []
        theirs += [model.expert_id.in_(expert_ids)] if "expert_id" in named else []
        if theirs:
            yield model, or_(*theirs)
    yield CustomValue, CustomValue.person_id == person_id
    yield Notice, Notice.person_id == person_id
    yield OrganisationContact, OrganisationContact.person_id == person_id
    yield RoleInvitation, RoleInvitation.person_id == person_id


def _check_roles(session: Session, person_id: int) -> None:
    """Whoever still works with others' data gives that up first."""
    held = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.role != "expert",
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today()),
    )
    if session.scalar(held.limit(1)) is not None:
        raise Invalid({"": _("This person still has a role. End it first.")})


def _erase_core(session: Session, person: Person) -> None:
    forget_named(session, person)
    for model, theirs in list(_owned(session, person.id)):
        session.execute(delete(model).where(theirs), execution_options=PLAIN)
    for file_id in session.scalars(select(StoredFile.id).where(StoredFile.subject_id == person.id)).all():
        remove_file(file_id, actor_id=None)
    _forget_letters(session, person)
    session.execute(delete(Account).where(Account.person_id == person.id), execution_options=PLAIN)
    for expert in session.scalars(select(Expert).where(Expert.person_id == person.id)).all():
        forget_rows(session, EXPERTS, [expert.id])
        _blank(expert)
    live = Consent.person_id == person.id, Consent.withdrawn_at.is_(None)
    session.execute(update(Consent).where(*live).values(withdrawn_at=now()), execution_options=PLAIN)
    person.name, person.sort_key, person.email, person.phone = BLANK, sort_key(BLANK), None, None
    person.blanked_at = now()
    forget_key(session, person.id)


def _blank(expert: Expert) -> None:
    """Empty every column but those that payments hang on; one that is added later counts too."""
    for column in inspect(Expert).columns:
        if column.key in KEPT_OF_EXPERT:
            continue
        empty = "" if isinstance(column.type, String) else False if isinstance(column.type, Boolean) else None
        setattr(expert, column.key, None if column.nullable else empty)
    expert.name, expert.sort_key, expert.status = BLANK, sort_key(BLANK), "ended"
    expert.withdrawn_at = now()


def _forget_letters(session: Session, person: Person) -> None:
    """Letters to the person's addresses say nothing any more, and those that wait are not sent."""
    account = session.scalar(select(Account.email).where(Account.person_id == person.id))
    addresses = {each for each in (person.email, account) if each}
    blank = {"recipient": "", "subject": "", "body": "", "sent_at": func.coalesce(Mail.sent_at, now())}
    wanted = update(Mail).where(Mail.recipient.in_(addresses)).values(blank)
    session.execute(wanted, execution_options=PLAIN)


def _receipt(
    session: Session, person_id: int, found: Preview, actor_id: int | None, organisation_id: int
) -> int:
    kept = [
        {"what": str(line.label), "count": line.count, "why": str(line.why), "until": plain(line.until)}
        for line in found.stays
    ]
    number = f"{today().year}-{secrets.token_hex(4).upper()}"
    row = Erasure(
        number=number, person_id=person_id, organisation_id=organisation_id, actor_id=actor_id, at=now(),
        kept=kept,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id
