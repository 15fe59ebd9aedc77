"""Helpers of the tests of work after commit."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from core.database import types
from core.database.session import writing
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleState
from core.modules.spec.plugin import Plugin
from core.outbox import mail, services
from core.outbox.models import OutboxRow

CERTIFICATE = Path(__file__).parent / "localhost.pem"  # its key guards nothing but these tests
MODULE = "probe"


class Probe(Plugin):
    name = MODULE
    version = "1"
    label = description = "probe"


def switch(app: Flask, organisation_id: int, state: str) -> None:
    """Give the module a state in the organisation."""
    with app.app_context(), writing() as session:
        row = session.scalar(select(ModuleState).where(ModuleState.module == MODULE))
        row = row or ModuleState(
            module=MODULE, organisation_id=organisation_id, required=False, blocked=False
        )
        row.state, row.changed_at = state, types.now()
        session.add(row)
        raise_epoch(session)


class Clock:
    """A clock that the test moves; it runs on by itself."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return types.now() + self._ahead

    def forward(self, **amount: float) -> None:
        self._ahead += timedelta(**amount)


class Inbox:
    """What a mail server received; `on` runs something at a command (EHLO, DATA, QUIT) before its answer."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.encrypted: list[bool] = []
        self.answers: dict[str, str] = {}
        self.on: dict[str, Callable[[], None]] = {}

    @property
    def messages(self) -> list[EmailMessage]:
        return [BytesParser(policy=default).parsebytes(raw) for raw in self.raw]

    async def handle_EHLO(  # the server's name for it
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.on.get("EHLO", lambda: None)()
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # as above
        answer = self.answers.get("DATA", "250 taken")
        if answer.startswith("250"):
            self.raw.append(envelope.original_content)
            self.recipients.append(envelope.rcpt_tos)
            self.encrypted.append(session.ssl is not None)
        self.on.get("DATA", lambda: None)()
        return answer

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # as above
        self.on.get("QUIT", lambda: None)()
        return "221 bye"


def free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(inbox: Inbox, *, tls: bool = False) -> Iterator[int]:
    """A mail server on this machine; its port."""
    settings: dict[str, Any] = {}
    if tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
        settings = {"tls_context": context, "require_starttls": True}
    server = Controller(inbox, hostname="127.0.0.1", port=free_port(), **settings)
    server.start()
    try:
        yield server.port
    finally:
        with suppress(RuntimeError):
            server.stop()


def configure(app: Flask, **settings: Any) -> None:
    """Change the application's settings."""
    app.config["KOKEMUSSILTA"] = replace(app.config["KOKEMUSSILTA"], **settings)


def row_of(app: Flask, dedupe_key: str) -> OutboxRow:
    """A row as it is now, detached."""
    with app.app_context():
        row = db.session().scalars(select(OutboxRow).where(OutboxRow.dedupe_key == dedupe_key)).one()
        db.session().expunge(row)
        return row


def put(app: Flask, key: str, organisation_id: int | None = None, kind: str = "probe.work") -> None:
    """Put a row of the module into the outbox."""
    module = None if kind == mail.KIND else MODULE
    with app.app_context(), writing() as session:
        services.enqueue(
            session, kind, key, module=module, organisation_id=organisation_id, payload={"id": 1}
        )


def together(*work: Callable[[], object]) -> None:
    """Run each in a thread of its own."""
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
