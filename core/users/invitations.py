"""Inviting people to roles. A role is nobody's before they accept it: a new person by opening the link that
came with it, who has an account by pressing a button there.

Whoever invites sees the same in both cases, so that an address does not tell whether it has an account.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.log.services import record_change
from core.users import letters, links
from core.users.errors import UserError, taken
from core.users.granting import check_grant, refuse_twice
from core.users.models import Account, Person, RoleInvitation, UserSession
from core.users.services import add_membership, create_account, create_person, day_of
from core.users.words import clean_email, clean_name

PLAIN = {"synchronize_session": False}
HOLDS = links.LIFETIMES[links.INVITATION]


def invite(
    name: str,
    email: str,
    organisation_id: int,
    role: str,
    *,
    actor_id: int | None,
    language: str = "fi",
    valid_from: date | None = None,
    valid_to: date | None = None,
    at: datetime | None = None,
) -> int:
    """Invite whoever has this address to a role, by mail, for seven days. Gives the person's id.

    The role holds from the day it is accepted, or from a later `valid_from`, to `valid_to` if one is given.

    For a new address a person and an account are made, which their owner opens by the link in the letter.
    """
    name, email, at = clean_name(name), clean_email(email), at or now()
    with writing() as session:
        account = _account_of(session, name, email, language, actor_id, at)
        offered = _offer(session, account, organisation_id, role, actor_id, at, (valid_from, valid_to))
        speaks = session.get_one(Person, account.person_id).language
        if _unopened(session, account):
            token = links.issue(session, account.id, links.INVITATION, at)
            letters.invitation(session, email, speaks, organisation_id, token)
        else:
            letters.role_offered(session, account.person_id, email, speaks, organisation_id, offered.id)
        return account.person_id


def appoint(name: str, email: str, organisation_id: int, role: str, *, at: datetime | None = None) -> str:
    """Invite as the system itself, without a letter: the token of the link that gives the role.

    Asked for again it gives a new link, and an earlier invitation no longer counts.
    """
    name, email, at = clean_name(name), clean_email(email), at or now()
    with writing() as session:
        account = _account_of(session, name, email, "fi", None, at)
        earlier = _same(account.person_id, organisation_id, role)
        session.execute(delete(RoleInvitation).where(*earlier), execution_options=PLAIN)
        _offer(session, account, organisation_id, role, None, at)
        return links.issue(session, account.id, links.INVITATION, at)


def _account_of(
    session: Session, name: str, email: str, language: str, actor_id: int | None, at: datetime
) -> Account:
    """The account of an address, made with a new person where there is none."""
    account = session.scalar(select(Account).where(Account.email == email))
    if account is not None:
        return account
    person_id = create_person(name, email=email, language=language, actor_id=actor_id, at=at)
    return session.get_one(Account, create_account(person_id, email, actor_id=actor_id, at=at))


def _unopened(session: Session, account: Account) -> bool:
    """Whether its owner never came in: they may not know of it, and have no password to sign in with."""
    came = select(UserSession.token_hash).where(UserSession.account_id == account.id)
    return account.password_hash is None and session.scalar(came.limit(1)) is None


def _same(person_id: int, organisation_id: int, role: str) -> tuple[ColumnElement[bool], ...]:
    return (
        RoleInvitation.person_id == person_id,
        RoleInvitation.organisation_id == organisation_id,
        RoleInvitation.role == role,
    )


def _offer(
    session: Session,
    account: Account,
    organisation_id: int,
    role: str,
    actor_id: int | None,
    at: datetime,
    days: tuple[date | None, date | None] = (None, None),
) -> RoleInvitation:
    """Keep the role open for the account's owner. Those that are too old are forgotten."""
    check_grant(session, actor_id, account.person_id, organisation_id, role, day_of(at))
    first, last = max(days[0] or day_of(at), day_of(at)), days[1]
    if last is not None and last < first:
        raise UserError("dates")
    refuse_twice(session, account.person_id, organisation_id, role, first, last)
    session.execute(delete(RoleInvitation).where(RoleInvitation.expires_at <= at), execution_options=PLAIN)
    offered = RoleInvitation(
        person_id=account.person_id,
        organisation_id=organisation_id,
        role=role,
        email=account.email,
        invited_by=actor_id,
        expires_at=at + HOLDS,
        valid_from=days[0],
        valid_to=last,
    )
    session.add(offered)
    with taken("already_invited"):
        session.flush()
    _log(session, offered, "create", actor_id, at)
    return offered


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
            return _take(session, offered, at)
        except UserError:
            raise UserError("invitation") from None


def accept_with(session: Session, link: links.Link, at: datetime) -> None:
    """Take the role that an invitation's link was made with, where it may still be given."""
    made_with = (RoleInvitation.person_id == link.person_id, RoleInvitation.expires_at == link.expires_at)
    offered = session.scalar(select(RoleInvitation).where(*made_with).limit(1).with_for_update())
    if offered is None:
        return
    about = (offered.person_id, offered.organisation_id, offered.role, day_of(at))
    try:
        check_grant(session, offered.invited_by, *about)
        refuse_twice(session, *about[:3], *_days(offered, at))
    except UserError:  # the person comes in all the same
        return
    _take(session, offered, at)


def _days(offered: RoleInvitation, at: datetime) -> tuple[date, date | None]:
    """The days of the role, accepted now; raises `dates` when its last day has gone by."""
    first = max(offered.valid_from or day_of(at), day_of(at))
    if offered.valid_to is not None and offered.valid_to < first:
        raise UserError("dates")
    return first, offered.valid_to


def _take(session: Session, offered: RoleInvitation, at: datetime) -> int:
    """The role becomes its holder's; gives the membership's id."""
    first, last = _days(offered, at)
    membership_id = add_membership(
        offered.person_id,
        offered.organisation_id,
        offered.role,
        actor_id=offered.invited_by,
        valid_from=first,
        valid_to=last,
        at=at,
    )
    _log(session, offered, "accept", offered.person_id, at)
    session.delete(offered)
    return membership_id


def withdraw(invitation_id: int, *, actor_id: int | None, at: datetime | None = None) -> None:
    """Take an invitation back, as whoever may give the role; a link that was made with it no longer opens."""
    at = at or now()
    with writing() as session:
        offered = _hold(session, invitation_id)
        if offered is None:
            raise UserError("unknown")
        place = offered.organisation_id
        check_grant(session, actor_id, offered.person_id, place, offered.role, day_of(at))
        links.void_made_with(session, offered.person_id, offered.expires_at, at)
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
