"""`flask demo …` as it is started: what it refuses, in plain words, and what it prints and when."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click import ClickException
from flask import Flask
from sqlalchemy import select

from core.database.types import Texts
from core.demo.commands import introduction
from core.demo.serve import port_trouble
from core.extensions import db
from core.organisations.models import Organisation
from core.organisations.services import create_organisation
from tests.support.server import free_port

ONE_KIND = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@ONE_KIND
@pytest.mark.parametrize("command", ["load", "serve", "walk"])
def test_the_demonstration_stays_out_of_production(
    app: Flask, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    config = replace(app.config["KOKEMUSSILTA"], environment="production")
    app.config["KOKEMUSSILTA"] = config
    monkeypatch.setattr("core.demo.commands.from_environment", lambda: config)
    result = app.test_cli_runner().invoke(args=["demo", command])
    assert (result.exit_code, "production" in result.output) == (1, True)
    with app.app_context():
        assert db.session.scalar(select(Organisation.id)) is None
        db.session.remove()


@ONE_KIND
def test_a_database_with_something_else_is_left_alone(app: Flask) -> None:
    with app.app_context():
        create_organisation(Texts(fi="Muu"), "municipality", "muu")
        db.session.remove()
    with pytest.raises(ClickException, match="something else than this version's demonstration"):
        introduction(app, "http://127.0.0.1:5000")


@ONE_KIND
def test_the_operator_can_sign_in_too(app: Flask) -> None:
    told = introduction(app, "http://127.0.0.1:5000")
    found = re.search(r"^operator of the service +(\S+) +(\S+)$", told, re.MULTILINE)
    assert found is not None


def test_a_port_in_use_and_one_that_is_not_ours_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    assert port_trouble(port) is None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert "in use" in (port_trouble(port) or "")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    told = port_trouble(80) or ""
    assert "not permitted" in told
    assert "PORT=8080" in told


def test_sign_ins_are_printed_when_the_server_answers(tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.db",
        "ARGON2_TIME_COST": "1",
        "ARGON2_MEMORY_KIB": "8",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("Open http"):
                    socket.create_connection(("127.0.0.1", port), 5).close()
                    break
            else:
                pytest.fail("the address was never told")
        finally:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
