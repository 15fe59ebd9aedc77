"""Once a year an expert says that their details are right (domain T9)."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import today
from core.experts.details.keeping import to_check
from core.experts.models import Expert
from core.log.services import record_change
from core.outbox.mail import send_mail
from core.outbox.notices import in_language_of, notify
from core.scope import unscoped

PATH = "/me/profile"
RECORD = "core.expert"


def own_record(session: Session, person_id: int) -> Expert | None:
    """The person's record in the register, in a session of `/me`; of merged ones the one that stays."""
    query = select(Expert).where(Expert.mine(person_id), Expert.merged_into_id.is_(None))
    return session.scalar(query)


def is_due(session: Session, person_id: int) -> bool:
    """Whether the person is asked to check their details now."""
    query = select(Expert.id).where(Expert.mine(person_id), Expert.merged_into_id.is_(None))
    return session.scalar(query.where(to_check(today()))) is not None


def confirm(person_id: int) -> None:
    """The person says that everything is right."""
    with writing() as session:
        expert = own_record(session, person_id)
        if expert is None:
            return
        expert.checked_on = today()
        record_change(
            session, record=RECORD, row_id=expert.id, action="check", fields=["checked_on"],
            actor_id=person_id, organisation_id=expert.organisation_id, person_id=expert.person_id,
        )  # fmt: skip


def remind() -> int:
    """Ask everybody whose year is over to check their details, at most once a calendar year.

    Gives how many were asked now. Whoever has no address finds the notice in the service.
    """
    day, asked = today(), 0
    with unscoped("the yearly question whether details are right"), writing() as session:
        wanted = (to_check(day), Expert.merged_into_id.is_(None), Expert.withdrawn_at.is_(None))
        for person_id in session.scalars(select(Expert.person_id).where(*wanted)).all():
            asked += _ask(session, person_id, f"core.check:{person_id}:{day.year}")
    return asked


def _ask(session: Session, person_id: int, key: str) -> bool:
    with in_language_of(session, person_id):
        text = _("Check your details. Are they still right?")
        if not notify(session, person_id=person_id, dedupe_key=key, text=text, link=PATH):
            return False
        body = _("Once a year we ask you to check your details. It takes a minute.")
        send_mail(session, dedupe_key=key, subject=text, body=body, person_id=person_id, path=PATH)
    return True
