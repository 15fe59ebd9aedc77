"""Serving the demonstration: its database, its settings, and the processes that end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from flask import Flask

from config import Config, from_environment
from core.modules.health.watchdog import EXIT_CODE

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 5000, 65535
GRACE_SECONDS = 10.0
RESTART_SECONDS = 2.0
# Several times what the worker needs, and far below what would slow the machine down.
WORKER_MEMORY_MIB = 512


def demo_config(port: int, database_url: str | None = None) -> Config:
    """The environment's settings for a demonstration on this port; without DATABASE_URL a file of its own."""
    config = from_environment()
    url = database_url or os.environ.get("DATABASE_URL") or _own_file()
    owner = config.database_owner_url if "DATABASE_URL" in os.environ and database_url is None else ""
    base = f"http://{HOST}:{port}"
    return replace(config, database_url=url, database_owner_url=owner, base_url=base, demo=True)


def _own_file() -> str:
    folder = Path("instance").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'demo.db'}"


def migrated_app(config: Config) -> Flask:
    """An application on the configuration's database, brought to the newest schema."""
    from core import create_app
    from core.database.migrate import upgrade_as_configured

    upgrade_as_configured(config)
    return create_app(config)


def environment_of(config: Config) -> dict[str, str]:
    """What the started processes read, so that they run with the same settings."""
    return {
        **os.environ,
        "DATABASE_URL": config.database_url,
        "DATABASE_OWNER_URL": config.database_owner_url,
        "BASE_URL": config.base_url,
        "SECRET_KEY": config.secret_key,
        "DATA_KEYS": ",".join(config.data_keys),
        "DEMO": "1",
        "WORKER_MEMORY_MIB": str(config.worker_memory_mib or WORKER_MEMORY_MIB),
    }


def port_trouble(port: int) -> str | None:
    """Why the port cannot be listened on, and what to do; None when it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return f"Port {port} is not permitted to this user. Choose one above 1023: make demo PORT=8080"
        except OSError:
            other = port + 1 if port < LAST_PORT else FIRST_PORT
            return f"Port {port} is in use. Choose another: make demo PORT={other}"
    return None


def serve(config: Config, port: int, when_ready: Callable[[], object]) -> int:
    """Serve and deliver until somebody presses Ctrl-C; gives the exit code.

    `when_ready` is called once the server answers: what it prints stands below the processes' first lines.
    """
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    options = ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    server = [sys.executable, "-m", "gunicorn", *options, "--bind", f"{HOST}:{port}", "wsgi:app"]
    environment = environment_of(config)
    with _running([worker, server], environment) as children:
        try:
            ready = False
            while _goes_on(children, worker, environment):
                if not ready and _answers(port):
                    ready = True
                    when_ready()
                time.sleep(0.2)
        except KeyboardInterrupt:
            return 0
        return 1


def _answers(port: int) -> bool:
    """Whether the service on the port says anything."""
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


@contextmanager
def _running(
    commands: Sequence[list[str]], environment: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start the commands, and see to it that none outlives the others."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    children = [_start(command, environment) for command in commands]
    try:
        yield children
    finally:
        for child in children:
            child.terminate()
        _wait(children)
        signal.signal(signal.SIGTERM, before)


def _goes_on(
    children: list[subprocess.Popen[bytes]], worker: list[str], environment: Mapping[str, str]
) -> bool:
    """Whether worker and server still run, the worker perhaps as another."""
    code = children[0].poll()
    if was_ended(code):
        time.sleep(RESTART_SECONDS)
        children[0] = _start(worker, environment)
        return True
    return code is None and children[1].poll() is None


def was_ended(code: int | None) -> bool:
    """Whether a worker was ended by its watchdog or by the system, so that another should go on."""
    return code is not None and (code == EXIT_CODE or code < 0)


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C comes to us alone, and we end the others in peace."""
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603  # our own commands, nothing from outside


def _wait(children: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + GRACE_SECONDS
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(until - time.monotonic(), 0.1))
        if child.poll() is None:
            child.kill()
            child.wait()
