"""A small HTTP client that keeps its connection, so that what is measured is the server."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlencode

Form = Mapping[str, str]


@dataclass(frozen=True)
class Request:
    """One request, as a browser that is signed in would send it."""

    path: str
    cookie: str
    form: Form | None = None

    def encoded(self) -> bytes:
        """The bytes that go over the wire."""
        body = b"" if self.form is None else urlencode(self.form).encode()
        method = "GET" if self.form is None else "POST"
        head = [f"{method} {self.path} HTTP/1.1", "Host: localhost", f"Cookie: {self.cookie}"]
        if self.form is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return "\r\n".join([*head, "", ""]).encode() + body


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    location: str
    body: bytes


class Client:
    """One connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Client:
        """Connect."""
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()

    def send(self, data: bytes) -> Response:
        """Send one encoded request and read the whole answer."""
        if self._socket is None:
            self._connect()
        assert self._socket is not None  # noqa: S101  # connected above
        self._socket.sendall(data)
        return self._receive(self._socket)

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _receive(self, connection: socket.socket) -> Response:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _more(connection)
        head, _, body = data.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        while len(body) < length:
            body += _more(connection)
        if headers.get("connection", "").lower() == "close":
            connection.close()
            self._socket = None
        return Response(int(status.split()[1]), headers.get("location", ""), body)


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data
