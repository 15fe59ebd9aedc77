"""Signing in, by password or by link, and changing the password.

The order is always: count the try, read, hash, then write; so guessing is slow and hashing holds no lock.
A second factor would stand between the check and `sessions.start`; a work account would be another way here.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now, today
from core.extensions import db
from core.log.services import record_change
from core.modules.gating.gate import current_gate
from core.users import invitations, letters, links, passwords, sessions, throttle
from core.users.errors import UserError
from core.users.models import Account, Person
from core.users.reach import roles_of
from core.users.signed_in import SignedIn
from core.users.throttle import Counted, Limit
from core.users.words import clean_email

log = logging.getLogger(__name__)
LINKS_PER_ADDRESS = Limit("link-address", 50, throttle.PER_ADDRESS.window, "links_throttled")


def sign_in(email: str, password: str, network: str, *, at: datetime | None = None) -> SignedIn:
    """Begin a session for the right password, or raise `refused` or `throttled`.

    An unknown address, a disabled account and one without a password take the same work and answer alike.
    """
    at, email = at or now(), _typed(email)
    by_account = Counted(throttle.PER_ACCOUNT, email)
    counted = throttle.count([by_account, Counted(throttle.PER_ADDRESS, network)], at)
    account_id, stored = _stored_hash(email)
    if not passwords.verify(password, stored) or account_id is None or stored is None:
        log.info("sign-in refused", extra={"account": account_id})
        raise UserError("refused")
    fresh = passwords.hash_password(password) if passwords.needs_rehash(stored) else stored
    with writing() as session:
        _require_hash(session, account_id, stored).password_hash = fresh
        throttle.take_back(session, by_account, counted)
        return _begin(session, account_id, at)


def request_link(email: str, network: str, *, at: datetime | None = None) -> None:
    """Mail a sign-in link to the address if an account has it. Nothing tells the asker whether one does."""
    at, email = at or now(), _typed(email)
    with writing() as session:  # one commit in both cases, so that time does not tell either
        by_address = Counted(LINKS_PER_ADDRESS, network)
        throttle.count([Counted(throttle.LINKS_PER_ACCOUNT, email), by_address], at)
        found = session.execute(
            select(Account.id, Person.language)
            .join(Person, Person.id == Account.person_id)
            .where(Account.email == email, Account.active)
        ).first()
        if found is not None:
            token = links.issue(session, found.id, links.SIGN_IN, at)
            letters.sign_in_link(session, email, found.language, token)


def use_link(token: str, *, password: str | None = None, at: datetime | None = None) -> SignedIn:
    """Use a link up and begin a session. Raises `link`.

    With an invitation one may also set a password, and takes the role that it was sent for.
    """
    at = at or now()
    link = links.look(db.session(), token, at)
    if link is None:
        raise UserError("link")
    if password is not None and link.purpose != links.INVITATION:
        raise UserError("link")
    fresh = None
    if password is not None:
        passwords.check_new(password, _near(db.session(), link.person_id, link.name, link.email))
        fresh = passwords.hash_password(password)
    with writing() as session:
        links.use(session, token, at)
        if fresh is not None:
            _set_hash(session, link.account_id, link.person_id, fresh, at)
        if link.purpose == links.INVITATION:
            invitations.accept_with(session, link, at)
        return _begin(session, link.account_id, at)


def change_password(person: SignedIn, current: str, new: str, *, at: datetime | None = None) -> SignedIn:
    """Set a new password, end every session, and begin a new one for the browser that asked.

    An account without a password yet has no current one to know.
    """
    at = at or now()
    account = db.session.execute(
        select(Account.email, Account.password_hash).where(Account.id == person.account_id, Account.active)
    ).one()
    by_account = Counted(throttle.PER_ACCOUNT, account.email)
    counted = throttle.count([by_account], at)
    if account.password_hash is not None and not passwords.verify(current, account.password_hash):
        raise UserError("wrong_password")
    passwords.check_new(new, _near(db.session(), person.person_id, person.name, account.email))
    fresh = passwords.hash_password(new)
    with writing() as session:
        _require_hash(session, person.account_id, account.password_hash)
        _set_hash(session, person.account_id, person.person_id, fresh, at)
        throttle.take_back(session, by_account, counted)
        letters.password_changed(session, account.email, person.language, person.account_id, at)
        return _begin(session, person.account_id, at)


def reset_password(person_id: int, password: str, *, at: datetime | None = None) -> None:
    """Give the person's account a new password, as the system itself; every session of it ends."""
    at, fresh = at or now(), passwords.hash_password(password)
    with writing() as session:
        account_id = session.scalar(select(Account.id).where(Account.person_id == person_id))
        if account_id is None:
            raise UserError("unknown")
        _set_hash(session, account_id, None, fresh, at)


def sign_out(person: SignedIn, *, at: datetime | None = None) -> None:
    """End the session one came with."""
    with writing() as session:
        sessions.end(session, person.token, at or now())
    log.info("signed out", extra={"account": person.account_id})


def end_session(person: SignedIn, key: str, *, at: datetime | None = None) -> None:
    """End one of one's own sessions; raises `unknown` when it is not one of them."""
    with writing() as session:
        if not sessions.end_one(session, person.account_id, key, at or now()):
            raise UserError("unknown")


def end_other_sessions(person: SignedIn, *, at: datetime | None = None) -> None:
    """End all of one's sessions but this one."""
    with writing() as session:
        sessions.end_all(session, person.account_id, at or now(), except_token=person.token)


def ways_in(account_id: int) -> tuple[str, bool]:
    """The address one signs in with, and whether with a password too."""
    wanted = select(Account.email, Account.password_hash).where(Account.id == account_id)
    email, stored = db.session.execute(wanted).one()
    return email, stored is not None


def _begin(session: Session, account_id: int, at: datetime) -> SignedIn:
    """A new session with a new token; the account may have been disabled a moment ago."""
    found = sessions.load(session, sessions.start(session, account_id, at), at)
    if found is None:
        raise UserError("refused")
    log.info("signed in", extra={"account": account_id})
    return found.person


def _typed(email: str) -> str:
    """The address as it is kept; what is none is kept as typed, so that trying it counts too."""
    try:
        return clean_email(email)
    except UserError:
        return email[:254]


def _stored_hash(email: str) -> tuple[int | None, str | None]:
    """The id and hash of an active account. The connection is given back before any hashing."""
    wanted = select(Account.id, Account.password_hash).where(Account.email == email, Account.active)
    found = db.session.execute(wanted).first()
    db.session.rollback()
    return (found.id, found.password_hash) if found else (None, None)


def _require_hash(session: Session, account_id: int, stored: str | None) -> Account:
    """The account, if it still is active and has the hash that was checked; else `refused`."""
    account = session.get(Account, account_id)
    if account is None or not account.active or account.password_hash != stored:
        raise UserError("refused")
    return account


def _set_hash(session: Session, account_id: int, person_id: int | None, fresh: str, at: datetime) -> None:
    """A new password: whoever came in with an old one, or holds an old link, is out."""
    session.get_one(Account, account_id).password_hash = fresh
    sessions.end_all(session, account_id, at)
    links.void(session, account_id, at)
    record_change(
        session,
        record="core.account",
        row_id=account_id,
        action="password",
        fields=["password"],
        actor_id=person_id,
        at=at,
    )


def _near(session: Session, person_id: int, name: str, email: str) -> list[str]:
    """Names a guesser would try: the person's own, and those of their organisations up to the root."""
    tree = current_gate().tree
    homes = {role.organisation_id for role in roles_of(session, person_id, today())}
    nodes = {node.id: node for home in homes for node in tree.upwards(home)}
    places = [text for node in nodes.values() for text in (node.name.fi, node.name.sv, node.name.en)]
    return [name, email, *places]
