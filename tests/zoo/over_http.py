"""A test client whose requests go to a server that runs, so that the same browser reads its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from typing import Any

from werkzeug.datastructures import EnvironHeaders
from werkzeug.test import Client

SECONDS = 30.0
OF_ONE_CONNECTION = ("transfer-encoding", "connection")


def client_of(port: int) -> Client:
    """A client of the server on this port; raises `OSError` where it hangs up."""

    def forward(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        headers = {k: v for k, v in EnvironHeaders(environ) if k != "Content-Length"}
        try:
            connection.request(environ["REQUEST_METHOD"], environ["PATH_INFO"] + query, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        kept = [
            (k, v) for k, v in answer.getheaders() if k.lower() not in ("transfer-encoding", "connection")
        ]
        start_response(f"{answer.status} {answer.reason}", kept)
        return [content]

    return Client(forward)
