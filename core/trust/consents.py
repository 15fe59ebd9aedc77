"""Consents and what hangs on them: the only writer of consents, grants and what a withdrawal hides.

Withdrawing and giving take one call each and count at the next query, because `Expert.criterion` reads what
they write. `actor_id` is who records it; None is the system itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config import LANGUAGES
from core.database.session import writing
from core.database.types import now, today
from core.experts.details.models import ExpertArea
from core.experts.models import Expert, ExpertGrant
from core.experts.same_person import persons_of
from core.log.services import record_change
from core.modules.gating.gate import current_gate
from core.records.errors import Invalid
from core.scope import unscoped
from core.trust.erased import refuse_erased
from core.trust.models import Consent
from core.trust.telling import tell
from core.trust.wordings import AREAS, CHANNELS, PURPOSES, REGISTER

RECORD = "core.consent"
GRANT = "core.grant"
REASON = "consents of one person, whoever keeps the record"


def consents_of(session: Session, person_id: int) -> Sequence[Consent]:
    """All that the person ever gave, the newest first."""
    query = select(Consent).where(Consent.person_id == person_id)
    return session.scalars(query.order_by(Consent.id.desc())).all()


def live(session: Session, person_id: int, purpose: str) -> Consent | None:
    """The consent that holds now."""
    wanted = (Consent.person_id == person_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    return session.scalar(select(Consent).where(*wanted))


def give(
    person_id: int,
    purpose: str,
    *,
    actor_id: int | None,
    language: str = "fi",
    channel: str = "self",
    organisation_ids: Collection[int] = (),
    at: datetime | None = None,
) -> int:
    """Record a yes to the wording shown now, and let the organisations see the record for it.

    One that holds already is kept, so that pressing twice changes nothing. Written down by somebody else, the
    person is told. Raises `Invalid`, also for somebody who was erased.
    """
    _check(purpose, language, channel)
    with writing() as session, unscoped(REASON):
        refuse_erased(session, person_id)
        consent = live(session, person_id, purpose)
        if consent is None:
            _check_again(session, person_id, purpose, channel)
            consent = Consent(
                person_id=person_id, purpose=purpose, wording=PURPOSES[purpose].version, language=language,
                channel=channel, given_at=at or now(), recorded_by=actor_id,
            )  # fmt: skip
            session.add(consent)
            session.flush()
            _log(session, consent, "give", actor_id)
            _take_back_in(session, consent)
            tell(session, person_id, key=f"core.consent:{consent.id}", actor_id=actor_id)
        _widen(session, consent, organisation_ids, actor_id, channel)
        return consent.id


def withdraw(
    person_id: int,
    purpose: str,
    *,
    actor_id: int | None,
    channel: str = "self",
    at: datetime | None = None,
) -> None:
    """Take a yes back; what it let others see is hidden at their next query. Nothing where none holds.

    Whose records were merged is one human: it is taken back for each of them.
    """
    _check(purpose, "fi", channel)
    with writing() as session, unscoped(REASON):
        for each in persons_of(session, person_id):
            consent = live(session, each, purpose)
            if consent is not None:
                consent.withdrawn_at, consent.withdrawn_by = at or now(), actor_id
                consent.withdrawn_channel = channel
                _log(session, consent, "withdraw", actor_id)
                _hide(session, consent)


def _hide(session: Session, consent: Consent) -> None:
    """Withdrawn from the register nobody sees the record; experience areas are erased."""
    if consent.purpose == REGISTER.key:
        expert = _expert_of(session, consent.person_id)
        if expert is not None:
            expert.withdrawn_at = consent.withdrawn_at
    if consent.purpose == AREAS.key:
        session.execute(
            delete(ExpertArea).where(ExpertArea.person_id == consent.person_id),
            execution_options={"synchronize_session": False},
        )


def end_grant(person_id: int, grant_id: int, *, actor_id: int | None) -> None:
    """One organisation no longer sees the record. Raises `Invalid` for what is not the person's."""
    with writing() as session, unscoped(REASON):
        expert, grant = _expert_of(session, person_id), session.get(ExpertGrant, grant_id)
        if grant is None or expert is None or grant.expert_id != expert.id:
            raise Invalid({"": _("This record is no longer there.")})
        if grant.withdrawn_on is None:
            grant.withdrawn_on = today()
            _log_grant(session, expert, grant, "withdraw", actor_id)


def end_grants(session: Session, expert: Expert, *, actor_id: int | None) -> None:
    """Nobody sees the record by a grant any more, as when it was merged into another."""
    wanted = (ExpertGrant.expert_id == expert.id, ExpertGrant.withdrawn_on.is_(None))
    for grant in session.scalars(select(ExpertGrant).where(*wanted)).all():
        grant.withdrawn_on = today()
        _log_grant(session, expert, grant, "withdraw", actor_id)


def grants_of(session: Session, person_id: int) -> Sequence[ExpertGrant]:
    """The grants by which organisations see the person's record now."""
    query = (
        select(ExpertGrant)
        .join(Expert, Expert.id == ExpertGrant.expert_id)
        .join(Consent, Consent.id == ExpertGrant.consent_id)
        .where(
            Expert.person_id == person_id,
            Consent.withdrawn_at.is_(None),
            ExpertGrant.withdrawn_on.is_(None),
        )
        .order_by(ExpertGrant.id)
    )
    with unscoped(REASON):
        return session.scalars(query).all()


def _check(purpose: str, language: str, channel: str) -> None:
    if purpose not in PURPOSES or language not in LANGUAGES or channel not in CHANNELS:
        raise Invalid({"": _("Choose one from the list.")})


def _check_again(session: Session, person_id: int, purpose: str, channel: str) -> None:
    """Whoever left the register by themselves comes back by themselves, or by a paper they signed."""
    if purpose != REGISTER.key or channel != "phone":
        return
    given = (Consent.person_id == person_id, Consent.purpose == purpose)
    newest = select(Consent.withdrawn_channel).where(*given).order_by(Consent.id.desc()).limit(1)
    if session.scalar(newest) == "self":
        raise Invalid(
            {"": _("They left the register themselves. They can come back on their own page, or on paper.")}
        )


def _expert_of(session: Session, person_id: int) -> Expert | None:
    return session.scalar(select(Expert).where(Expert.person_id == person_id))


def _take_back_in(session: Session, consent: Consent) -> None:
    """Said yes again, the person is in the register again."""
    expert = _expert_of(session, consent.person_id) if consent.purpose == REGISTER.key else None
    if expert is not None:
        expert.withdrawn_at = None


def may_be_shown(organisation_id: int) -> bool:
    """Whether people may let the organisation see them: it keeps a register of its own and is in use."""
    node = current_gate().tree.by_id.get(organisation_id)
    return node is not None and node.is_controller and node.active


def _widen(
    session: Session,
    consent: Consent,
    organisation_ids: Collection[int],
    actor_id: int | None,
    channel: str,
) -> None:
    """Let organisations see the record, and tell the person if somebody else did it."""
    made = [_grant(session, consent, each, actor_id, channel) for each in sorted(set(organisation_ids))]
    for grant_id in filter(None, made):
        tell(session, consent.person_id, key=f"core.grant:{grant_id}", actor_id=actor_id)


def _grant(
    session: Session, consent: Consent, organisation_id: int, actor_id: int | None, channel: str
) -> int | None:
    """Let the organisation see the record, unless it does already; the id of a new grant."""
    if not PURPOSES[consent.purpose].shown_to or not may_be_shown(organisation_id):
        raise Invalid({"": _("Choose one from the list.")})
    expert = _expert_of(session, consent.person_id)
    if expert is None:
        raise Invalid({"": _("This record is no longer there.")})
    held = select(ExpertGrant.id).where(
        ExpertGrant.consent_id == consent.id,
        ExpertGrant.organisation_id == organisation_id,
        ExpertGrant.withdrawn_on.is_(None),
    )
    if session.scalar(held) is not None:
        return None
    grant = ExpertGrant(
        expert_id=expert.id, organisation_id=organisation_id, purpose=consent.purpose,
        valid_from=today(), consent_id=consent.id, recorded_by=actor_id, channel=channel,
    )  # fmt: skip
    session.add(grant)
    session.flush()
    _log_grant(session, expert, grant, "give", actor_id)
    return grant.id


def _log(session: Session, consent: Consent, action: str, actor_id: int | None) -> None:
    record_change(
        session, record=RECORD, row_id=consent.id, action=action, fields=[consent.purpose],
        actor_id=actor_id, person_id=consent.person_id,
    )  # fmt: skip


def _log_grant(
    session: Session, expert: Expert, grant: ExpertGrant, action: str, actor_id: int | None
) -> None:
    record_change(
        session, record=GRANT, row_id=grant.id, action=action, fields=[grant.purpose], actor_id=actor_id,
        organisation_id=grant.organisation_id, person_id=expert.person_id,
    )  # fmt: skip
