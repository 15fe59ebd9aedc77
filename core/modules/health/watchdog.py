"""Ends a process of ours in which a request or a job goes on for too long.

A thread that hangs cannot be ended from within, and gunicorn's own time limit does not see threads. So one
thread of each process looks at the others once a second, and ends the process when one is over age; gunicorn
starts another. Requests in the same process end with it, unanswered; what they had not committed is undone.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flask import Flask

from core.logs import JsonFormatter
from core.modules.health.client_body import ClientBody
from core.modules.health.running import Key, Running, running

# Not 3 or 4, which tell gunicorn that starting another would be in vain.
EXIT_CODE = 70
LOOK_EVERY_SECONDS = 1.0
OURS = Path(__file__).parents[2]
# Folders of the packages that plugins are in, wherever they are installed; told when the application is made.
_plugins: set[Path] = set()
_starting = threading.Lock()
_watcher: tuple[int, threading.Thread] | None = None


@contextmanager
def watched(what: str, limit: int, database_url: str, *, hook: Key | None = None) -> Iterator[None]:
    """Note what this thread does from now on; over `limit` seconds its process is ended. 0 is no limit."""
    if limit <= 0:
        yield
        return
    _start()
    me = threading.get_ident()
    running[me] = Running(what, time.monotonic(), limit, database_url, hook=hook)
    try:
        yield
    finally:
        running.pop(me, None)


def install(app: Flask) -> None:
    """Watch every request. The last thing around the application, so that nothing of ours is outside."""
    config = app.config["KOKEMUSSILTA"]
    note_plugins(
        registered.plugin.package for registered in app.extensions["kokemussilta.host"].healthy.values()
    )
    inner: Callable[..., Iterable[bytes]] = app.wsgi_app

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        what = f"{environ.get('REQUEST_METHOD', '')} {environ.get('PATH_INFO', '')}"
        environ["wsgi.input"] = ClientBody(environ["wsgi.input"])
        with watched(what, config.request_max_seconds, config.database_url):
            return inner(environ, start_response)

    if config.request_max_seconds > 0:
        app.wsgi_app = application  # type: ignore[method-assign]  # Flask's documented way


def note_plugins(packages: Iterable[str]) -> None:
    """Know the code of these packages for a plugin's, though it lies among installed libraries."""
    for package in packages:
        file = getattr(sys.modules.get(package), "__file__", None)
        if file is not None:
            _plugins.add(Path(file).parent)


def _start() -> None:
    """One thread for each process; a forked one has none of its parent's threads."""
    global _watcher
    if _watcher is not None and _watcher[0] == os.getpid():
        return
    with _starting:
        if _watcher is None or _watcher[0] != os.getpid():
            _watcher = (os.getpid(), threading.Thread(target=_watch, name="watchdog", daemon=True))
            _watcher[1].start()


def _watch() -> None:
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        over = [(thread, found) for thread, found in list(running.items()) if found.age > found.limit]
        if over:
            end_process(*max(over, key=lambda pair: pair[1].age))


def end_process(thread: int, found: Running) -> None:
    """Say why, leave word for the breaker, and end this process as it stands."""
    try:
        place, reference = where(thread), secrets.token_hex(4)
        _say(found, place, reference)
        if found.hook is not None:
            leave_word(found.hook, f"no answer after {round(found.age)} s at {place}", reference, found)
    finally:
        os._exit(EXIT_CODE)


def where(thread: int) -> str:
    """The innermost line of a thread, as file and number; of the plugin's code where there is any."""
    frame = sys._current_frames().get(thread)
    if frame is None:
        return "an unknown place"
    lines = [f for f in traceback.extract_stack(frame) if not _is_library(f.filename)]
    found = lines[-1] if lines else traceback.extract_stack(frame)[-1]
    return f"{Path(found.filename).name}:{found.lineno}"


def _is_library(file: str) -> bool:
    """Python's own modules, installed libraries and the core: the plugin's line says more than theirs."""
    path = Path(file)
    if any(path.is_relative_to(folder) for folder in _plugins):
        return False
    standard = Path(os.__file__).parent
    return path.is_relative_to(standard) or path.is_relative_to(OURS) or "site-packages" in path.parts


def _say(found: Running, place: str, reference: str) -> None:
    """Straight to standard error: the thread that hangs may hold a lock of the logging."""
    record = logging.makeLogRecord(
        {
            "name": __name__,
            "levelno": logging.CRITICAL,
            "levelname": "CRITICAL",
            "msg": "process ended: over age",
            "what": found.what,
            "seconds": round(found.age),
            "place": place,
            "plugin": found.hook[0] if found.hook else None,
            "hook": found.hook[1] if found.hook else None,
            "reference": reference,
        }
    )
    os.write(2, (JsonFormatter().format(record) + "\n").encode())


def leave_word(key: Key, error: str, reference: str, found: Running) -> None:
    """Have a process of its own write the hang down: the one that hangs may hold the only write lock.

    It waits until this process is gone; it is told over a pipe, because arguments are seen by everybody.
    """
    told = {"module": key[0], "hook": key[1], "error": error, "reference": reference}
    told["database_url"] = found.database_url
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with suppress(OSError):
        writer = subprocess.Popen(  # our own module, nothing from outside
            [sys.executable, "-m", "core.modules.health.last_word"],
            stdin=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        assert writer.stdin is not None  # noqa: S101  # asked for
        writer.stdin.write(json.dumps(told).encode() + b"\n")
        writer.stdin.flush()
