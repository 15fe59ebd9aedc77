"""The five kinds of hooks. Each has one rule for failures, kept by `core.modules.calling.calls`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pluggy

F = TypeVar("F", bound=Callable[..., Any])
Kind = Literal["register", "decide", "ask", "observe", "render"]

_spec = pluggy.HookspecMarker("kokemussilta")
hookimpl = pluggy.HookimplMarker("kokemussilta")


@dataclass(frozen=True)
class HookKind:
    """What holds for one hook: its kind, and what an implementation gives.

    `one`: each gives a value of this type. `many`: each gives a list or tuple of values of this type.
    Neither: it gives nothing (None).
    """

    kind: Kind
    one: type | None = None
    many: type | None = None


def hookspec(kind: Kind, *, one: type | None = None, many: type | None = None) -> Callable[[F], F]:
    """Mark a specification with its kind and the type of its result.

    register: at start-up, once. If it fails, that plugin is off and the others go on.
    decide: inside the transaction, in a savepoint. If it fails, the person's action is refused.
    ask: a read-only question. If it fails, the answer is unknown and shown as such.
    observe: after the commit, through the worker. If it fails, it is tried again.
    render: while a page is built. If it fails, that card says it is unavailable.
    """

    def mark(function: F) -> F:
        function.__hook_kind__ = HookKind(kind, one, many)  # type: ignore[attr-defined]  # a mark on the function
        return _spec(function)

    return mark


def kind_of(specification: Any) -> HookKind:
    """What `hookspec` marked; raises `TypeError` for a specification without a kind."""
    found = getattr(specification, "__hook_kind__", None)
    if not isinstance(found, HookKind):
        raise TypeError(f"{getattr(specification, '__qualname__', specification)} has no kind")
    return found
