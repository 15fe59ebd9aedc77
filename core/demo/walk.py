"""What the modules' walk hooks get: people at their browsers, and somewhere to tell each step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import click
from flask import Flask
from sqlalchemy import select

from core.database.session import writing
from core.database.types import HELSINKI, now
from core.demo.browser import Browser
from core.demo.load import load_demo
from core.demo.region import Region
from core.extensions import db
from core.modules.host import Host, Registered
from core.users import links
from core.users.models import Account

log = logging.getLogger(__name__)


class Walk:
    """A walk through the real application, page by page, with its real forms."""

    def __init__(self, app: Flask, region: Region, write: Callable[[str], object] = click.echo) -> None:
        """`write` takes each line that is told."""
        self.app, self.region, self._write = app, region, write
        self._browsers: dict[str, Browser] = {}

    def client(self, person: str) -> Browser:
        """The browser of somebody such as "aino.aamutahti", signed in by a link; the same each time."""
        if person not in self._browsers:
            self._browsers[person] = self._sign_in(person)
        return self._browsers[person]

    def _sign_in(self, person: str) -> Browser:
        with self.app.app_context():
            account = select(Account.id).where(Account.person_id == self.region.people[person])
            with writing() as session:
                token = links.issue(session, session.scalars(account).one(), links.SIGN_IN, now())
            db.session.remove()
        browser = Browser(self.app.test_client(), self.app.config["KOKEMUSSILTA"].base_url)
        browser.send(browser.open(links.path(token)))
        return browser

    def tell(self, text: str) -> None:
        """A line of its own."""
        self._write(text)

    def say(self, step: str, holder: str | None, since: datetime | None) -> None:
        """What was done, and who holds the claim since when; nobody once it is finished."""
        local = since.astimezone(HELSINKI) if since else None
        when = f"{local.day}.{local.month}. {local:%H.%M}" if local else ""
        self._write(f"  {step}\n      {f'now at: {holder}, since {when}' if holder else f'finished {when}'}")


def _walk_one(host: Host, registered: Registered, walk: Walk) -> None:
    """A module that fails is told by its name; the others walk on."""
    try:
        host.call(registered.plugin, "demo_walk", walk=walk)
    except Exception as error:
        log.exception("the walk of a module failed", extra={"owner": registered.plugin.name})
        walk.tell(f"{registered.plugin.name}: the walk failed ({type(error).__name__}: {error}).")


def walk_all(app: Flask, write: Callable[[str], object] = click.echo) -> None:
    """Load the region and let every module walk; the database must be empty."""
    with app.app_context():
        region = load_demo()
        db.session.remove()
    host: Host = app.extensions["kokemussilta.host"]
    walk = Walk(app, region, write)
    for registered in host.healthy.values():
        _walk_one(host, registered, walk)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
