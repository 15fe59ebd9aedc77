"""The product: its server's environment, its cookies, and the requests of each job."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from flask import Flask, g, session, url_for
from flask_wtf.csrf import generate_csrf

from bench import region as people
from bench.client import Request
from bench.databases import Urls
from config import Config
from core import create_app

SECRET = "a secret of the measurement alone, long enough"  # noqa: S105  # protects made-up people for minutes
RECORD = "core.expert"


class Product:
    """Makes the requests a signed-in browser would send. The same application also runs in this process."""

    name = "ours"

    def __init__(self, urls: Urls) -> None:
        self.environment: Mapping[str, str] = {
            "KOKEMUSSILTA_ENV": "development", "DATABASE_URL": urls.app, "SECRET_KEY": SECRET,
        }  # fmt: skip
        self._config = Config(database_url=urls.app, secret_key=SECRET)
        self._signed_in: dict[int, tuple[str, str]] = {}

    @cached_property
    def app(self) -> Flask:
        """The application in this process."""
        return create_app(self._config)

    def __enter__(self) -> Product:
        """Nothing yet: the application is made when it is first asked for."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the application's connections."""
        with self.app.app_context():
            orm = self.app.extensions["sqlalchemy"]
            orm.session.remove()
            for engine in orm.engines.values():
                engine.dispose()

    def _cookie(self, person: int) -> tuple[str, str]:
        """The cookie of the person's browser and its form token, sealed as the product seals them."""
        if person not in self._signed_in:
            with self.app.test_request_context():
                session.update({"_user_id": people.token(person), "_fresh": True})
                token = generate_csrf()
                sealer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]  # Flask's own interface has it
                name = self.app.config["SESSION_COOKIE_NAME"]
                self._signed_in[person] = f"{name}={sealer.dumps(dict(session))}", token
        return self._signed_in[person]

    def _url(self, endpoint: str, slug: str | None = None, **values: Any) -> str:
        with self.app.test_request_context():
            g.slug = slug
            found: str = url_for(endpoint, **values)
            return found

    def experts(self, slug: str, after: int | None) -> Request:
        """A page of the register."""
        path = self._url(f"records_{RECORD.replace('.', '_')}.index", slug)
        query = f"?after={after}" if after else ""
        return Request(path + query, self._cookie(people.COORDINATOR)[0])

    def send(self, person: int, key: str) -> Request:
        """Send an unfinished form."""
        cookie, token = self._cookie(person)
        return Request(self._url("fees.send", key=key), cookie, {"csrf_token": token})

    def approve(self, person: int, claim: int, version: int) -> Request:
        """Approve the step that waits."""
        cookie, token = self._cookie(person)
        path = self._url("fees.approve", claim_id=claim)
        return Request(path, cookie, {"csrf_token": token, "version": str(version)})
