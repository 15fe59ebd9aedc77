"""The same requests in this process: how many statements they send, and what they spend their time on."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench.client import Request
from bench.measure import Statuses, WrongAnswer

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def environ_of(request: Request) -> dict[str, Any]:
    """What a WSGI server would make of the request."""
    path, _, query = request.path.partition("?")
    body = urlencode(request.form).encode() if request.form is not None else b""
    return {
        "REQUEST_METHOD": "GET" if request.form is None else "POST", "PATH_INFO": path, "QUERY_STRING": query,
        "SCRIPT_NAME": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": request.cookie,
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def call(application: Application, request: Request, expected: Statuses) -> bytes:
    """Ask the application and give the page; another status than expected raises."""
    statuses: list[str] = []
    answer = application(environ_of(request), lambda status, _headers, *_more: statuses.append(status))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if int(statuses[0].split()[0]) not in expected:
        page = body.decode(errors="replace")
        raise WrongAnswer(f"{request.path}: {statuses[0]}, not one of {sorted(expected)}\n{page}")
    return body


@contextmanager
def raw_application(url: str) -> Iterator[Application]:
    """The raw application in this process, on that database."""
    from bench.raw import web
    from bench.raw.app import application

    os.environ[web.DATABASE] = url
    try:
        yield application
    finally:
        web.close()
        del os.environ[web.DATABASE]


class Counter:
    """Counts what is sent to the database: statements, begin and commit left out."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        """How many."""
        return len(self.statements)


@contextmanager
def counting() -> Iterator[Counter]:
    """Count every statement that psycopg's cursors execute, whoever asks: both sides the same way."""
    counter = Counter()
    kept = psycopg.Cursor.execute, psycopg.Cursor.executemany

    def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        counter.statements.append(str(query))
        return kept[0](self, query, *args, **kwargs)

    def executemany(self: Any, query: Any, rows: Any, *args: Any, **kwargs: Any) -> Any:
        found = list(rows)
        counter.statements.extend([str(query)] * len(found))
        return kept[1](self, query, found, *args, **kwargs)

    cursor: Any = psycopg.Cursor
    cursor.execute, cursor.executemany = execute, executemany
    try:
        yield counter
    finally:
        cursor.execute, cursor.executemany = kept
