"""Somebody signed in, without the form: a session of the database and the cookie that names it."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.users import sessions
from core.users.models import Account

CSRF = "csrf_token"


@dataclass(frozen=True)
class Visitor:
    """A browser's cookie and a token that its forms would carry."""

    person_id: int
    cookie_name: str
    cookie: str
    csrf: str
    name: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What the browser would send with each request."""
        return {"Cookie": f"{self.cookie_name}={self.cookie}"}

    def client(self, app: Flask) -> FlaskClient:
        """A test client with the cookie."""
        client = app.test_client()
        client.set_cookie(self.cookie_name, self.cookie)
        return client


def visitor(app: Flask, person_id: int, name: str = "") -> Visitor:
    """Sign a person in who has an account."""
    with app.app_context():
        account_id = db.session.scalar(select(Account.id).where(Account.person_id == person_id))
        if account_id is None:
            raise LookupError(f"person {person_id} has no account")
        with writing() as session:
            token = sessions.start(session, account_id, now())
        db.session.remove()
    return visitor_of_token(app, person_id, token, name)


def visitor_of_token(app: Flask, person_id: int, token: str | None, name: str = "") -> Visitor:
    """The cookie and form token of a session; without one, of somebody who is not signed in."""
    raw = secrets.token_hex(20)
    carried = {CSRF: raw, "_fresh": True} | ({"_user_id": token} if token else {})
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # the cookie session's
    cookie = serializer.dumps(carried)
    signed = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(raw)
    return Visitor(person_id, app.config["SESSION_COOKIE_NAME"], cookie, str(signed), name)


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def send(
    port: int,
    visitor: Visitor,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    timeout: float = 30.0,
) -> Answer:
    """One request over a connection of its own; redirects are not followed. A POST carries the token."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    headers, body = dict(visitor.headers), None
    if method == "POST":
        body = urlencode({CSRF: visitor.csrf, **(form or {})})
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(
            response.status, response.read().decode("utf-8", "replace"), dict(response.getheaders())
        )
    finally:
        connection.close()
