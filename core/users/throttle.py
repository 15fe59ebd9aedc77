"""How often one may try: counted in the database, so that it holds over all workers.

A try is counted before any costly work, in one transaction that others of the same key wait for. A refused
try is not counted, so nobody is kept out for ever; whoever succeeds takes their own tries back, so that an
office behind one network address never runs out.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.users.errors import UserError
from core.users.models import Attempt

KEPT = timedelta(hours=2)


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `window`, and the code of what to say then."""

    kind: str
    tries: int
    window: timedelta
    code: str = "throttled"


PER_ACCOUNT = Limit("account", 10, timedelta(minutes=15))
PER_ADDRESS = Limit("address", 50, timedelta(minutes=15))
LINKS_PER_ACCOUNT = Limit("link", 5, timedelta(hours=1), "links_throttled")


@dataclass(frozen=True)
class Counted:
    """A limit and what it counts; the key stored is a hash."""

    limit: Limit
    subject: str

    @property
    def key(self) -> str:
        """What stands in the table."""
        digest = hashlib.sha256(self.subject.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.limit.kind}:{digest[:40]}"


def network(address: str | None) -> str:
    """What counts as one network address: an IPv4 address, or the half of an IPv6 one that a home gets."""
    try:
        parsed = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count(wanted: Iterable[Counted], at: datetime) -> list[int]:
    """Count one try under each key; or raise the code of the first limit reached, and count nothing."""
    with writing() as session:
        ordered = sorted(wanted, key=lambda one: one.key)
        for one in ordered:
            _wait_for_others(session, one.key)
        _forget_old(session, at)
        for one in ordered:
            if _tries(session, one, at) >= one.limit.tries:
                raise UserError(one.limit.code)
        rows = [Attempt(key=one.key, at=at) for one in ordered]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def take_back(session: Session, account: Counted, counted: Iterable[int]) -> None:
    """After a success: the account's tries and this very try no longer count."""
    for criterion in (Attempt.key == account.key, Attempt.id.in_(list(counted))):
        session.execute(delete(Attempt).where(criterion), execution_options={"synchronize_session": False})


def _wait_for_others(session: Session, key: str) -> None:
    """On PostgreSQL two transactions would not see each other's try; SQLite has one writer as it is."""
    if session.connection().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _tries(session: Session, one: Counted, at: datetime) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.key == one.key, Attempt.at > at - one.limit.window)
    )
    return found or 0


def _forget_old(session: Session, at: datetime) -> None:
    session.execute(
        delete(Attempt).where(Attempt.at < at - KEPT), execution_options={"synchronize_session": False}
    )
