"""What pages of trust show: who sees a person, what they agreed to, and who has looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.experts.models import Expert
from core.log.models import AccessRow
from core.modules.gating.gate import current_gate
from core.organisations.tree import OrganisationNode
from core.records.errors import Invalid
from core.records.listing import MalformedPage, row_number
from core.scope import unscoped
from core.trust import consents
from core.trust.models import Consent, ControllerChoice
from core.trust.wordings import CHANNELS, PURPOSES, Purpose
from core.users.models import Person
from core.users.permissions import all_permissions

PAGE = 50
HOW = {
    "page": _l("Opened my page"),
    "list": _l("Saw me in a list"),
    "search": _l("Found me in a search"),
    "export": _l("Took me along in a file"),
}


@dataclass(frozen=True)
class Asked:
    """A purpose as a page shows it: what it says, and the consent that holds, if one does."""

    purpose: Purpose
    text: str
    consent: Consent | None
    channel: Any


@dataclass(frozen=True)
class Viewer:
    """An organisation that sees the person, since when, and by which grant; None: it keeps the record.

    `channel` and `recorded_by` say how and by whom it was written down, where the person did not do it.
    """

    node: OrganisationNode
    since: date | None
    grant_id: int | None
    channel: Any = None
    recorded_by: str = ""


@dataclass(frozen=True)
class Look:
    """One time somebody was shown the person's data, in words."""

    at: datetime
    who: str
    organisation: str
    how: Any
    why: Any


def expert_of(session: Session, person_id: int) -> Expert | None:
    """The person's record, whoever keeps it and whatever hides it."""
    with unscoped("the person's own record"):
        return session.scalar(select(Expert).where(Expert.person_id == person_id))


def asked(session: Session, person_id: int, language: str) -> list[Asked]:
    """Every purpose: one that is agreed to in the wording it was given to, else in today's."""
    held = {c.purpose: c for c in consents.consents_of(session, person_id) if c.withdrawn_at is None}
    return [_asked(purpose, held.get(key), language) for key, purpose in PURPOSES.items()]


def _asked(purpose: Purpose, consent: Consent | None, language: str) -> Asked:
    version = consent.wording if consent else purpose.version
    channel = CHANNELS[consent.channel] if consent else None
    return Asked(purpose, purpose.text(version, language), consent, channel)


def viewers(session: Session, expert: Expert) -> list[Viewer]:
    """The organisations that see the person today, the responsible one first."""
    if expert.withdrawn_at is not None:
        return []
    tree = current_gate().tree
    found = [Viewer(tree.by_id[expert.organisation_id], None, None)]
    if expert.restricted_at is None:
        found += _granted(session, expert)
    return found


def _granted(session: Session, expert: Expert) -> list[Viewer]:
    """Who sees the person by a grant; staff who wrote it down by name, if the controller tells names."""
    tree, grants = current_gate().tree, consents.grants_of(session, expert.person_id)
    writers = {each.recorded_by for each in grants if each.channel not in (None, "self")}
    named = writers and names_told(session, tree.by_id[expert.organisation_id].controller_id or 0)
    query = select(Person.id, Person.name).where(Person.id.in_(writers))
    names = {row.id: row.name for row in session.execute(query)} if named else {}
    return [
        Viewer(
            tree.by_id[each.organisation_id], each.valid_from, each.id, CHANNELS.get(each.channel or ""),
            names.get(each.recorded_by, _("An employee")) if each.recorded_by in writers else "",
        )
        for each in grants
    ]  # fmt: skip


def addable(expert: Expert, seen_by: Sequence[Viewer]) -> list[OrganisationNode]:
    """The organisations one may still let see the record: those that keep registers of their own."""
    already = {viewer.node.id for viewer in seen_by} | {expert.organisation_id}
    nodes = (n for n in current_gate().tree.by_id.values() if consents.may_be_shown(n.id))
    return sorted((n for n in nodes if n.id not in already), key=lambda n: n.sort_key)


def looks(session: Session, person_id: int, before: int | None = None) -> tuple[list[Look], int | None]:
    """The newest times somebody was shown the person's data, and where the next page begins.

    Names are left out where the controller decided so.
    """
    query = (
        select(AccessRow, Person.name, ControllerChoice.names_told)
        .outerjoin(Person, Person.id == AccessRow.actor_id)
        .outerjoin(ControllerChoice, ControllerChoice.organisation_id == AccessRow.controller_id)
        .where(AccessRow.subject_id == person_id, AccessRow.how != "refused")
    )
    if before is not None:
        query = query.where(AccessRow.id < before)
    rows = session.execute(query.order_by(AccessRow.id.desc()).limit(PAGE + 1)).all()
    more = rows[PAGE - 1][0].id if len(rows) > PAGE else None
    return [_look(row, name, told is not False) for row, name, told in rows[:PAGE]], more


def _look(row: AccessRow, name: str | None, told: bool) -> Look:
    node, permission = current_gate().tree.by_id[row.organisation_id], all_permissions().get(row.why)
    who = name if told and name else _("An employee")
    why = permission.label if permission else row.why
    return Look(row.at, who, str(node.name), HOW.get(row.how, row.how), why)


def names_told(session: Session, controller_id: int) -> bool:
    """Whether the controller lets people know the names of its staff who looked; yes until it decides."""
    found = session.get(ControllerChoice, controller_id)
    return found is None or found.names_told


def chosen(texts: Sequence[str]) -> list[int]:
    """Ids as a form sends them; raises `Invalid` for what no form of ours sends."""
    try:
        return [row_number(text) for text in texts]
    except MalformedPage:
        raise Invalid({"": _("Choose one from the list.")}) from None
