"""What a run looks at, each part by itself: how much of it is over its time, and its removal.

A part counts and removes by the same criterion, in the scope of one controller (`JobScope`) or, for what
belongs to no organisation, of the instance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Date, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from config import LANGUAGES
from core.database.types import HELSINKI
from core.experts.details.models import ExpertArea
from core.experts.models import ExpertGrant
from core.files.models import StoredFile
from core.files.services import remove_expired, remove_file
from core.log.models import AccessRow
from core.log.services import record_change
from core.records.custom.models import CustomField, CustomValue
from core.records.description import Record
from core.records.importing.models import ImportRun
from core.records.importing.services import KEPT as IMPORT_KEPT
from core.search.services import forget_rows
from core.trust.models import Consent
from core.users.models import OneTimeLink, RoleInvitation, UserSession
from core.users.sessions import KEPT as SESSIONS_KEPT

# Proof that data was used lawfully (GDPR 7(1)) is of use as long as somebody may ask for it in court.
CONSENT_YEARS = 5
PLAIN = {"synchronize_session": False}


@dataclass(frozen=True)
class Line:
    """One part of a report: whose, what, how many rows, and how many wait with the reason why."""

    controller_id: int | None
    what: dict[str, str]
    count: int
    waits: int = 0


class Part(Protocol):
    """Something that is kept for a time."""

    @property
    def label(self) -> Any:
        """What people call it."""

    def count(self, session: Session) -> int:
        """How many rows are over their time."""

    def remove(self, session: Session) -> int:
        """Remove them, inside `writing()`; how many they were."""


@dataclass(frozen=True)
class Rows:
    """Rows that nothing else hangs on."""

    label: Any
    model: type[Any]
    over: ColumnElement[bool]

    def count(self, session: Session) -> int:
        """By the criterion."""
        return session.scalar(select(func.count()).select_from(self.model).where(self.over)) or 0

    def remove(self, session: Session) -> int:
        """In one statement."""
        found = self.count(session)
        if found:
            session.execute(delete(self.model).where(self.over), execution_options=PLAIN)
        return found


@dataclass(frozen=True)
class Files:
    """Stored files whose last day has passed: their content and name go."""

    day: date

    @property
    def label(self) -> Any:
        """As a report names them."""
        return _l("Files whose last day has passed")

    def count(self, session: Session) -> int:
        """Those that still have content."""
        past = StoredFile.keep_until < self.day, StoredFile.removed_at.is_(None)
        return session.scalar(select(func.count(StoredFile.id)).where(*past)) or 0

    def remove(self, session: Session) -> int:  # noqa: ARG002  # the service writes in the same one
        """By the files' own service."""
        return remove_expired(self.day)


@dataclass(frozen=True)
class Described:
    """Rows of a record whose description says how long they are kept."""

    record: Record
    day: date

    @property
    def label(self) -> Any:
        """As their register."""
        return self.record.plural

    def _over(self) -> ColumnElement[bool]:
        kept: Any = self.record.kept
        column: Any = getattr(self.record.model, kept.since)
        last = years_before(self.day, kept.years)
        over: ColumnElement[bool] = column < (last if isinstance(column.type, Date) else begins(last))
        return over

    def count(self, session: Session) -> int:
        """By the description."""
        query = select(func.count()).select_from(self.record.model).where(self._over())
        return session.scalar(query) or 0

    def remove(self, session: Session) -> int:
        """Each with its files, words of the search and added fields; the history tells that it went."""
        rows = session.scalars(select(self.record.model).where(self._over())).all()
        for row in rows:
            self._forget(session, row)
        forget_rows(session, self.record, [row.id for row in rows])
        return len(rows)

    def _forget(self, session: Session, row: Any) -> None:
        record = self.record
        for field in record.fields:
            file_id = getattr(row, field.source) if field.type == "file" and field.source else None
            if file_id is not None:
                remove_file(file_id, actor_id=None)
        fields = select(CustomField.id).where(CustomField.record == record.key)
        added = delete(CustomValue).where(CustomValue.row_id == row.id, CustomValue.field_id.in_(fields))
        session.execute(added, execution_options=PLAIN)
        record_change(
            session, record=record.key, row_id=row.id, action="remove", actor_id=None,
            organisation_id=getattr(row, "organisation_id", None),
            person_id=getattr(row, record.subject) if record.subject else None,
        )  # fmt: skip
        session.delete(row)


def of_controller(controller_id: int, day: date, log_years: int) -> Iterator[Part]:
    """What belongs to one controller, in its scope: described records, files, its part of the access log."""
    for _module, top in current_app.extensions["kokemussilta.records"]:
        yield from (Described(each, day) for each in _all(top) if each.kept)
    yield Files(day)
    old = AccessRow.at < begins(years_before(day, log_years))
    yield Rows(_l("Lines of the access log"), AccessRow, (AccessRow.controller_id == controller_id) & old)


def of_instance(day: date) -> Sequence[Part]:
    """What belongs to people and no organisation. Grants go before the consents they hang on."""
    at, proof = begins(day), begins(years_before(day, CONSENT_YEARS))
    given = select(Consent.id).where(Consent.withdrawn_at < proof)
    ended = or_(
        ExpertGrant.withdrawn_on < years_before(day, CONSENT_YEARS), ExpertGrant.consent_id.in_(given)
    )
    used = exists().where(ExpertArea.consent_id == Consent.id)
    return (
        Rows(_l("Organisations that were let see somebody, ended"), ExpertGrant, ended),
        Rows(_l("Consents that were withdrawn"), Consent, (Consent.withdrawn_at < proof) & ~used),
        Rows(_l("Sessions that ended"), UserSession, UserSession.created_at < at - SESSIONS_KEPT),
        Rows(_l("Sign-in links that expired"), OneTimeLink, OneTimeLink.expires_at < at - SESSIONS_KEPT),
        Rows(_l("Invitations that expired"), RoleInvitation, RoleInvitation.expires_at < at - SESSIONS_KEPT),
        Rows(_l("Import files that nobody confirmed"), ImportRun, ImportRun.created_at < at - IMPORT_KEPT),
    )


def _all(record: Record) -> Iterator[Record]:
    yield record
    for child in record.children:
        yield from _all(child)


def begins(day: date) -> datetime:
    """The first instant of a Finnish day."""
    return datetime.combine(day, time(), HELSINKI)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; of a leap day the one before it."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - years)


def in_all_languages(label: Any) -> dict[str, str]:
    """What a report keeps of a label, so that whoever reads it later has it in their own words."""
    found = {}
    for each in LANGUAGES:
        with force_locale(each):
            found[each] = str(label)
    return found
