"""Keeps tests off the network: loopback and Unix sockets alone."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class NetworkRefused(RuntimeError):
    """A test tried to reach something outside this machine."""


def is_local(host: object) -> bool:
    """Whether a name or address stays on this machine."""
    text = host.decode() if isinstance(host, bytes) else host
    if text in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(str(text).split("%")[0]).is_loopback
    except ValueError:
        return False


refused: list[object] = []


def refuse(host: object) -> None:
    """Raise unless the host is local, and remember it: who asked may swallow the error."""
    if not is_local(host):
        refused.append(host)
        raise NetworkRefused(f"tests do not reach {host!r}")


def guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """A socket method whose last argument is an address, kept local."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(arguments[-1][0])
        return method(self, *arguments)

    return call


def switch_off(patch: pytest.MonkeyPatch) -> list[object]:
    """Guard connections, datagrams and look-ups of this process; gives those that are refused from now on."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    look_up = socket.getaddrinfo

    def local_look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        refuse(host)
        return look_up(host, *arguments, **named)

    patch.setattr(socket, "getaddrinfo", local_look_up)
    return refused
