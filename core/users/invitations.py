"""Inviting people to roles. A new person gets an account; who has one accepts the role, or lets it be.

Whoever invites learns nothing of an account that was there before: no name, until its owner accepts.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.log.services import record_change
from core.users import letters, links
from core.users.errors import UserError, taken
from core.users.granting import check_grant, refuse_twice
from core.users.models import Account, Person, RoleInvitation
from core.users.services import add_membership, create_account, create_person, day_of
from core.users.words import clean_email, clean_name

HOLDS = links.LIFETIMES[links.INVITATION]


def invite(
    name: str,
    email: str,
    organisation_id: int,
    role: str,
    *,
    actor_id: int | None,
    language: str = "fi",
    at: datetime | None = None,
) -> int:
    """Invite whoever has this address, by mail, for seven days: a new person to open an account that has the
    role, others to accept the role. Gives the person's id."""
    name, email, at = clean_name(name), clean_email(email), at or now()
    with writing() as session:
        account = session.scalar(select(Account).where(Account.email == email))
        if account is not None:
            _offer(session, account, organisation_id, role, actor_id, at)
            return account.person_id
        person_id = create_person(name, email=email, language=language, actor_id=actor_id, at=at)
        account_id = create_account(person_id, email, actor_id=actor_id, at=at)
        add_membership(person_id, organisation_id, role, actor_id=actor_id, at=at)
        token = links.issue(session, account_id, links.INVITATION, at)
        letters.invitation(session, email, language, organisation_id, token)
        return person_id


def _offer(
    session: Session, account: Account, organisation_id: int, role: str, actor_id: int | None, at: datetime
) -> None:
    """Keep the role open for the account's owner, and tell them. Those that are too old are forgotten."""
    check_grant(session, actor_id, account.person_id, organisation_id, role, day_of(at))
    refuse_twice(session, account.person_id, organisation_id, role, day_of(at))
    session.execute(
        delete(RoleInvitation).where(RoleInvitation.expires_at <= at),
        execution_options={"synchronize_session": False},
    )
    offered = RoleInvitation(
        person_id=account.person_id,
        organisation_id=organisation_id,
        role=role,
        email=account.email,
        invited_by=actor_id,
        expires_at=at + HOLDS,
    )
    session.add(offered)
    with taken("already_invited"):
        session.flush()
    _log(session, offered, "create", actor_id, at)
    language = session.get_one(Person, account.person_id).language
    letters.role_offered(session, account.person_id, account.email, language, organisation_id, offered.id)


def open_to(session: Session, invitation_id: int, person_id: int, at: datetime) -> RoleInvitation | None:
    """The person's own invitation while it can be accepted."""
    mine = (RoleInvitation.id == invitation_id, RoleInvitation.person_id == person_id)
    return session.scalar(select(RoleInvitation).where(*mine, RoleInvitation.expires_at > at))


def accept(invitation_id: int, person_id: int, *, at: datetime | None = None) -> int:
    """Take a role one was invited to, and give the membership's id.

    Raises `invitation` when it is not open to the person, or whoever gave it no longer may.
    """
    at = at or now()
    with writing() as session:
        _hold(session, invitation_id)
        offered = open_to(session, invitation_id, person_id, at)
        if offered is None:
            raise UserError("invitation")
        try:
            membership_id = add_membership(
                person_id, offered.organisation_id, offered.role, actor_id=offered.invited_by, at=at
            )
        except UserError:
            raise UserError("invitation") from None
        _log(session, offered, "accept", person_id, at)
        session.delete(offered)
        return membership_id


def withdraw(invitation_id: int, *, actor_id: int | None, at: datetime | None = None) -> None:
    """Take an invitation back, as whoever may give the role."""
    at = at or now()
    with writing() as session:
        offered = _hold(session, invitation_id)
        if offered is None:
            raise UserError("unknown")
        place = offered.organisation_id
        check_grant(session, actor_id, offered.person_id, place, offered.role, day_of(at))
        _log(session, offered, "withdraw", actor_id, at)
        session.delete(offered)


def _hold(session: Session, invitation_id: int) -> RoleInvitation | None:
    """The invitation, kept from being accepted and withdrawn at the same time."""
    wanted = select(RoleInvitation).where(RoleInvitation.id == invitation_id)
    return session.scalar(wanted.with_for_update())


def _log(session: Session, offered: RoleInvitation, action: str, actor_id: int | None, at: datetime) -> None:
    record_change(
        session,
        record="core.role_invitation",
        row_id=offered.id,
        action=action,
        fields=["person", "role"],
        actor_id=actor_id,
        organisation_id=offered.organisation_id,
        at=at,
    )
