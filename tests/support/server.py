"""The product served for real: gunicorn with several workers, which a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from core.testing.databases import DatabaseUrls

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
STOP_SECONDS = 10.0
GUARDED, UNGUARDED = "tests.support.live:guarded()", "tests.support.live:unguarded()"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveServer:
    """One gunicorn on loopback and a database of a test's own; the port stays the same over restarts."""

    def __init__(
        self, urls: DatabaseUrls, folder: Path, *, workers: int = 4, threads: int = 4, entry: str = GUARDED
    ) -> None:
        """`folder` takes the log; `entry` is UNGUARDED for tests that must fail."""
        self.port = free_port()
        self.log = folder / f"gunicorn-{self.port}.log"
        self._urls = urls
        self._options = ["--workers", str(workers), "--threads", str(threads), entry]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the front door, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process_id(self) -> int:
        """The process that leads all workers."""
        assert self._process is not None  # asked for before start()
        return self._process.pid

    def start(self, environment: Mapping[str, str] | None = None) -> float:
        """Serve; gives the seconds until the first healthy answer."""
        begun = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env=self._environment(environment or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_healthy(begun + START_SECONDS)
        return time.monotonic() - begun

    def stop(self) -> None:
        """Let the requests in hand finish, then end."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End every process of the server at once, in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def is_alive(self) -> bool:
        """Whether the leading process runs."""
        return self._process is not None and self._process.poll() is None

    def tail(self) -> str:
        """The end of the log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""

    def _command(self) -> list[str]:
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "--worker-class",
            "gthread",
            "--bind",
            f"127.0.0.1:{self.port}",
        ]
        return [*gunicorn, "--preload", "--graceful-timeout", "5", "--log-level", "warning", *self._options]

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """The test's own settings, and nothing of the shell's."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        return {
            **kept,
            "DATABASE_URL": self._urls.app,
            "DATABASE_OWNER_URL": self._urls.owner,
            "BASE_URL": self.url,
            **more,
        }

    def _wait_until_healthy(self, deadline: float) -> None:
        while not self._is_healthy():
            if not self.is_alive() or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not start:\n{self.tail()}")
            time.sleep(0.02)

    def _is_healthy(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            # The master alone is asked to stop, it tells its workers; a kill must reach them all.
            os.kill(process.pid, how) if how is signal.SIGTERM else os.killpg(process.pid, how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def serving(
    urls: DatabaseUrls,
    folder: Path,
    *,
    workers: int = 4,
    threads: int = 4,
    entry: str = GUARDED,
    environment: Mapping[str, str] | None = None,
) -> Iterator[LiveServer]:
    """A server that runs inside the `with` block."""
    server = LiveServer(urls, folder, workers=workers, threads=threads, entry=entry)
    server.start(environment)
    try:
        yield server
    finally:
        server.stop()


def run_worker(urls: DatabaseUrls, folder: Path, *options: str, **settings: str) -> int:
    """Run `flask worker` until it ends, with the plugins that lie in the folder; its exit code."""
    environment = {
        **os.environ,
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "SECRET_KEY": "a-secret-of-this-test-alone-0123456789",
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
        **settings,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *options]
    with (folder / "worker.log").open("ab") as log:
        done = subprocess.run(command, cwd=folder, env=environment, stderr=log, timeout=120, check=False)
    return done.returncode
