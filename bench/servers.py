"""Both contenders behind the same server with the same numbers of workers and threads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from bench.client import Client, Request

WORKERS, THREADS = 2, 4
PATIENCE = 30.0  # seconds for a server to answer for the first time


@contextmanager
def serving(application: str, environment: Mapping[str, str], path: str) -> Iterator[int]:
    """Serve a WSGI application and give its port, once `path` answers."""
    with starting(application, environment) as (process, port):
        _wait(process, port, path)
        yield port


@contextmanager
def starting(
    application: str, environment: Mapping[str, str], *more: str
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start a server and give its leading process and its port at once; it ends with the block."""
    port = _free_port()
    command = [
        sys.executable, "-m", "gunicorn", application, "--worker-class", "gthread", "--workers", str(WORKERS),
        "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}", "--keep-alive", "75",
        "--log-level", "warning", *more,
    ]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        # Fixed words, nothing from outside.
        process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=log, stdout=log)  # noqa: S603
        try:
            yield process, port
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:].decode())
            raise
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Until every worker may be expected to be up."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with Client(port) as client:
                client.send(Request(path, "").encoded())
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer from port {port}")
