"""Mail reaches the server as written, over verified TLS, or waits; a repeat is the same message."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from config import ConfigurationError, TestConfig
from core.database.session import writing
from core.extensions import db
from core.outbox.mail import kept, send_mail
from core.outbox.models import Mail, OutboxRow
from core.outbox.smtp import check
from core.outbox.worker import run_once
from tests.outbox.support import CERTIFICATE, Clock, Inbox, configure, free_port, serving

ROOT = Path(__file__).resolve().parents[2]
BODY = "Sinulle on viesti. Avaa se tästä:"


def write(app: Flask, key: str = "claim:1:1:sari") -> None:
    with app.app_context(), writing() as session:
        send_mail(
            session, dedupe_key=key, recipient="sari@laukaa.example", subject="Uusi viesti – älä vastaa",
            body=BODY, path="/me/kulkee?a=1",
        )  # fmt: skip


def the_mail(app: Flask) -> Mail:
    with app.app_context():
        mail = db.session().scalars(select(Mail)).one()
        db.session().expunge(mail)
        return mail


def the_row(app: Flask) -> OutboxRow:
    with app.app_context():
        row = db.session().scalars(select(OutboxRow)).one()
        db.session().expunge(row)
        return row


def test_the_server_receives_exactly_the_message(app: Flask, mail_server: int, inbox: Inbox) -> None:
    write(app)
    assert [run_once(app), run_once(app)] == [1, 0]
    (message,) = inbox.messages
    assert inbox.recipients == [["sari@laukaa.example"]]
    assert message["From"] == "kokemussilta@localhost"
    assert message["To"] == "sari@laukaa.example"
    assert message["Subject"] == "Uusi viesti – älä vastaa"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "claim" not in message["Message-ID"]
    text = message.get_content().replace("\r\n", "\n")
    assert text == f"{BODY}\n\nhttp://127.0.0.1:5000/me/kulkee?a=1\n"
    assert the_row(app).state == "done"
    assert the_mail(app).sent_at is not None
    assert the_mail(app).body == ""


def test_without_a_server_the_message_is_kept_to_read(app: Flask) -> None:
    write(app)
    run_once(app)
    assert the_row(app).state == "done"
    with app.app_context():
        assert [BODY in mail.body for mail in kept(db.session())] == [True]


def test_a_day_without_the_server_loses_nothing(app: Flask, clock: Clock, inbox: Inbox) -> None:
    port = free_port()
    configure(app, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none")
    write(app)
    for _ in range(24):
        run_once(app)
        clock.forward(hours=1)
    row = the_row(app)
    assert row.state == "pending"
    assert row.attempts > 5
    assert row.last_error == "ConnectionRefusedError"
    clock.forward(hours=6)
    with serving(inbox) as port:
        configure(app, smtp_port=port)
        run_once(app)
    assert len(inbox.raw) == 1
    assert the_row(app).state == "done"


@pytest.mark.parametrize("answer", ["451 later", "550 no such mailbox sari@laukaa.example"])
def test_a_refusal_is_tried_again_and_told_without_the_address(
    app: Flask, mail_server: int, inbox: Inbox, clock: Clock, answer: str
) -> None:
    inbox.answers["DATA"] = answer
    write(app)
    run_once(app)
    assert the_row(app).last_error == f"SMTPDataError {answer[:3]}"
    inbox.answers.clear()
    clock.forward(hours=1)
    run_once(app)
    assert len(inbox.raw) == 1


def test_the_certificate_is_verified(app: Flask, inbox: Inbox, clock: Clock) -> None:
    with serving(inbox, tls=True) as port:
        configure(app, smtp_host="localhost", smtp_port=port, smtp_tls="starttls")
        write(app)
        run_once(app)
        assert the_row(app).last_error == "SSLCertVerificationError self-signed certificate"
        clock.forward(hours=1)
        configure(app, smtp_ca_file=str(CERTIFICATE), smtp_host="127.0.0.1")
        run_once(app)
        assert "not valid for '127.0.0.1'" in (the_row(app).last_error or "")
        assert inbox.raw == []
        clock.forward(hours=1)
        configure(app, smtp_host="localhost")
        run_once(app)
    assert inbox.encrypted == [True]


def test_a_server_without_tls_gets_nothing(app: Flask, mail_server: int, inbox: Inbox) -> None:
    configure(app, smtp_tls="starttls")
    write(app)
    run_once(app)
    assert inbox.raw == []
    assert the_row(app).last_error == "SMTPNotSupportedError"


def test_clear_text_is_for_this_machine_only() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9"):
        check(TestConfig(smtp_host=host, smtp_tls="none"))
    for host in ("mail.example", "10.0.0.1", "localhost.example"):
        with pytest.raises(ConfigurationError, match="this machine"):
            check(TestConfig(smtp_host=host, smtp_tls="none"))
    with pytest.raises(ConfigurationError, match="starttls"):
        check(TestConfig(smtp_tls="off"))


def test_a_server_that_breaks_off_after_taking_it_has_taken_it(
    app: Flask, mail_server: int, inbox: Inbox
) -> None:
    inbox.on["QUIT"] = lambda: 1 // 0  # type: ignore[assignment]  # it only has to fail
    write(app)
    run_once(app)
    assert (len(inbox.raw), the_row(app).state) == (1, "done")


@pytest.mark.parametrize(("command", "copies"), [("EHLO", 1), ("DATA", 2), ("QUIT", 2)])
def test_a_worker_killed_in_mid_delivery_loses_nothing(
    app: Flask, mail_server: int, inbox: Inbox, clock: Clock, command: str, copies: int
) -> None:
    """Killed before sending, before the answer 250, and between 250 and the commit."""
    write(app)
    victim = start_worker(app, mail_server)
    inbox.on[command] = lambda: os.kill(victim.pid, signal.SIGKILL)
    assert victim.wait(60) == -signal.SIGKILL
    inbox.on.clear()
    assert (the_row(app).state, run_once(app)) == ("pending", 0)
    clock.forward(minutes=4)
    assert run_once(app) == 1
    assert (the_row(app).state, len(inbox.raw)) == ("done", copies)
    assert len({message["Message-ID"] for message in inbox.messages}) == 1
    assert len(set(inbox.raw)) == 1


def start_worker(app: Flask, port: int) -> subprocess.Popen[bytes]:
    """A worker in a process of its own."""
    code = (
        "import sys; from config import TestConfig; from core import create_app\n"
        "from core.outbox.worker import run_once\n"
        "run_once(create_app(TestConfig(database_url=sys.argv[1], smtp_host='127.0.0.1',"
        " smtp_port=int(sys.argv[2]), smtp_tls='none')))"
    )
    url = app.config["KOKEMUSSILTA"].database_url
    return subprocess.Popen([sys.executable, "-c", code, url, str(port)], cwd=ROOT)
