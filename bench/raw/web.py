"""What every raw request needs: a connection, who is signed in, where they may, and CSRF."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg.rows import TupleRow

from bench.bulk import connect

COOKIE = "raw"
DATABASE = "BENCH_DATABASE_URL"
SECRET = b"a secret of the measurement alone"
Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]
_local = threading.local()


class Refused(Exception):
    """The request ends here with this status."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True)
class Page:
    """An answer."""

    body: str = ""
    status: HTTPStatus = HTTPStatus.OK
    location: str = ""


@dataclass(frozen=True)
class Visitor:
    """Who is signed in."""

    person: int
    name: str
    token: str

    @property
    def csrf(self) -> str:
        """What a form must carry."""
        return csrf_of(self.token)


def csrf_of(token: str) -> str:
    """The form token of a session: nobody can make it without the secret."""
    return hmac.new(SECRET, token.encode(), hashlib.sha256).hexdigest()


def connection() -> psycopg.Connection[TupleRow]:
    """This thread's connection; together they are the pool."""
    found: psycopg.Connection[TupleRow] | None = getattr(_local, "connection", None)
    if found is None:
        found = _local.connection = connect(os.environ[DATABASE])
        found.autocommit = True
    return found


def close() -> None:
    """Let go of this thread's connection."""
    found = getattr(_local, "connection", None)
    if found is not None:
        found.close()
        _local.connection = None


SIGNED_IN = """
SELECT p.id, p.name FROM user_session s
JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id
WHERE s.token_hash = %s AND a.active AND s.ended_at IS NULL
  AND s.seen_at > now() - interval '30 minutes' AND s.created_at > now() - interval '12 hours'
"""


def visitor(environ: Environ) -> Visitor:
    """Who the cookie's token belongs to; nobody is sent away."""
    cookie = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    token = cookie[COOKIE].value if COOKIE in cookie else ""
    row = connection().execute(SIGNED_IN, [hashlib.sha256(token.encode()).hexdigest()]).fetchone()
    if row is None:
        raise Refused(HTTPStatus.UNAUTHORIZED)
    return Visitor(row[0], row[1], token)


REACHED = """
WITH own AS (
  SELECT organisation_id AS id FROM membership WHERE person_id = %(person)s AND role = ANY(%(roles)s)
    AND valid_from <= current_date AND (valid_to IS NULL OR valid_to >= current_date)
), found AS (
  SELECT id FROM own
  UNION
  SELECT d.from_organisation_id FROM delegation d JOIN own ON own.id = d.to_organisation_id
  WHERE d.permissions::jsonb ? %(permission)s
    AND d.valid_from <= current_date AND (d.valid_to IS NULL OR d.valid_to >= current_date)
)
SELECT o.id, ARRAY(
  SELECT f.id FROM found f JOIN organisation_closure c ON c.ancestor_id = o.id AND c.descendant_id = f.id
  UNION
  SELECT o.id FROM found f JOIN organisation_closure c
    ON c.ancestor_id = f.id AND c.descendant_id = o.id AND c.same_controller
) FROM organisation o WHERE o.slug = %(slug)s
"""


def reached(person: int, slug: str, permission: str, roles: Iterable[str]) -> tuple[int, list[int]]:
    """The organisation of the address and the tops of what the permission reaches there; else 404."""
    values = {"person": person, "slug": slug, "permission": permission, "roles": list(roles)}
    row = connection().execute(REACHED, values).fetchone()
    if row is None or not row[1]:
        raise Refused(HTTPStatus.NOT_FOUND)
    return row[0], row[1]


def form(environ: Environ, who: Visitor) -> dict[str, str]:
    """The posted values, once their CSRF token has been checked."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    values = {key: found[0] for key, found in parse_qs(body).items()}
    if not hmac.compare_digest(values.get("csrf_token", ""), who.csrf):
        raise Refused(HTTPStatus.BAD_REQUEST)
    return values


def answer(start_response: StartResponse, page: Page) -> list[bytes]:
    """Give the page to the server."""
    body = page.body.encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    if page.location:
        headers.append(("Location", page.location))
    start_response(f"{page.status.value} {page.status.phrase}", headers)
    return [body]
