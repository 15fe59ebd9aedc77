"""Mail: a neutral sentence and a link, kept with the change that causes it and sent after it.

A message says nothing about a person or their work: that stands behind sign-in, where the link goes.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from core.database.session import writing
from core.database.types import now
from core.outbox.models import Mail, OutboxRow
from core.outbox.services import Job, enqueue, held_row, insert_once, mark_done
from core.outbox.smtp import transmit
from core.users.models import Account, Person

KIND = "core.mail"
# Longer than a slow server can make one delivery last, so that no other worker sends it meanwhile.
SENDING = timedelta(minutes=3)
_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@[\w-]+(\.[\w-]+)*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class Letter(NamedTuple):
    """A message on its way: no database row is held while a server answers."""

    mail_id: int
    message: EmailMessage
    recipient: str


def send_mail(
    session: Session,
    *,
    dedupe_key: str,
    subject: str,
    body: str,
    person_id: int | None = None,
    recipient: str | None = None,
    path: str | None = None,
) -> bool:
    """Send a message once this transaction has committed, to a person or to an address.

    `path` is added to the text as a link to this service. False: the key is
    known, or there is no usable address; the notice in the service is the truth.
    """
    if (person_id is None) == (recipient is None):
        raise ValueError("a message goes either to a person or to an address")
    if _CONTROL.search(subject):
        raise ValueError("a subject cannot hold line breaks or control characters")
    address = usable(recipient if person_id is None else address_of(session, person_id))
    if address is None:
        return False
    text = body if path is None else f"{body}\n\n{_link(path)}\n"
    values = {"dedupe_key": dedupe_key, "recipient": address, "subject": subject, "body": text}
    mail_id = insert_once(session, Mail, created_at=now(), **values)
    return mail_id is not None and enqueue(session, KIND, f"mail:{mail_id}", payload={"mail": mail_id})


def address_of(session: Session, person_id: int) -> str | None:
    """Where a person's mail goes: their own address, else the one they sign in with; None once blanked."""
    account = select(Account.email).where(Account.person_id == person_id, Account.active).scalar_subquery()
    alive = (Person.id == person_id, Person.blanked_at.is_(None))
    found = session.execute(select(Person.email, account.label("account")).where(*alive)).first()
    return (found.email or found.account) if found else None


def usable(address: str | None) -> str | None:
    """The address as mail servers know it (jyväskylä.fi is xn--jyvskyl-7wae.fi); None unless it is one."""
    user, _, domain = (address or "").strip().rpartition("@")
    try:
        plain = f"{user}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None
    return plain if _ADDRESS.fullmatch(plain) else None


def kept(session: Session, limit: int = 100) -> list[Mail]:
    """Messages that have not been sent, newest first: all of them where no mail server is configured."""
    unsent = select(Mail).where(Mail.sent_at.is_(None))
    return list(session.scalars(unsent.order_by(Mail.id.desc()).limit(limit)))


def deliver(job: Job) -> None:
    """Send a job's message outside any transaction, then mark it; without a server it stays kept.

    Killed in between, it is sent again as the same message: the Message-ID comes from its key.
    """
    config: Config = current_app.config["KOKEMUSSILTA"]
    letter = _prepare(job, config)
    if letter is None:
        return
    transmit(config, letter.message, letter.recipient)
    with writing() as session:
        mark_done(session.get_one(OutboxRow, job.id))
        mail = session.get_one(Mail, letter.mail_id)
        # The text may hold a one-time link; once it has been delivered nobody needs it here.
        mail.sent_at, mail.body = now(), ""


def _prepare(job: Job, config: Config) -> Letter | None:
    """The message, with its row held long enough to send it; None when there is nothing to send."""
    with writing() as session:
        row = held_row(session, job)
        if row is None:
            return None
        mail = session.get_one(Mail, row.payload["mail"])
        if mail.sent_at is not None or not config.smtp_host:
            mark_done(row)
            return None
        row.lease_until = now() + SENDING
        return Letter(mail.id, compose(mail, config), mail.recipient)


def compose(mail: Mail, config: Config) -> EmailMessage:
    """The message as it goes out: the same each time it is made from the same row."""
    message = EmailMessage(policy=SMTP)
    message["From"] = config.mail_from
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = message_id(mail.dedupe_key, config.mail_from)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte="quoted-printable")
    return message


def message_id(dedupe_key: str, mail_from: str) -> str:
    """A Message-ID that is the same for each repeat and tells nothing of the key."""
    digest = hashlib.sha256(dedupe_key.encode()).hexdigest()[:40]
    return f"<{digest}@{mail_from.rpartition('@')[2]}>"


def _link(path: str) -> str:
    """The full address of a page of this service."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("a link in a message leads to this service")
    config: Config = current_app.config["KOKEMUSSILTA"]
    return config.base_url.rstrip("/") + path
