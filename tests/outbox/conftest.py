"""What the tests of work after commit share: a module with handlers, a clock, a mail server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from core.database.session import writing
from core.database.types import Texts
from core.modules.gating.gate import raise_epoch
from core.modules.host import Condition, Registered
from core.modules.spec.values import Handler
from core.organisations.models import Closure, Organisation
from core.outbox import mail, services
from tests.outbox.support import MODULE, Clock, Inbox, Probe, configure, serving, switch


@pytest.fixture
def handlers(app: Flask) -> dict[str, Handler]:
    """Handlers of a healthy module; a test adds its own."""
    brought = Registered(Probe())
    host = app.extensions["kokemussilta.host"]
    host.healthy[MODULE], host.at_start[MODULE] = brought, Condition(MODULE, "ok")
    return brought.handlers


@pytest.fixture
def organisation(app: Flask, handlers: object) -> int:
    """An organisation where the module is on."""
    with app.app_context(), writing() as session:
        node = Organisation(
            slug="laukaa", name=Texts("Laukaa"), sort_key="laukaa", kind="municipality", is_controller=True
        )
        session.add(node)
        session.flush()
        node.controller_id = node.id
        session.add(Closure(ancestor_id=node.id, descendant_id=node.id, depth=0, same_controller=True))
        raise_epoch(session)
        organisation_id = node.id
    switch(app, organisation_id, "on")
    return organisation_id


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of outbox and mail."""
    moved = Clock()
    for module in (services, mail):
        monkeypatch.setattr(module, "now", moved.now)
    return moved


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def mail_server(app: Flask, inbox: Inbox) -> Iterator[int]:
    """A server without TLS that the application sends to; its port."""
    with serving(inbox) as port:
        configure(app, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none")
        yield port
